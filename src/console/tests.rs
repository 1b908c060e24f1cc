use super::{console, media_type};

#[test]
fn a_document_names_only_files_that_are_there() {
    for name in ["index.html", "enter.html", "print.html"] {
        let document = console().document(name).unwrap();
        let text = std::str::from_utf8(&document.bytes).unwrap();
        assert!(!text.contains("{assets}"), "{name}");
        let folder = format!("/console/a/{}/", console().digest);
        for rest in text.split(&folder).skip(1) {
            let path = rest.split(['"', '#']).next().unwrap();
            assert!(console().asset(path).is_some(), "{name} loads {path}");
        }
    }
}

#[test]
fn a_module_imports_only_files_that_are_there() {
    for (path, file) in &console().assets {
        let Some((folder, _)) = path.rsplit_once('/') else {
            continue;
        };
        if !path.ends_with(".js") || folder == "vendor" {
            continue;
        }
        let text = std::str::from_utf8(&file.bytes).unwrap();
        let imports = text.lines().filter_map(|line| {
            let line = line.trim();
            let quoted = (line.starts_with("import") || line.starts_with('}'))
                .then(|| line.rsplit_once("from '").map(|(_, rest)| rest))??;
            quoted.split('\'').next()
        });
        for import in imports {
            let target = resolve(folder, import);
            assert!(console().asset(&target).is_some(), "{path}: {import}");
        }
    }
}

fn resolve(folder: &str, import: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').collect();
    for part in import.split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    parts.join("/")
}

#[test]
fn a_file_is_compressed_and_has_its_media_type() {
    let script = console().asset("app/main.js").unwrap();
    assert_eq!(script.media_type, "text/javascript; charset=utf-8");
    assert!(script.gzip.len() < script.bytes.len());
    assert!(console().asset("mod.rs").is_none() && media_type("mod.rs").is_none());
    assert!(console().asset("words/kk/console.ftl").is_some());
    assert!(console().asset("words/kk/problems.ftl").is_none());
}

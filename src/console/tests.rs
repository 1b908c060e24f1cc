use super::{console, media_type, modules::imported};

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
fn a_document_names_each_module_that_is_imported_and_none_that_is_loaded_later() {
    let document = console().document("index.html").unwrap();
    let text = std::str::from_utf8(&document.bytes).unwrap();
    let is_named = |path: &str| text.matches(&format!("/{path}\"")).count();
    for path in [
        "app/main.js",
        "app/shell.js",
        "screens/call/index.js",
        "vendor/signals-core.js",
    ] {
        assert_eq!(is_named(path), 1, "{path}");
    }
    assert_eq!(is_named("screens/call/block-dialog.js"), 0);
}

#[test]
fn a_module_imports_only_files_that_are_there() {
    let assets = &console().assets;
    let text_of = |path: &str| {
        let file = assets.get(path).unwrap_or_else(|| panic!("no {path}"));
        std::str::from_utf8(&file.bytes).ok()
    };
    for path in assets.keys().filter(|path| path.ends_with(".js")) {
        imported(std::slice::from_ref(path), text_of);
    }
}

#[test]
fn a_file_is_compressed_and_has_its_media_type() {
    let script = console().asset("app/main.js").unwrap();
    assert_eq!(script.media_type, "text/javascript; charset=utf-8");
    assert!(script.gzip().len() < script.bytes.len());
    assert!(console().asset("mod.rs").is_none() && media_type("mod.rs").is_none());
    assert!(console().asset("words/kk/console.ftl").is_some());
    assert!(console().asset("words/kk/problems.ftl").is_none());
}

//! What a module imports. A browser learns it only when it has the module, one level after the other, so that a
//! document names all of them beforehand.

use std::collections::BTreeSet;

/// The modules that `entries` import, and those that these import: all but what is loaded when first wanted.
/// `text_of` gives a module's text by its path.
pub(super) fn imported<'a>(
    entries: &[String],
    text_of: impl Fn(&str) -> Option<&'a str>,
) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut unread = entries.to_vec();
    while let Some(path) = unread.pop() {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for import in text_of(&path).into_iter().flat_map(imports) {
            let imported = resolve(folder, import);
            if !entries.contains(&imported) && found.insert(imported.clone()) {
                unread.push(imported);
            }
        }
    }
    found
}

/// The relative paths in the import statements of a module.
fn imports(text: &str) -> impl Iterator<Item = &str> {
    ["from", "import"]
        .into_iter()
        .flat_map(move |word| text.split(word).skip(1))
        .filter_map(|after| {
            let after = after.strip_prefix(' ').unwrap_or(after);
            let quote = after
                .chars()
                .next()
                .filter(|first| "'\"".contains(*first))?;
            let path = after[1..].split(quote).next()?;
            path.starts_with('.').then_some(path)
        })
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

#[cfg(test)]
mod tests {
    use super::imports;

    #[test]
    fn import_statements_are_found_in_written_and_in_vendored_modules() {
        let text = "import './theme.js';\nimport { a } from './a.js';\nexport {\nb,\n} from '../b.js';\n\
                    import{c as d}from\"./c.js\";\nconst e = await import('./later.js');\n\
                    const f = \"from 'nowhere'\";\n";
        let mut found: Vec<_> = imports(text).collect();
        found.sort_unstable();
        assert_eq!(found, ["../b.js", "./a.js", "./c.js", "./theme.js"]);
    }
}

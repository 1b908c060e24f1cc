//! What the documents say of the code is there: a test that was renamed leaves no claim behind.

use std::{collections::BTreeSet, fs, path::Path};

/// Where what a document names in backticks lies, by how it begins.
const PLACES: [(&str, &str); 5] = [
    ("it/", "tests/it/"),
    ("src/", "src/"),
    ("tests/", "tests/"),
    ("fuzz/", "fuzz/"),
    ("benches/", "benches/"),
];

#[test]
fn every_test_and_file_that_a_document_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut named = BTreeSet::new();
    for entry in fs::read_dir(root.join("docs")).expect("docs/ is there") {
        let path = entry.expect("it is read").path();
        if path.extension().is_some_and(|extension| extension == "md") {
            let text = fs::read_to_string(&path).expect("a document is text");
            let quoted = text.split('`').skip(1).step_by(2).map(str::to_owned);
            named.extend(quoted.filter(|quoted| is_of_the_house(quoted)));
        }
    }
    assert!(named.len() > 100, "the documents name tests: {named:?}");
    let lost: Vec<&String> = named
        .iter()
        .filter(|named| !is_there(root, named))
        .collect();
    assert!(lost.is_empty(), "named in docs/ and not there: {lost:#?}");
}

/// A path, with a test's name after `::` or without; no command line, no pattern.
fn is_of_the_house(quoted: &str) -> bool {
    PLACES.iter().any(|(begins, _)| quoted.starts_with(begins))
        && !quoted.contains(|c: char| c.is_whitespace() || "*{<…".contains(c))
        && !quoted.contains("TARGET")
}

fn is_there(root: &Path, named: &str) -> bool {
    let (file, test) = named.split_once("::").unwrap_or((named, ""));
    let place = PLACES.iter().find(|(begins, _)| file.starts_with(begins));
    let Some((begins, lies)) = place else {
        return false;
    };
    let path = root.join(format!("{lies}{}", &file[begins.len()..]));
    if test.is_empty() {
        return path.exists();
    }
    let is_declared = |line: &str| {
        let declared = line.trim_start().trim_start_matches("pub ");
        let declared = declared
            .trim_start_matches("async ")
            .trim_start_matches("fn ");
        line.contains("fn ") && declared.split(['(', '<']).next() == Some(test)
    };
    fs::read_to_string(path).is_ok_and(|text| text.lines().any(is_declared))
}

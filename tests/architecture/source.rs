//! The sources with the paths that stand in them.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};

pub struct File {
    /// path below `src`
    pub path: String,
    pub room: String,
    /// module path below the crate
    pub module: Vec<String>,
    pub lines: usize,
    /// paths in code, as they are written
    pub written: BTreeSet<Vec<String>>,
    /// paths within the crate, from its root
    pub imports: BTreeSet<Vec<String>>,
    /// the same, without those of inline tests
    pub imports_outside_tests: BTreeSet<Vec<String>>,
}

impl File {
    fn read(root: &Path, path: &Path) -> Self {
        let below = path.strip_prefix(root).expect("a path below src");
        let parts = below.with_extension("");
        let mut module: Vec<String> = parts
            .iter()
            .map(|part| part.to_string_lossy().into_owned())
            .collect();
        module.pop_if(|name| name == "mod" || name == "lib");
        let text = fs::read_to_string(path).expect("a source is text");
        Self::parse(below.display().to_string(), module, &text)
    }

    pub fn parse(path: String, module: Vec<String>, text: &str) -> Self {
        let room = match module.first().map_or("lib", String::as_str) {
            "main" | "commands" => "main",
            room => room,
        };
        let syntax = syn::parse_file(text).unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut paths = Paths::default();
        paths.here.clone_from(&module);
        paths.children = syntax.items.iter().filter_map(declared).collect();
        paths.visit_file(&syntax);
        Self {
            room: room.to_owned(),
            path,
            module,
            lines: text.lines().count(),
            written: paths.written,
            imports: paths.imports,
            imports_outside_tests: paths.imports_outside_tests,
        }
    }

    /// A test may measure what it tests, and damage what it then expects to be found damaged.
    pub fn is_test(&self) -> bool {
        self.module.iter().any(|name| name.ends_with("tests"))
    }
}

/// Every source, read once.
pub static FILES: LazyLock<Vec<File>> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of src is read") {
            let path: PathBuf = entry.expect("an entry is read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                found.push(File::read(&root, &path));
            }
        }
    }
    assert!(found.len() > 50, "the sources were not found");
    found
});

/// The name of a module that is declared here and has a file of its own.
fn declared(item: &syn::Item) -> Option<String> {
    match item {
        syn::Item::Mod(module) if module.content.is_none() => Some(module.ident.to_string()),
        _ => None,
    }
}

/// Collects the paths of a file.
#[derive(Default)]
struct Paths {
    here: Vec<String>,
    children: BTreeSet<String>,
    /// inline test modules around the place
    tests: usize,
    written: BTreeSet<Vec<String>>,
    imports: BTreeSet<Vec<String>>,
    imports_outside_tests: BTreeSet<Vec<String>>,
}

impl Paths {
    fn note(&mut self, path: Vec<String>) {
        let Some(first) = path.first() else {
            return;
        };
        let up = path.iter().take_while(|name| *name == "super").count();
        let absolute = if first == "crate" {
            path[1..].to_vec()
        } else if first == "self" {
            [&self.here[..], &path[1..]].concat()
        } else if up > 0 {
            let kept = self.here.len().saturating_sub(up);
            [&self.here[..kept], &path[up..]].concat()
        } else if self.children.contains(first) {
            [&self.here[..], &path[..]].concat()
        } else {
            Vec::new()
        };
        if !absolute.is_empty() {
            if self.tests == 0 {
                self.imports_outside_tests.insert(absolute.clone());
            }
            self.imports.insert(absolute);
        }
        self.written.insert(path);
    }

    fn note_use(&mut self, above: &[String], tree: &syn::UseTree) {
        let with = |name: &dyn ToString| [above, &[name.to_string()]].concat();
        match tree {
            syn::UseTree::Path(path) => self.note_use(&with(&path.ident), &path.tree),
            syn::UseTree::Name(name) if name.ident == "self" => self.note(above.to_vec()),
            syn::UseTree::Name(name) => self.note(with(&name.ident)),
            syn::UseTree::Rename(name) => self.note(with(&name.ident)),
            syn::UseTree::Glob(_) => self.note(above.to_vec()),
            syn::UseTree::Group(group) => {
                group
                    .items
                    .iter()
                    .for_each(|tree| self.note_use(above, tree));
            }
        }
    }

    /// Paths in the arguments of a macro or of an attribute, which have no syntax tree.
    fn note_tokens(&mut self, tokens: TokenStream) {
        let (mut path, mut colons) = (Vec::new(), 0);
        for token in tokens {
            match token {
                TokenTree::Punct(sign) if sign.as_char() == ':' => colons += 1,
                TokenTree::Ident(name) => {
                    if colons != 2 {
                        self.note_chain(&mut path);
                    }
                    path.push(name.to_string());
                    colons = 0;
                }
                other => {
                    self.note_chain(&mut path);
                    colons = 0;
                    if let TokenTree::Group(group) = other {
                        self.note_tokens(group.stream());
                    }
                }
            }
        }
        self.note_chain(&mut path);
    }

    /// Notes what is a path, and not the `super` of a `pub(super)` that a macro writes.
    fn note_chain(&mut self, path: &mut Vec<String>) {
        let path = std::mem::take(path);
        if path != ["super"] {
            self.note(path);
        }
    }
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        let Some((_, items)) = &module.content else {
            return;
        };
        let is_test = module.ident == "tests";
        self.tests += usize::from(is_test);
        self.here.push(module.ident.to_string());
        let children = std::mem::take(&mut self.children);
        items.iter().for_each(|item| self.visit_item(item));
        self.children = children;
        self.here.pop();
        self.tests -= usize::from(is_test);
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.note_use(&[], &item.tree);
    }

    /// A place that an item is visible from is not an import.
    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names = path
            .segments
            .iter()
            .map(|segment| segment.ident.to_string());
        self.note(names.collect());
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.note_tokens(call.tokens.clone());
        visit::visit_macro(self, call);
    }

    fn visit_meta_list(&mut self, list: &'ast syn::MetaList) {
        self.note_tokens(list.tokens.clone());
        visit::visit_meta_list(self, list);
    }

    fn visit_signature(&mut self, signature: &'ast syn::Signature) {
        if signature.asyncness.is_some() {
            self.note(vec!["async".to_owned()]);
        }
        visit::visit_signature(self, signature);
    }

    fn visit_expr_async(&mut self, block: &'ast syn::ExprAsync) {
        self.note(vec!["async".to_owned()]);
        visit::visit_expr_async(self, block);
    }
}

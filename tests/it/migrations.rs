//! The migrations: up, down, up again, and the tables that they leave against `schema.rs`.

use std::collections::BTreeMap;

use qupia::store::{DatabaseUrl, migrate, pending, revert_all};

use crate::support::database::{Database, Kind};

/// A column: its type in `schema.rs`'s words, and whether it may be null.
type Columns = BTreeMap<String, (String, bool)>;

#[test]
fn on_sqlite_migrations_go_up_down_and_up_and_leave_the_tables_of_the_schema() {
    up_down_up(Kind::Sqlite);
}

#[test]
#[ignore = "needs a PostgreSQL: tests/run brings one"]
fn on_postgresql_migrations_go_up_down_and_up_and_leave_the_tables_of_the_schema() {
    up_down_up(Kind::Postgres);
}

fn up_down_up(kind: Kind) {
    let folder = tempfile::tempdir().expect("a folder is made");
    let database = Database::make(kind, folder.path());
    let url = DatabaseUrl::parse(&database.url()).expect("a URL");
    let all = pending(&url).expect("it answers");
    assert!(all > 0);
    assert_eq!(migrate(&url).expect("it goes up").applied.len(), all);
    assert_eq!(
        migrate(&url).expect("there is nothing to do").applied.len(),
        0
    );
    let first = tables(&database, kind);
    assert_eq!(first, schema());
    assert_eq!(revert_all(&url).expect("it goes down"), all);
    assert_eq!(
        tables(&database, kind),
        BTreeMap::new(),
        "nothing is left behind"
    );
    assert_eq!(migrate(&url).expect("it goes up again").applied.len(), all);
    assert_eq!(tables(&database, kind), first);
    assert_eq!(pending(&url).expect("it answers"), 0);
}

/// The tables of `src/store/schema.rs`.
fn schema() -> BTreeMap<String, Columns> {
    let source = include_str!("../../src/store/schema.rs");
    let mut tables = BTreeMap::new();
    for block in source.split("diesel::table! {").skip(1) {
        let (name, rest) = block.split_once('(').expect("a key follows the name");
        let columns = rest.split_once('{').expect("columns follow").1;
        let columns = columns.split_once('}').expect("columns end").0;
        let columns = columns.split(',').filter_map(|column| {
            let (name, kind) = column.split_once("->")?;
            let kind = kind.trim();
            let inner = kind
                .strip_prefix("Nullable<")
                .map(|kind| kind.trim_end_matches('>'));
            let is_nullable = inner.is_some();
            Some((
                name.trim().to_owned(),
                (inner.unwrap_or(kind).to_owned(), is_nullable),
            ))
        });
        tables.insert(name.trim().to_owned(), columns.collect());
    }
    tables
}

/// The tables that are there, but the migrations' own.
fn tables(database: &Database, kind: Kind) -> BTreeMap<String, Columns> {
    let own = |table: &String| !table.starts_with("__diesel") && !table.starts_with("sqlite_");
    let tables = database.tables().into_iter().filter(own);
    tables
        .map(|table| (table.clone(), columns(database, kind, &table)))
        .collect()
}

fn columns(database: &Database, kind: Kind, table: &str) -> Columns {
    let rows = database.texts(&match kind {
        Kind::Sqlite => format!(
            "SELECT name || ' ' || type || ' ' || CASE WHEN \"notnull\" OR pk THEN 'NO' ELSE 'YES' END \
             FROM pragma_table_info('{table}')"
        ),
        Kind::Postgres => format!(
            "SELECT column_name || ' ' || data_type || ' ' || is_nullable \
             FROM information_schema.columns WHERE table_schema = 'public' AND table_name = '{table}'"
        ),
    });
    let columns = rows.iter().map(|row| {
        let words: Vec<&str> = row.split(' ').collect();
        let [name, kind, is_nullable] = words[..] else {
            panic!("three words: {row}")
        };
        (name.to_owned(), (word_of(kind, name), is_nullable == "YES"))
    });
    columns.collect()
}

/// A database's type in `schema.rs`'s words.
fn word_of(kind: &str, column: &str) -> String {
    let kind = kind.to_ascii_lowercase();
    let word = match kind.as_str() {
        "text" => "Text",
        // SQLite's own row number is of the one type, however large.
        "bigint" => "BigInt",
        "integer" if ["seq", "id"].contains(&column) => "BigInt",
        "integer" => "Integer",
        "boolean" => "Bool",
        "blob" | "bytea" => "Binary",
        other => other,
    };
    word.to_owned()
}

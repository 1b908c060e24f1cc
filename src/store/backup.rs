//! A copy of SQLite's database, taken while it is written to, and what a copy must show before it is
//! trusted.

use std::{path::Path, time::Duration};

use diesel::{RunQueryDsl, sql_query, sql_types::Text};

use super::{
    engine::connection::{AnyConnection, ConnectionPurpose, open},
    error::StoreError,
    migrations,
    url::DatabaseUrl,
};
use crate::secrets::private_file;

/// A large database takes its time to be read.
const TIMEOUT: Duration = Duration::from_secs(3_600);

#[derive(diesel::QueryableByName)]
struct Report {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Copies the database into a new file: everything that was committed when it began, and nothing
/// later. Writers go on meanwhile.
///
/// # Errors
/// [`StoreError::Unavailable`]; also for PostgreSQL, which has tools of its own.
pub(crate) fn copy_to(url: &DatabaseUrl, file: &Path) -> Result<(), StoreError> {
    let mut connection = open(url, ConnectionPurpose::Write, TIMEOUT)?;
    let AnyConnection::Sqlite(sqlite) = &mut connection else {
        return Err(StoreError::Unavailable(
            "PostgreSQL is copied by its own tools".to_owned(),
        ));
    };
    // An empty file is written to as it is; one that SQLite made would be everybody's to read.
    let made = private_file::create(file);
    made.map_err(|error| StoreError::Unavailable(format!("{}: {error}", file.display())))?;
    let path = file.display().to_string();
    sql_query("VACUUM INTO ?")
        .bind::<Text, _>(path)
        .execute(sqlite)?;
    Ok(())
}

/// Checks whether a file is a whole database whose schema this program knows, and brings the schema up
/// to date.
///
/// # Errors
/// What is wrong, in words.
pub(crate) fn check_copy(url: &DatabaseUrl) -> Result<(), StoreError> {
    let mut connection = open(url, ConnectionPurpose::Write, TIMEOUT)?;
    let wrong = |why: String| StoreError::Unavailable(format!("the copy is not whole: {why}"));
    if let AnyConnection::Sqlite(sqlite) = &mut connection {
        let report: Vec<Report> =
            sql_query("SELECT integrity_check AS line FROM pragma_integrity_check").load(sqlite)?;
        if let Some(row) = report.iter().find(|row| row.line != "ok") {
            return Err(wrong(row.line.clone()));
        }
        let orphans: Vec<Report> =
            sql_query("SELECT \"table\" AS line FROM pragma_foreign_key_check LIMIT 1")
                .load(sqlite)?;
        if let Some(row) = orphans.first() {
            return Err(wrong(format!("a row of {} refers to nothing", row.line)));
        }
    }
    migrations::compare(&mut connection)?;
    drop(connection);
    migrations::migrate(url)?;
    Ok(())
}

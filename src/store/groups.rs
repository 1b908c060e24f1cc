//! A group of rows in one statement: both databases take it whole, in one parameter or a few, PostgreSQL as
//! arrays and SQLite as JSON. A statement for each row would be parsed and planned for each row.

use diesel::{
    RunQueryDsl,
    deserialize::QueryableByName,
    pg::Pg,
    sql_query,
    sql_types::{Array, Text},
    sqlite::Sqlite,
};
use serde::Serialize;

use super::{engine::connection::AnyConnection, error::StoreError};

/// Loads the rows whose key, which `select` ends with, is one of `keys`.
pub(super) fn among<R>(
    connection: &mut AnyConnection,
    select: &str,
    keys: &[&str],
) -> Result<Vec<R>, StoreError>
where
    R: QueryableByName<Sqlite> + QueryableByName<Pg> + 'static,
{
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    Ok(match connection {
        AnyConnection::Sqlite(sqlite) => {
            sql_query(format!("{select} IN (SELECT value FROM json_each(?))"))
                .bind::<Text, _>(json(&keys)?)
                .load(sqlite)?
        }
        AnyConnection::Postgres(postgres) => sql_query(format!("{select} = ANY($1)"))
            .bind::<Array<Text>, _>(keys)
            .load(postgres)?,
    })
}

/// Rows as SQLite takes them.
pub(super) fn json(rows: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(rows).map_err(|error| StoreError::corrupt("(none)", "(none)", error))
}

//! The look-ups of every request go through an index, however many rows there are.

use diesel::{
    Connection, PgConnection, QueryableByName, RunQueryDsl, connection::SimpleConnection,
    sql_query, sql_types::Text,
};

use crate::support::{
    database::Database,
    world::{World, on_each_database},
};

/// The statements of the hot path, as the store sends them but for their columns.
const HOT: [(&str, &str); 11] = [
    (
        "who is signed in",
        "SELECT staff.login FROM sessions JOIN staff ON sessions.staff_id = staff.id WHERE sessions.id = 'x'",
    ),
    (
        "clients with the passphrases to be tried",
        "SELECT hash FROM clients LEFT JOIN passphrases ON passphrases.client_id = clients.id \
         WHERE clients.id IN ('x', 'y')",
    ),
    (
        "a passphrase to be tried",
        "SELECT hash FROM passphrases WHERE client_id = 'x'",
    ),
    (
        "what several inquiries at once may read out",
        "SELECT product FROM verifications LEFT JOIN loans ON loans.client_id = verifications.client_id \
         AND loans.is_open = {TRUE} WHERE verifications.id IN ('x', 'y')",
    ),
    (
        "a verification of one's own",
        "SELECT outcome FROM verifications WHERE id = 'x' AND staff_id = 'y'",
    ),
    (
        "open loans to be read out",
        "SELECT product FROM loans WHERE client_id = 'x' AND is_open = {TRUE} ORDER BY due_on, ticket_number",
    ),
    (
        "a client by telephone",
        "SELECT client_number FROM clients WHERE phone_index IN ({BYTES}) ORDER BY client_number LIMIT 50",
    ),
    (
        "an entry link by its code",
        "SELECT id FROM entry_links WHERE code_index IN ({BYTES})",
    ),
    (
        "an entry link by its token",
        "SELECT id FROM entry_links WHERE token_index IN ({BYTES})",
    ),
    (
        "the newest entry link of an application",
        "SELECT id FROM entry_links WHERE application_id = 'x' ORDER BY made_at DESC, ended_because IS NULL DESC LIMIT 1",
    ),
    (
        "an open verification for a card",
        "SELECT client_id FROM verifications WHERE client_id IN ('x') AND staff_id = 'y' \
         AND outcome = 'verified' AND closed_at IS NULL AND expires_at > 1 AND opened_at <= 1",
    ),
];

#[derive(QueryableByName)]
struct SqliteStep {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[derive(QueryableByName)]
struct PostgresStep {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    line: String,
}

fn plan(database: &Database, statement: &str) -> String {
    match database {
        Database::Sqlite(_) => {
            let statement = statement.replace("{TRUE}", "1").replace("{BYTES}", "x'00'");
            let steps: Vec<SqliteStep> = sql_query(format!("EXPLAIN QUERY PLAN {statement}"))
                .load(&mut database.sqlite())
                .unwrap();
            let steps: Vec<_> = steps.into_iter().map(|step| step.detail).collect();
            steps.join("\n")
        }
        Database::Postgres { .. } => {
            let statement = statement
                .replace("{TRUE}", "true")
                .replace("{BYTES}", "'\\x00'::bytea");
            let mut connection = PgConnection::establish(&database.url()).unwrap();
            // Tables of a story are so small that reading them whole is the better plan; what is
            // asked is whether there is another.
            connection
                .batch_execute("SET enable_seqscan = off")
                .unwrap();
            let lines: Vec<PostgresStep> = sql_query(format!("EXPLAIN {statement}"))
                .load(&mut connection)
                .unwrap();
            let lines: Vec<_> = lines.into_iter().map(|step| step.line).collect();
            lines.join("\n")
        }
    }
}

async fn no_request_reads_a_table_whole(world: &World) {
    for (what, statement) in HOT {
        let plan = plan(&world.database, statement);
        let scans = plan.contains("Seq Scan")
            || plan.lines().any(|step| {
                let step = step.trim_start();
                step.starts_with("SCAN ") && !step.contains("USING")
            });
        assert!(!scans, "{what}:\n{plan}");
    }
}

on_each_database!(no_request_reads_a_table_whole);

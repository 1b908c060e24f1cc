//! `qupia loans check`, as somebody at a shell meets it: what differs from the source is printed, and
//! nothing is changed.

use serde_json::{Value, json};

use crate::{
    stand_in::{Says, qupia, stand_in},
    support::{
        Person, World,
        program::{printed, run},
        world::{on_each_database, on_sqlite},
    },
};

on_each_database! {
    each_difference_is_a_line_and_nothing_is_changed with qupia(),
}
on_sqlite! {
    a_source_that_fails_in_the_middle_ends_the_check_and_is_named with qupia(),
    without_a_source_there_is_nothing_to_compare_with,
}

/// The code, what was printed, and what was said to standard error.
fn check(world: &World, asked: &[(&'static str, &str)]) -> (Option<i32>, String, String) {
    let place = [
        ("QUPIA_DATA_DIR", world.folder().display().to_string()),
        ("QUPIA_DATABASE_URL", world.database.url()),
        ("QUPIA_HASH__MEMORY_KIB", "64".to_owned()),
        // The stand-in's failures are logged beside the answer.
        ("QUPIA_LOG__FILTER", "off".to_owned()),
    ];
    let asked = asked
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()));
    let environment: Vec<_> = place.into_iter().chain(asked).collect();
    let output = run(&["loans", "check"], &environment);
    let text = |bytes| String::from_utf8(bytes).expect("what it prints is UTF-8");
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

fn stated(ticket: &str, amount: &str) -> Value {
    json!({"ticket_number": ticket, "product": "Алтын", "due_on": "2026-02-10",
        "balance": {"amount": amount, "currency": "KZT"}, "grace_days": 20})
}

async fn push(feed: &Person, number: &str, ticket: &str, amount: &str, status: &str) {
    let mut body = stated(ticket, amount);
    let fields = body.as_object_mut().expect("an object");
    fields.remove("ticket_number");
    fields.insert("client_number".to_owned(), json!(number));
    fields.insert("status".to_owned(), json!(status));
    fields.insert("as_of".to_owned(), json!("2026-01-31T00:00:00Z"));
    let path = format!("/v1/loan-system/loans/{ticket}");
    feed.put(&path, body).await.expect(201);
}

/// Clients of this story and database alone, in the order in which they are checked.
async fn clients(world: &World, story: &str) -> [String; 3] {
    let branch = world.staff("branch").await;
    let mut clients = Vec::new();
    for number in 1..=3 {
        let number = format!("{story}{number}-{:?}-{}", world.kind, std::process::id());
        clients.push((branch.enter_client(&number).await, number));
    }
    // They were all made in the moment in which the clock stands.
    clients.sort();
    let numbers = clients.into_iter().map(|(_, number)| number);
    numbers.collect::<Vec<_>>().try_into().expect("three")
}

fn path(number: &str) -> String {
    format!("clients/{number}/loans")
}

async fn each_difference_is_a_line_and_nothing_is_changed(world: &World) {
    let feed = world.loan_system().await;
    let [same, other, strange] = clients(world, "check").await;
    let ticket = |number: u8| format!("C{number}-{:?}-{}", world.kind, std::process::id());
    // Alike in what is open; what is closed here and not listed there is no difference.
    push(&feed, &same, &ticket(1), "1.00", "open").await;
    push(&feed, &same, &ticket(2), "2.00", "closed").await;
    stand_in().states(&path(&same), json!({"loans": [stated(&ticket(1), "1.00")]}));
    // Different in everything; open here alone; open there alone, and closed here.
    push(&feed, &other, &ticket(3), "3.00", "open").await;
    push(&feed, &other, &ticket(4), "4.00", "open").await;
    push(&feed, &other, &ticket(5), "5.00", "closed").await;
    let mut changed = stated(&ticket(3), "3.50");
    changed["due_on"] = json!("2026-02-11");
    changed["grace_days"] = json!(null);
    changed["product"] = json!("Күміс");
    let theirs = json!([
        changed,
        stated(&ticket(5), "5.00"),
        stated(&ticket(6), "6.00")
    ]);
    stand_in().states(&path(&other), json!({"loans": theirs}));
    // Nobody there, with and without a loan here.
    let unknown = Says::Json(404, json!({"code": "unknown_client"}).to_string());
    stand_in().says(&path(&strange), unknown.clone());

    let before = "SELECT ticket_number || balance_minor_units || is_open FROM loans ORDER BY 1";
    let held = world.database.texts(before);
    let (code, lines, reply) = check(world, qupia());
    let of = |ticket: String, facts: &str| format!("{other}\t{ticket}\t{facts}\n");
    let expected = [
        of(ticket(3), "balance\t3.00 KZT\t3.50 KZT"),
        of(ticket(3), "due_on\t2026-02-10\t2026-02-11"),
        of(ticket(3), "grace_days\t20\tunknown"),
        of(ticket(3), "product\tАлтын\tКүміс"),
        of(ticket(4), "status\topen\tnot open"),
        of(ticket(5), "status\tnot open\topen"),
        of(ticket(6), "status\tnot open\topen"),
    ];
    assert_eq!((code, lines), (Some(3), expected.concat()), "{reply}");
    assert!(reply.contains("7 differences among 3 clients"), "{reply}");
    assert_eq!(world.database.texts(before), held);

    let theirs = json!([stated(&ticket(3), "3.00"), stated(&ticket(4), "4.00")]);
    stand_in().states(&path(&other), json!({"loans": theirs}));
    let (code, line, reply) = check(world, qupia());
    let expected = "no difference among 3 clients\n".to_owned();
    assert_eq!((code, line, reply), (Some(0), expected, String::new()));

    push(&feed, &strange, &ticket(7), "7.00", "open").await;
    let (code, line, _) = check(world, qupia());
    let expected = format!("{strange}\t{}\tstatus\topen\tnot open\n", ticket(7));
    assert_eq!((code, line), (Some(3), expected));
}

async fn a_source_that_fails_in_the_middle_ends_the_check_and_is_named(world: &World) {
    let [first, second, third] = clients(world, "broken").await;
    let ticket = format!("B1-{}", std::process::id());
    stand_in().states(&path(&first), json!({"loans": [stated(&ticket, "1.00")]}));
    stand_in().says(&path(&second), Says::Json(500, String::new()));
    stand_in().states(&path(&third), json!({"loans": []}));
    let (code, lines, reply) = check(world, qupia());
    // What was found until then is told.
    let found = format!("{first}\t{ticket}\tstatus\tnot open\topen\n");
    assert_eq!((code, lines), (Some(1), found), "{reply}");
    let why = format!("client {second}: it answered with status 500");
    assert!(reply.contains(&why), "{reply}");
    assert_eq!(stand_in().asked(&path(&third)), 0);
}

async fn without_a_source_there_is_nothing_to_compare_with(world: &World) {
    let (code, line, reply) = check(world, &[]);
    assert_eq!((code, line.as_str()), (Some(2), ""));
    assert!(reply.contains("loans.url"), "{reply}");
    let output = run(
        &["loans", "check", "--data-dir", "/no/such/folder"],
        &[("QUPIA_LOANS__URL", "https://127.0.0.1/api")],
    );
    assert_eq!(output.status.code(), Some(1), "{}", printed(&output));
}

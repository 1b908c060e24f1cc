//! What a table says, line by line.

use super::*;
use crate::loans::lines::{Lines, Numbered};

const LOANS: &str =
    "ticket_number;client_number;product;due_on;amount;currency;grace_days;status;as_of";

fn parse(header: &str, line: &str) -> Result<Record, Vec<(String, &'static str)>> {
    let mut csv = Csv::of_header(header, None).unwrap();
    let Line::Whole(parsed) = csv.parse(line.as_bytes()) else {
        panic!("no record: {line}");
    };
    parsed.map_err(|errors| {
        errors
            .into_iter()
            .map(|field| (field.pointer, field.error.code()))
            .collect()
    })
}

#[test]
fn what_a_spreadsheet_writes_is_read() {
    let line =
        "Т-1;К-1;\"Алтын; \"\"585\"\"\";31.12.2026;125 000,50;KZT;20;open;2026-11-22T00:00:00Z\r";
    let Ok(Record::Loan(loan)) = parse(LOANS, line) else {
        panic!("it was refused");
    };
    assert_eq!(loan.product, "Алтын; \"585\"");
    assert_eq!(loan.due_on.to_string(), "2026-12-31");
    assert_eq!(loan.balance.amount(), "125000.50");
    assert_eq!(loan.grace_days, Some(20));
}

#[test]
fn a_waiting_period_that_is_blank_is_not_stated() {
    let line = "T;K;P;2026-12-31;1;KZT;;closed;2026-11-22T00:00:00Z";
    let Ok(Record::Loan(loan)) = parse(LOANS, line) else {
        panic!("it was refused");
    };
    assert_eq!((loan.grace_days, loan.is_open), (None, false));
}

#[test]
fn clients_have_a_header_of_their_own() {
    let header = "client_number,family_name,given_name,phone,as_of";
    let line = "K-1,Қасымова,Әсел,8 701 234 56 67,2026-11-22T00:00:00Z";
    assert!(matches!(parse(header, line), Ok(Record::Client(_))));
}

#[test]
fn a_blank_given_name_says_that_there_is_none() {
    let header = "client_number,family_name,given_name,phone,as_of";
    let line = "K-1,Сукарно,,8 701 234 56 67,2026-11-22T00:00:00Z";
    let Ok(Record::Client(client)) = parse(header, line) else {
        panic!("a client");
    };
    assert_eq!(client.person.full_name(), "Сукарно");
    assert!(client.person.given_name.is_none());
}

#[test]
fn a_line_that_does_not_do_says_why() {
    let cases = [
        ("T;K;P;2026-12-31;1;KZT;;open", "", "wrong_columns"),
        (";;;;;;;;;;;;;;;;;;x", "", "wrong_columns"),
        (
            "T;K;P\0Q;2026-12-31;1;KZT;;open;2026-11-22T00:00:00Z",
            "/product",
            "not_a_line",
        ),
        (
            "T;K;P;2026-12-31;1,250;KZT;;open;2026-11-22T00:00:00Z",
            "/balance/amount",
            "not_an_amount",
        ),
        (
            "T;K;P;12/31/2026;1;KZT;;open;2026-11-22T00:00:00Z",
            "/due_on",
            "not_a_date",
        ),
        (
            "T;K;P;2026-12-31;1;KZT;x;open;2026-11-22T00:00:00Z",
            "/grace_days",
            "out_of_range",
        ),
        (
            "T;K;P;2026-12-31;1;;;open;2026-11-22T00:00:00Z",
            "/balance/currency",
            "missing",
        ),
    ];
    for (line, pointer, code) in cases {
        let reported = parse(LOANS, line).err();
        assert_eq!(reported, Some(vec![(pointer.to_owned(), code)]), "{line}");
    }
}

/// What becomes of each record of a table: the number of its line, and its product or what is
/// wrong with it.
fn reported(lines: &str) -> Vec<(u64, String)> {
    let csv = Csv::of_header(
        "ticket_number;client_number;product;due_on;amount;currency;status",
        Some("2026-11-22T00:00:00Z".to_owned()),
    );
    let (mut table, mut found) = (Lines::after(1, csv.unwrap()), Vec::new());
    table.feed(lines.as_bytes(), &mut found);
    table.end(&mut found);
    let say = |numbered: Numbered| match numbered.record {
        Ok(Record::Loan(loan)) => (numbered.line, loan.product),
        Ok(Record::Client(_)) => (numbered.line, "a client".to_owned()),
        Err(errors) => (numbered.line, errors[0].error.code().to_owned()),
    };
    found.into_iter().map(say).collect()
}

fn line(product: &str) -> String {
    format!("T;K;{product};2026-12-31;1;KZT;open\n")
}

fn numbered(expected: &[(u64, &str)]) -> Vec<(u64, String)> {
    expected
        .iter()
        .map(|(line, word)| (*line, (*word).to_owned()))
        .collect()
}

#[test]
fn a_quoted_value_may_go_on_in_the_next_line() {
    let table = line("\"Сақина\r\n\r\n  \"\"585\"\" \r\n\"") + &line("P");
    assert_eq!(
        reported(&table),
        numbered(&[(2, "Сақина \"585\""), (6, "P")])
    );
    let flawed = line("\"P\nQ\"").replace("2026-12-31", "soon") + &line("P");
    assert_eq!(reported(&flawed), numbered(&[(2, "not_a_date"), (4, "P")]));
}

#[test]
fn a_quotation_mark_too_many_spoils_its_own_line_alone() {
    let stray = line("\"P");
    let expected = [(2, "unended_quotation"), (3, "A"), (4, "B")];
    assert_eq!(
        reported(&(stray.clone() + &line("A") + &line("B"))),
        numbered(&expected)
    );
    assert_eq!(
        reported(&(stray.clone() + &line("\"A\"") + &line("B"))),
        numbered(&expected)
    );
    let both = [(2, "unended_quotation"), (3, "unended_quotation")];
    assert_eq!(
        reported(&(stray.clone() + stray.trim_end())),
        numbered(&both)
    );
    let many: Vec<_> = reported(&(stray.clone() + &line("P").repeat(200)));
    assert_eq!((many.len(), many[0].1.as_str()), (201, "unended_quotation"));
    assert!(many[1..].iter().all(|(_, word)| word == "P"));
    let long = stray + &line(&"x".repeat(70_000)) + &line("P");
    let expected = [(2, "unended_quotation"), (3, "line_too_long"), (4, "P")];
    assert_eq!(reported(&long), numbered(&expected));
}

#[test]
fn a_delimiter_behind_the_last_value_is_no_value() {
    let table = line("P").replace('\n', ";\n") + &line("Q").replace('\n', "; \n");
    assert_eq!(reported(&table), numbered(&[(2, "P"), (3, "Q")]));
    let table = line("P").replace('\n', ";;\n") + &line("Q").replace('\n', ";x\n");
    let expected = [(2, "wrong_columns"), (3, "wrong_columns")];
    assert_eq!(reported(&table), numbered(&expected));
    let header = "client_number;family_name;given_name;phone;as_of;;";
    for end in ["", ";", ";;"] {
        let line = format!("K-1;Ә;Ә;8 701 234 56 67;2026-11-22T00:00:00Z{end}");
        assert!(parse(header, &line).is_ok(), "{end}");
    }
}

#[test]
fn a_line_before_the_header_may_state_the_delimiter() {
    for (stated, delimiter) in [
        ("sep=;", ";"),
        ("\u{feff}SEP=,\r", ","),
        ("\"sep=\t\"", "\t"),
        ("sep=|", "|"),
        ("sep=;;;;;", ";"),
    ] {
        let header = [
            "client_number",
            "family_name",
            "given_name",
            "phone",
            "as_of",
        ];
        let header = format!("{stated}\n{}\r", header.join(delimiter));
        let line = ["K-1", "Ә", "Ә", "+77012345667", "2026-11-22T00:00:00Z"].join(delimiter);
        assert!(parse(&header, &line).is_ok(), "{stated}");
    }
    for other in [
        "sep",
        "sep=",
        "sep=x",
        "sep=;,",
        "client_number;sep=;",
        "сеп=;",
    ] {
        assert_eq!(stated_delimiter(other), None, "{other}");
    }
}

#[test]
fn a_row_of_totals_is_reported_as_one() {
    let table = "Итого:;;;;375 000,00;;\n".to_owned() + &line("P") + "Всего;375\n" + &line("Итого");
    let expected = [(2, "total_row"), (3, "P"), (4, "total_row"), (5, "Итого")];
    assert_eq!(reported(&table), numbered(&expected));
}

#[test]
fn rows_in_which_nothing_stands_are_passed_over() {
    let table = line("P") + ";;;;;;\n; ;\"\";;;;;\r\n" + &line("Q");
    assert_eq!(reported(&table), numbered(&[(2, "P"), (5, "Q")]));
}

#[test]
fn a_header_that_does_not_do_names_the_column() {
    let reported = |header: &str| Csv::of_header(header, None).err().unwrap_or_default();
    assert!(reported("ticket_number;colour").contains("colour"));
    assert!(reported("client_number;client_number").contains("twice"));
    assert!(reported("client_number;family_name;;as_of").contains("column 3"));
    assert!(reported(" ").contains("blank"));
    assert!(reported("client_number;family_name;given_name;as_of").contains("phone"));
    assert!(reported("client_number;family_name;given_name;phone").contains("--as-of"));
}

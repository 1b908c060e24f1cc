//! `qupia loans import`, as somebody at a shell meets it: what is taken from a file, what is said of it,
//! and the code it exits with.

use std::{
    fs,
    io::Write,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Output, Stdio},
};

use encoding_rs::WINDOWS_1251;
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};

use crate::support::{
    World,
    program::{command, run},
    world::{BUSY, on_each_database, on_sqlite},
};

on_each_database! {
    lines_stand_alone_and_those_rejected_are_written_beside_the_file with BUSY,
    what_accounting_exports_is_read with BUSY,
    a_file_may_be_packed with BUSY,
    three_digits_behind_a_point_are_not_guessed_at with BUSY,
    goods_are_described_with_signs_of_every_kind with BUSY,
    kazakh_names_are_read_in_whatever_code_page_they_come with BUSY,
    an_import_that_is_stopped_or_killed_loses_nothing_that_it_applied with BUSY,
}
on_sqlite! {
    a_file_in_which_nothing_stands_is_imported with BUSY,
    what_spreadsheets_write_is_read with BUSY,
    lines_that_make_no_sense_are_refused_by_their_number with BUSY,
    a_time_that_has_not_come_is_refused_by_name with BUSY,
    rejected_lines_go_where_they_are_wanted with BUSY,
}

const AS_OF: &str = "2026-01-30T00:00:00Z";

/// A file of this story, beside the data.
fn write(world: &World, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = world.folder().join(name);
    fs::write(&path, bytes).expect("a file is written");
    path
}

fn environment(world: &World) -> [(&'static str, String); 3] {
    [
        ("QUPIA_DATA_DIR", world.folder().display().to_string()),
        ("QUPIA_DATABASE_URL", world.database.url()),
        ("QUPIA_HASH__MEMORY_KIB", "64".to_owned()),
    ]
}

/// What an import came to.
#[derive(Debug)]
struct Done {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl From<Output> for Done {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("what it prints is UTF-8");
        Self {
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }
}

impl Done {
    /// Holds it to its exit code and its summary.
    #[track_caller]
    fn is(&self, code: i32, summary: [u64; 4]) {
        let [applied, unchanged, stale, rejected] = summary;
        let line = format!(
            "applied {applied}, unchanged {unchanged}, stale {stale}, rejected {rejected}\n"
        );
        assert_eq!(self.code, Some(code), "{self:?}");
        assert!(self.stdout.ends_with(&line), "{self:?}");
    }

    /// Holds it to being refused, with these words.
    #[track_caller]
    fn refused(&self, code: i32, words: &str) {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert!(self.stderr.contains(words), "no {words:?} in {self:?}");
    }
}

fn import(world: &World, file: &Path, more: &[&str]) -> Done {
    let file = file.display().to_string();
    let arguments = [&["loans", "import", &file][..], more].concat();
    run(&arguments, &environment(world)).into()
}

fn client(number: &str) -> Value {
    json!({"type": "client", "client_number": number, "family_name": "Қасымова",
        "given_name": "Әсел", "phone": "+77012345667", "as_of": AS_OF})
}

fn loan(ticket: &str, number: &str) -> Value {
    json!({"type": "loan", "ticket_number": ticket, "client_number": number, "product": "Алтын",
        "due_on": "2026-02-20", "balance": {"amount": "1.00", "currency": "KZT"},
        "grace_days": null, "status": "open", "as_of": AS_OF})
}

fn products(world: &World) -> Vec<String> {
    let query = "SELECT product FROM loans ORDER BY ticket_number";
    world.database.texts(query)
}

async fn lines_stand_alone_and_those_rejected_are_written_beside_the_file(world: &World) {
    let good = [client("K-1").to_string(), loan("T-1", "K-1").to_string()];
    let nul = loan("T-9", "K-1").to_string().replace("Алтын", "Ал\0тын");
    let lines = [
        "\u{feff}".to_owned() + &good[0],
        String::new(),
        "{".to_owned(),
        nul,
        "x".repeat(70_000),
        loan("T-9", "K-404").to_string(),
        good[1].clone(),
    ];
    let file = write(world, "night.ndjson", lines.join("\r\n"));
    let reply = import(world, &file, &[]);
    reply.is(3, [2, 0, 0, 4]);
    let rejects = format!("{}.rejects.ndjson", file.display());
    assert!(reply.stdout.contains(&rejects), "{reply:?}");
    assert!(reply.stderr.contains("4 lines were rejected"), "{reply:?}");
    assert!(
        !reply.stderr.contains('█') && !reply.stderr.contains('%'),
        "a bar is drawn where no terminal is: {reply:?}"
    );
    let mode = fs::metadata(&rejects).expect("it is there").permissions();
    assert_eq!(mode.mode() & 0o777, 0o600, "others read it");
    let written = fs::read_to_string(&rejects).expect("it is there");
    let read = |line: &str| serde_json::from_str::<Value>(line).expect("NDJSON");
    let rejected: Vec<_> = written.lines().map(read).collect();
    let short: Vec<_> = rejected
        .iter()
        .map(|one| (one["line"].as_u64(), one["code"].as_str()))
        .collect();
    let expected = [
        (3, "malformed_json"),
        (4, "malformed_json"),
        (5, "line_too_long"),
        (6, "unknown_client"),
    ];
    assert_eq!(short, expected.map(|(line, code)| (Some(line), Some(code))));
    let detail = &rejected[3]["detail"];
    assert_eq!(detail, "/client_number: There is no such client.");
    assert_eq!(products(world), ["Алтын"]);

    // The same file again, without its faults: what was rejected before is of the past.
    write(world, "night.ndjson", good.join("\n"));
    let reply = import(world, &file, &[]);
    reply.is(0, [0, 2, 0, 0]);
    assert_eq!(reply.stderr, "");
    assert!(!Path::new(&rejects).exists(), "another file's rejects");
    let older = good.join("\n").replace(AS_OF, "2026-01-29T00:00:00Z");
    write(world, "night.ndjson", older);
    import(world, &file, &[]).is(0, [0, 0, 2, 0]);
}

async fn what_accounting_exports_is_read(world: &World) {
    // UTF-8 with its mark, commas, and letters that windows-1251 has not.
    let clients = "\u{feff}client_number,family_name,given_name,phone\n\
                   К-1,\"Қасымова\",Әсел,8 701 234 56 67\n\
                   К-2,Ким,Вера,\"+7 (701) 234-56-68\"\n";
    let clients = write(world, "clients.csv", clients);
    let as_of = ["--as-of", "2026-01-30T05:00:00+05:00"];
    import(world, &clients, &as_of).is(0, [2, 0, 0, 0]);

    // windows-1251, CRLF, a header of its own spelling, and no end of the last line.
    let loans = "Ticket_Number; CLIENT_NUMBER ;product;due_on;amount;currency;grace_days;status\r\n\
                 ЗБ/1;К-1;\"Кольцо; \"\"золото\"\"\r\n585\";20.12.2026;125\u{a0}000,50;KZT;20;Open\r\n\
                 ;;;;;;;\r\n\
                 ЗБ/2;К-1;Серьги;31.02.2026;1;KZT;;open\r\n\
                 ЗБ/3;К-2;\"Цепь;2026-12-20;1;KZT;;open\r\n\
                 ЗБ/4;К-2;Цепь;2026-12-20;1;KZT;;open;;\r\n\
                 ЗБ/5;К-2;Часы;2026-12-20;0;KZT;;closed";
    let (bytes, _, unmappable) = WINDOWS_1251.encode(loans);
    assert!(!unmappable);
    let loans = write(world, "loans.CSV", &bytes);
    let reply = import(world, &loans, &as_of);
    reply.is(3, [2, 0, 0, 3]);
    assert_eq!(products(world), ["Кольцо; \"золото\" 585", "Часы"]);
    let balance = "SELECT balance_minor_units FROM loans WHERE ticket_number = 'ЗБ/1'";
    assert_eq!(world.database.number(balance), 12_500_050);
    let rejects = fs::read_to_string(format!("{}.rejects.csv", loans.display()));
    let expected = "line;code;detail\n\
        5;not_a_date;\"/due_on: A calendar date YYYY-MM-DD is wanted.\"\n\
        6;unended_quotation;\"A quotation that begins in this line does not end.\"\n\
        7;wrong_columns;\"The line must have 8 values, as the header has columns.\"\n";
    assert_eq!(rejects.expect("it is there"), expected);
    let branch = world.staff("branch").await;
    let sought = json!({"ticket_number": "ЗБ/1"});
    let found = branch.post("/v1/clients/search", sought).await.expect(200);
    assert_eq!(found.items()[0]["family_name"], "Қасымова");
}

fn packed(text: &str) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(text.as_bytes()).expect("it is packed");
    packed.finish().expect("it is packed")
}

async fn a_file_may_be_packed(world: &World) {
    let clients = packed(&format!("{}\n", client("K-1")));
    let loans = packed(&format!("{}\n", loan("T-1", "K-1")));
    // Two packed files that were put one behind the other are one.
    let both = write(world, "night.ndjson.gz", [clients, loans].concat());
    import(world, &both, &[]).is(0, [2, 0, 0, 0]);
    let table = "client_number;family_name;given_name;phone;as_of\n\
                 K-2;Қасымова;Әсел;+77012345667;2026-01-30T00:00:00Z\n";
    let table = packed(table);
    let file = write(world, "clients.csv.gz", &table);
    import(world, &file, &[]).is(0, [1, 0, 0, 0]);
    let half = write(world, "half.csv.gz", &table[..table.len() - 9]);
    import(world, &half, &[]).refused(2, "half.csv.gz: ");
}

/// Text in KZ-1048: windows-1251 with the letters of Kazakh in place of sixteen others.
fn kz_1048(text: &str) -> Vec<u8> {
    let (kazakh, windows) = ("ҚҺқһҰұӘӨҒҮөғәҢңү", "ЌЋќћЎўЈҐЄЇґєјЅѕї");
    let as_windows: String = text
        .chars()
        .map(|letter| {
            let place = kazakh.chars().position(|one| one == letter);
            place
                .and_then(|place| windows.chars().nth(place))
                .unwrap_or(letter)
        })
        .collect();
    let (bytes, _, unmappable) = WINDOWS_1251.encode(&as_windows);
    assert!(!unmappable);
    bytes.into_owned()
}

async fn kazakh_names_are_read_in_whatever_code_page_they_come(world: &World) {
    let branch = world.staff("branch").await;
    let holds = async |number: &str, names: [&str; 2]| {
        let sought = json!({"client_number": number});
        let found = branch.post("/v1/clients/search", sought).await.expect(200);
        let card = &found.items()[0];
        assert_eq!([&card["family_name"], &card["given_name"]], names);
    };
    let table = |number: &str, family: &str, given: &str| {
        format!(
            "client_number;family_name;given_name;phone\r\n{number};{family};{given};8 701 234 56 67\r\n"
        )
    };
    let as_of = ["--as-of", AS_OF];
    let file = write(world, "kz.csv", kz_1048(&table("К-1", "Қасымова", "Әсел")));
    let reply = import(world, &file, &as_of);
    reply.is(0, [1, 0, 0, 0]);
    assert!(
        reply.stdout.contains("encoding recognised: KZ-1048\n"),
        "{reply:?}"
    );
    holds("К-1", ["Қасымова", "Әсел"]).await;

    let text = table("К-2", "Иванов", "Пётр");
    let (koi, _, _) = encoding_rs::KOI8_R.encode(&text);
    let file = write(world, "koi.csv", &koi);
    import(world, &file, &as_of).is(0, [1, 0, 0, 0]);
    holds("К-2", ["Иванов", "Пётр"]).await;

    // What a spreadsheet saves as "Unicode text": UTF-16 with tabs.
    let text = table("К-3", "Ғабитов", "Үсен").replace(';', "\t");
    let units = "\u{feff}".encode_utf16().chain(text.encode_utf16());
    let bytes: Vec<u8> = units.flat_map(u16::to_le_bytes).collect();
    let file = write(world, "unicode.txt", bytes);
    import(world, &file, &["--as-of", AS_OF, "--format", "csv"]).is(0, [1, 0, 0, 0]);
    holds("К-3", ["Ғабитов", "Үсен"]).await;

    // The same bytes are another name where the code page is named.
    let bytes = kz_1048(&table("К-4", "Бағдат", "Үмбет"));
    let file = write(world, "named.csv", &bytes);
    let named = ["--as-of", AS_OF, "--encoding", "windows-1251"];
    let reply = import(world, &file, &named);
    reply.is(0, [1, 0, 0, 0]);
    assert!(!reply.stdout.contains("encoding"), "{reply:?}");
    holds("К-4", ["Баєдат", "Їмбет"]).await;
    let named = ["--as-of", AS_OF, "--encoding", "KZ-1048"];
    import(world, &file, &named).is(0, [1, 0, 0, 0]);
    holds("К-4", ["Бағдат", "Үмбет"]).await;
    let unknown = ["--as-of", AS_OF, "--encoding", "latin"];
    import(world, &file, &unknown).refused(2, "kz-1048");
}

async fn lines_that_make_no_sense_are_refused_by_their_number(world: &World) {
    let header = "client_number;family_name;given_name;phone\n";
    let mut bytes = header.as_bytes().to_vec();
    let line = |number: u8, family: &str| format!("К-{number};{family};Вера;+7701234566{number}\n");
    for number in 1..=4 {
        bytes.extend(kz_1048(&line(number, "Қасымова")));
    }
    let turned = line(5, "Иванов");
    let (koi, _, _) = encoding_rs::KOI8_R.encode(&turned);
    bytes.extend_from_slice(&koi);
    bytes.extend(line(6, "Қасымова").into_bytes());
    bytes.extend(kz_1048(&line(7, "Ким")));
    let file = write(world, "mixed.csv", &bytes);
    let reply = import(world, &file, &["--as-of", AS_OF]);
    reply.is(3, [5, 0, 0, 2]);
    let rejects = fs::read_to_string(format!("{}.rejects.csv", file.display()));
    let rejects = rejects.expect("it is there");
    let lines: Vec<_> = rejects.lines().skip(1).collect();
    assert_eq!(lines.len(), 2, "{rejects}");
    assert!(lines[0].starts_with("6;wrong_encoding;"), "{rejects}");
    assert!(lines[1].starts_with("7;wrong_encoding;"), "{rejects}");
    assert!(rejects.contains("--encoding"), "{rejects}");
}

async fn what_spreadsheets_write_is_read(world: &World) {
    let clients = write(world, "clients.ndjson", client("K-1").to_string());
    import(world, &clients, &[]).is(0, [1, 0, 0, 0]);
    let loans = "sep=;\r\n\
        ticket_number;client_number;product;due_on;amount;currency;grace_days;status;\r\n\
        T-1;K-1;Сақина;20.12.2026 0:00:00;125\u{a0}000,00;KZT;20;open;\r\n\
        T-2;K-1;Сырға;1.2.2027;1 250 000,5;KZT;;open;\r\n\
        T-3;K-1;Алқа;01.02.2027;125'000.00;KZT;;open\r\n\
        T-4;K-1;Білезік;01.02.2027;12 50 00,00;KZT;;open;\r\n\
        T-5;K-1;Сағат;01.01.0001 0:00:00;1,00;KZT;;open;\r\n\
        Итого:;;;;1 375 000,50;;;;\r\n";
    let file = write(world, "loans.csv", loans);
    let reply = import(world, &file, &["--as-of", AS_OF]);
    reply.is(3, [3, 0, 0, 3]);
    let held = "SELECT ticket_number || ' ' || due_on || ' ' || balance_minor_units FROM loans \
                ORDER BY ticket_number";
    let expected = [
        "T-1 2026-12-20 12500000",
        "T-2 2027-02-01 125000050",
        "T-3 2027-02-01 12500000",
    ];
    assert_eq!(world.database.texts(held), expected);
    let rejects = fs::read_to_string(format!("{}.rejects.csv", file.display()));
    let rejects = rejects.expect("it is there");
    let lines: Vec<_> = rejects.lines().skip(1).collect();
    for (line, start) in lines
        .iter()
        .zip(["6;not_an_amount;", "7;out_of_range;", "8;total_row;"])
    {
        assert!(line.starts_with(start), "{rejects}");
    }
}

async fn three_digits_behind_a_point_are_not_guessed_at(world: &World) {
    let clients = write(world, "clients.ndjson", client("K-1").to_string());
    import(world, &clients, &[]).is(0, [1, 0, 0, 0]);
    let header = "ticket_number;client_number;product;due_on;amount;currency;grace_days;status\n";
    let row = |(number, (amount, currency)): (usize, &(&str, &str))| {
        format!("T-{number};K-1;Алқа;2026-12-20;{amount};{currency};;open\n")
    };
    let refused = [
        ("125.000", "KZT"),
        ("125.500", "KZT"),
        ("125,000", "KZT"),
        ("1.250.000", "KZT"),
        ("1.250.000,50", "KZT"),
        ("0.500", "USD"),
        ("125.000", "JPY"),
        ("-125.000", "KZT"),
    ];
    let rows: String = refused.iter().enumerate().map(row).collect();
    let file = write(world, "dots.csv", format!("{header}{rows}"));
    let reply = import(world, &file, &["--as-of", AS_OF]);
    reply.is(3, [0, 0, 0, refused.len() as u64]);
    let rejects = fs::read_to_string(format!("{}.rejects.csv", file.display()));
    let rejects = rejects.expect("it is there");
    for line in rejects.lines().skip(1) {
        assert!(line.contains(";not_an_amount;"), "{rejects}");
        assert!(line.contains("/balance/amount"), "{rejects}");
    }
    let taken = [("125.50", "KZT"), ("125.0000", "KZT"), ("1.250", "BHD")];
    let rows: String = taken.iter().enumerate().map(row).collect();
    let file = write(world, "points.csv", format!("{header}{rows}"));
    import(world, &file, &["--as-of", AS_OF]).is(0, [3, 0, 0, 0]);
    let held = "SELECT balance_minor_units || ' ' || currency FROM loans ORDER BY ticket_number";
    let expected = ["12550 KZT", "12500 KZT", "1250 BHD"];
    assert_eq!(world.database.texts(held), expected);
}

async fn goods_are_described_with_signs_of_every_kind(world: &World) {
    let clients = write(world, "clients.ndjson", client("K-1").to_string());
    import(world, &clients, &[]).is(0, [1, 0, 0, 0]);
    let goods = [
        "Термос до 40°С",
        "Весы ±0,5г, до 60 С°, ±пять",
        "Кольцо №3 «Ромашка», проба 585°…",
        "Набор “Восток”®, §Б, 10‰",
    ];
    let mut table =
        "ticket_number;client_number;product;due_on;amount;currency;grace_days;status\r\n"
            .to_owned();
    for (number, product) in goods.iter().enumerate() {
        table += &format!("T-{number};K-1;{product};20.12.2026;1,00;KZT;20;open\r\n");
    }
    let (bytes, _, unmappable) = WINDOWS_1251.encode(&table);
    assert!(!unmappable);
    let file = write(world, "goods.csv", &bytes);
    let reply = import(world, &file, &["--as-of", AS_OF]);
    assert!(reply.stdout.contains("encoding recognised: "), "{reply:?}");
    reply.is(0, [goods.len() as u64, 0, 0, 0]);
    assert_eq!(products(world), goods);
}

async fn a_time_that_has_not_come_is_refused_by_name(world: &World) {
    let ahead = client("K-1")
        .to_string()
        .replace(AS_OF, "2099-01-01T00:00:00Z");
    let file = write(world, "night.ndjson", format!("{ahead}\n{}", client("K-2")));
    import(world, &file, &[]).is(3, [1, 0, 0, 1]);
    let rejects = fs::read_to_string(format!("{}.rejects.ndjson", file.display()));
    assert!(rejects.is_ok_and(|text| text.contains("\"as_of_ahead\"")));
    let table = "client_number;family_name;given_name;phone\nK-1;A;B;+77012345667\n";
    let file = write(world, "clients.csv", table);
    import(world, &file, &["--as-of", "2099-01-01T00:00:00Z"]).refused(2, "--as-of: ");
}

async fn a_file_in_which_nothing_stands_is_imported(world: &World) {
    for (name, text) in [
        ("empty.ndjson", ""),
        ("blank.ndjson", "\n\r\n  \n"),
        (
            "header.csv",
            "client_number;family_name;given_name;phone;as_of",
        ),
        (
            "rows.csv",
            "client_number;family_name;given_name;phone;as_of\r\n;;;;\r\n",
        ),
    ] {
        import(world, &write(world, name, text), &[]).is(0, [0; 4]);
    }
}

#[test]
fn what_cannot_be_imported_is_named_and_nothing_is_made() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let data = folder.path().join("data").display().to_string();
    let import = |name: &str, more: &[&str]| -> Done {
        let file = folder.path().join(name).display().to_string();
        let arguments = [&["loans", "import", "--data-dir", &data, &file][..], more];
        run::<&str>(&arguments.concat(), &[]).into()
    };
    import("missing.csv", &[]).refused(2, "missing.csv: No such file");
    fs::create_dir(folder.path().join("folder.csv")).expect("a folder is made");
    import("folder.csv", &[]).refused(2, "folder.csv: it is no plain file");
    let clients = "client_number;family_name;given_name;phone";
    let as_of = &["--as-of", AS_OF][..];
    let tables: [(&[u8], &[&str], &str); 11] = [
        (b"", as_of, "blank"),
        (b"\xFF\xFEc\0l\0", as_of, "UTF-16"),
        (b"PK\x03\x04\x14\0", as_of, "workbook"),
        (b"{\"type\": \"client\"}", as_of, "no column"),
        (b"client_number;colour", as_of, "\"colour\""),
        (
            b"phone;client_number;Phone",
            as_of,
            "\"phone\" is there twice",
        ),
        (b"phone;;client_number", as_of, "column 2"),
        (b"client_number;family_name", as_of, "given_name"),
        (clients.as_bytes(), &[], "--as-of"),
        (clients.as_bytes(), &["--as-of", "yesterday"], "RFC 3339"),
        (
            b"client_number;family_name;given_name;phone;as_of",
            as_of,
            "so does --as-of",
        ),
    ];
    for (bytes, more, words) in tables {
        fs::write(folder.path().join("table.csv"), bytes).expect("a file is written");
        import("table.csv", more).refused(2, words);
    }
    fs::write(folder.path().join("night.ndjson"), "{}").expect("a file is written");
    import("night.ndjson", as_of).refused(2, "--as-of");
    assert!(!Path::new(&data).exists(), "a data folder was made");
}

async fn rejected_lines_go_where_they_are_wanted(world: &World) {
    let file = write(world, "night.ndjson", format!("{}\n{{", client("K-1")));
    let elsewhere = world.folder().join("elsewhere").display().to_string();
    let reply = import(world, &file, &["--rejects", &elsewhere]);
    reply.is(3, [1, 0, 0, 1]);
    assert!(fs::read_to_string(&elsewhere).is_ok_and(|text| text.contains("malformed_json")));
    let itself = file.display().to_string();
    import(world, &file, &["--rejects", &itself]).refused(2, "--rejects");
    assert!(fs::read_to_string(&file).is_ok_and(|text| text.ends_with('{')));
    // Where nothing can be written it is that place which is named.
    let nowhere = world.folder().join("no/such/folder").display().to_string();
    import(world, &file, &["--rejects", &nowhere]).refused(1, &nowhere);
}

/// Starts an import, and waits until the first of it is held.
fn begin(world: &World, file: &Path) -> Child {
    let file = file.display().to_string();
    let mut begun = command(&["loans", "import", &file], &environment(world))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let before = held(world);
    while held(world) == before {
        let ended = begun.try_wait().expect("it was started here");
        assert!(ended.is_none(), "it ended before anything was held");
        std::thread::yield_now();
    }
    begun
}

fn held(world: &World) -> u64 {
    let held = world.database.number("SELECT count(*) FROM loans");
    held.unsigned_abs()
}

async fn an_import_that_is_stopped_or_killed_loses_nothing_that_it_applied(world: &World) {
    let whole = 60_000;
    let mut lines = format!("{}\n", client("K-1"));
    for number in 1..whole {
        lines += &format!("{}\n", loan(&format!("T-{number}"), "K-1"));
    }
    let file = write(world, "night.ndjson", lines);
    let mut killed = begin(world, &file);
    killed.kill().expect("it still runs");
    killed.wait().expect("it ends");
    let after_kill = held(world);

    let stopped = begin(world, &file);
    let asked = std::process::Command::new("kill")
        .args(["-INT", &stopped.id().to_string()])
        .status();
    assert!(asked.is_ok_and(|status| status.success()));
    let reply: Done = stopped.wait_with_output().expect("it ends").into();
    reply.refused(1, "stopped after line");
    let after_stop = held(world);
    assert!(
        after_kill < after_stop && after_stop + 1 < whole,
        "{reply:?}"
    );
    let summary = format!(
        "applied {}, unchanged {}, stale 0, rejected 0\n",
        after_stop - after_kill,
        after_kill + 1
    );
    assert_eq!(reply.stdout, summary);

    let left = whole - 1 - after_stop;
    import(world, &file, &[]).is(0, [left, after_stop + 1, 0, 0]);
    assert_eq!(held(world), whole - 1);
}

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::DateTime;
use sha2::{Digest, Sha256};

use super::*;
use crate::domain::{
    application::{Draft, IdentityDocument, Mandate},
    person::{Person, PersonName, Phone},
};

/// The policy's own text of Appendix #1, a line a paragraph.
const APPENDIX: &str = include_str!("../../../tests/form/appendix-1.kk.txt");

fn day_of(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn name(text: &str) -> PersonName {
    PersonName::parse(text).unwrap()
}

fn client(names: &str) -> ClientRow {
    ClientRow {
        id: "c-1".into(),
        client_number: "K-000101".into(),
        person: Person {
            family_name: name(names),
            given_name: Some(name("Әсел")),
            patronymic: Some(name("Нұрланқызы")),
            phone: Phone::parse("+77000000101").unwrap(),
        },
        as_of: None,
        created_at: DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
    }
}

fn application(kind: ApplicationKind, representative: Option<Representative>) -> Application {
    let draft = Draft {
        id: "a-1".into(),
        number: "ALA-1-2026-000017".into(),
        kind,
        client_id: "c-1".into(),
        branch_code: "ALA-1".into(),
        drafted_by: "s-1".into(),
        drafted_at: DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
        identity_document: IdentityDocument::IdentityCard,
        representative,
    };
    draft.into()
}

fn representative(document_number: &str) -> Representative {
    Representative {
        full_name: name("Сәуле Тлеуова"),
        mandate: Mandate::PowerOfAttorney,
        document_number: document_number.into(),
        document_date: day_of("2026-01-15"),
        valid_until: Some(day_of("2027-01-14")),
    }
}

fn printed(application: &Application, client: &ClientRow, language: Language) -> String {
    let branch = BranchRow {
        code: application.draft.branch_code.clone(),
        name: "Абай даңғылы, 10".into(),
        city: Some("Алматы".into()),
        created_at: application.draft.drafted_at,
    };
    let sheet = Sheet {
        application,
        client,
        branch: Some(&branch),
        drafted_on: day_of("2026-01-31"),
    };
    page(&sheet, language)
}

/// What a reader sees: the body without its tags, each element of a block on a line of its own.
fn visible(page: &str) -> String {
    let body = page.split_once("<body>").unwrap().1;
    let mut text = String::new();
    let mut in_tag = false;
    for c in body.chars() {
        match c {
            '<' => in_tag = true,
            '>' => in_tag = false,
            c if !in_tag => text.push(c),
            _ => {}
        }
    }
    text
}

#[test]
fn the_kazakh_form_is_the_policys_text_letter_by_letter() {
    for kind in [ApplicationKind::Set, ApplicationKind::Change] {
        let text = visible(&printed(
            &application(kind, None),
            &client("Қасымова"),
            Language::Kk,
        ));
        let mut from = 0;
        for line in APPENDIX.lines() {
            let at = text[from..].find(line);
            from += at.unwrap_or_else(|| panic!("not there, or not in its place: {line}"));
        }
    }
    assert_eq!(APPENDIX.lines().count(), 6);
}

#[test]
fn a_person_with_one_name_alone_is_printed_by_it() {
    let mut client = client("Сукарно");
    client.person.given_name = None;
    client.person.patronymic = None;
    for language in [Language::Kk, Language::Ru] {
        let page = printed(&application(ApplicationKind::Set, None), &client, language);
        assert!(page.contains("<bdi>Сукарно</bdi>"), "{page}");
    }
}

#[test]
fn the_word_that_applies_is_kept_and_the_other_struck_out() {
    let of = |kind, language| printed(&application(kind, None), &client("Қасымова"), language);
    let set = of(ApplicationKind::Set, Language::Kk);
    assert!(
        set.contains("<u>БЕЛГІЛЕУГЕ</u> / <s>ӨЗГЕРТУГЕ</s>"),
        "{set}"
    );
    let change = of(ApplicationKind::Change, Language::Kk);
    assert!(
        change.contains("<s>БЕЛГІЛЕУГЕ</s> / <u>ӨЗГЕРТУГЕ</u>"),
        "{change}"
    );
    let russian = of(ApplicationKind::Change, Language::Ru);
    assert!(
        russian.contains("<s>УСТАНОВЛЕНИИ</s> / <u>ИЗМЕНЕНИИ</u>"),
        "{russian}"
    );
}

#[test]
fn both_languages_bear_the_clients_and_the_applications_data() {
    let application = application(ApplicationKind::Set, Some(representative("77-01")));
    for language in [Language::Kk, Language::Ru] {
        let page = printed(&application, &client("Қасымова"), language);
        assert!(page.contains(&format!("<html lang=\"{}\">", language.code())));
        for datum in [
            "Қасымова Әсел Нұрланқызы",
            "K-000101",
            "+77000000101",
            "ALA-1-2026-000017",
            "ALA-1, Абай даңғылы, 10",
            "31.01.2026",
            "Сәуле Тлеуова",
            "77-01",
            "15.01.2026",
            "14.01.2027",
        ] {
            assert!(page.contains(datum), "{datum} is not in {language:?}");
        }
    }
}

#[test]
fn a_client_who_signs_alone_has_no_block_of_a_representative() {
    let page = printed(
        &application(ApplicationKind::Set, None),
        &client("Қасымова"),
        Language::Kk,
    );
    assert!(page.contains("Клиенттің қолы") && !page.contains("Клиенттің өкілі"));
}

#[test]
fn what_was_entered_is_text_and_never_markup() {
    let mut client = client("O'Нил");
    client.client_number = "<script>alert(1)</script>".into();
    let application = application(ApplicationKind::Set, Some(representative("\"&<img src=x>")));
    let page = printed(&application, &client, Language::Ru);
    assert!(!page.contains("<script") && !page.contains("<img"));
    assert!(page.contains("<bdi>O'Нил "));
    assert!(page.contains("&quot;&amp;&lt;img src=x&gt;"));
}

#[test]
fn the_only_blanks_are_for_the_date_and_the_signature() {
    for language in [Language::Kk, Language::Ru] {
        let page = printed(
            &application(ApplicationKind::Set, Some(representative("7"))),
            &client("Ли"),
            language,
        );
        assert_eq!(page.matches("class=\"rule").count(), 4);
        assert!(!page.contains("__") && !page.contains("<input"));
    }
}

#[test]
fn the_page_may_load_its_own_style_and_nothing_else() {
    let hash = STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
    assert!(
        HEADERS
            .content_security_policy
            .contains(&format!("'sha256-{hash}'")),
        "the style's hash is now {hash}"
    );
    assert!(!HEADERS.content_security_policy.contains("unsafe"));
}

fn count_pages(name: &str, page: &str) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (html, pdf) = (at("form.html"), at("form.pdf"));
    std::fs::write(&html, page).unwrap();
    let printed = std::process::Command::new("chromium")
        .args("--headless --no-sandbox --disable-gpu --disable-quic --no-first-run".split(' '))
        .args("--disable-background-networking --disable-component-update".split(' '))
        .args(["--disable-sync", "--no-pdf-header-footer"])
        .arg(format!("--user-data-dir={}", at("profile")))
        .arg(format!("--print-to-pdf={pdf}"))
        .arg(format!("file://{html}"))
        .output()
        .unwrap();
    assert!(printed.status.success(), "{printed:?}");
    if let Ok(kept) = std::env::var("FORM_PDF_FOLDER") {
        std::fs::copy(&pdf, format!("{kept}/{name}.pdf")).unwrap();
    }
    let bytes = std::fs::read(&pdf).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    text.matches("/Type /Page\n").count()
}

/// A sheet whose every entry is as long as the contract lets it be, of one of the widest letters.
#[test]
#[ignore = "needs Chromium"]
fn the_fullest_form_is_one_page_of_a4() {
    let wide = |count| "Щ".repeat(count);
    let mut client = client(&wide(100));
    client.person.given_name = Some(name(&wide(100)));
    client.person.patronymic = Some(name(&wide(100)));
    client.client_number = wide(64);
    let mut who = representative(&wide(64));
    who.full_name = name(&wide(100));
    who.mandate = Mandate::Guardianship;
    let mut application = application(ApplicationKind::Change, Some(who));
    application.draft.branch_code = "W".repeat(64);
    application.draft.number = format!("{}-2026-000017", "W".repeat(64));
    let branch = BranchRow {
        code: application.draft.branch_code.clone(),
        name: wide(200),
        city: None,
        created_at: application.draft.drafted_at,
    };
    for language in [Language::Kk, Language::Ru] {
        let sheet = Sheet {
            application: &application,
            client: &client,
            branch: Some(&branch),
            drafted_on: day_of("2026-01-31"),
        };
        let pages = count_pages(
            &format!("full-{}", language.code()),
            &page(&sheet, language),
        );
        assert_eq!(pages, 1, "{language:?}");
    }
}

/// As many wide letters as the usual size is meant for, and every row there is.
#[test]
#[ignore = "needs Chromium"]
fn the_longest_entries_in_usual_letters_are_one_page_of_a4() {
    let mut client = client(&"Щ".repeat(100));
    client.person.given_name = Some(name(&"Щ".repeat(80)));
    let mut who = representative(&"Щ".repeat(17));
    who.full_name = name(&"Щ".repeat(35));
    who.mandate = Mandate::Guardianship;
    let application = application(ApplicationKind::Set, Some(who));
    for language in [Language::Kk, Language::Ru] {
        let page = printed(&application, &client, language);
        assert!(!page.contains("<body class"));
        let pages = count_pages(&format!("usual-{}", language.code()), &page);
        assert_eq!(pages, 1, "{language:?}");
    }
}

#[test]
#[ignore = "needs Chromium"]
fn an_ordinary_form_is_one_page_of_a4() {
    let application = application(ApplicationKind::Set, None);
    for language in [Language::Kk, Language::Ru] {
        let page = printed(&application, &client("Қасымова"), language);
        assert_eq!(count_pages(language.code(), &page), 1, "{language:?}");
    }
}

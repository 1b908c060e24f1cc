use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::DateTime;
use sha2::{Digest, Sha256};

use super::*;
use crate::domain::{
    application::{IdentityDocument, Mandate, Progress},
    person::{PersonName, Phone},
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
            given_name: name("Әсел"),
            patronymic: Some(name("Нұрланқызы")),
            phone: Phone::parse("+77000000101").unwrap(),
        },
        as_of: None,
        created_at: DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
    }
}

fn application(kind: Kind, representative: Option<Representative>) -> Application {
    Application {
        id: "a-1".into(),
        number: "ALA-1-2026-000017".into(),
        kind,
        client_id: "c-1".into(),
        branch_code: "ALA-1".into(),
        drafted_by: "s-1".into(),
        drafted_at: DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
        identity_document: IdentityDocument::IdentityCard,
        representative,
        progress: Progress::Draft,
    }
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
        code: application.branch_code.clone(),
        name: "Абай даңғылы, 10".into(),
        city: Some("Алматы".into()),
        created_at: application.drafted_at,
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
    for kind in [Kind::Set, Kind::Change] {
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
fn the_word_that_applies_is_kept_and_the_other_struck_out() {
    let of = |kind, language| printed(&application(kind, None), &client("Қасымова"), language);
    let set = of(Kind::Set, Language::Kk);
    assert!(
        set.contains("<u>БЕЛГІЛЕУГЕ</u> / <s>ӨЗГЕРТУГЕ</s>"),
        "{set}"
    );
    let change = of(Kind::Change, Language::Kk);
    assert!(
        change.contains("<s>БЕЛГІЛЕУГЕ</s> / <u>ӨЗГЕРТУГЕ</u>"),
        "{change}"
    );
    let russian = of(Kind::Change, Language::Ru);
    assert!(
        russian.contains("<s>УСТАНОВЛЕНИИ</s> / <u>ИЗМЕНЕНИИ</u>"),
        "{russian}"
    );
}

#[test]
fn both_languages_bear_the_clients_and_the_applications_data() {
    let application = application(Kind::Set, Some(representative("77-01")));
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
        &application(Kind::Set, None),
        &client("Қасымова"),
        Language::Kk,
    );
    assert!(page.contains("Клиенттің қолы") && !page.contains("Клиенттің өкілі"));
}

#[test]
fn what_was_entered_is_text_and_never_markup() {
    let mut client = client("O'Нил");
    client.client_number = "<script>alert(1)</script>".into();
    let application = application(Kind::Set, Some(representative("\"&<img src=x>")));
    let page = printed(&application, &client, Language::Ru);
    assert!(!page.contains("<script") && !page.contains("<img"));
    assert!(page.contains("O&#39;Нил"));
    assert!(page.contains("&quot;&amp;&lt;img src=x&gt;"));
}

#[test]
fn the_only_blanks_are_for_the_date_and_the_signature() {
    for language in [Language::Kk, Language::Ru] {
        let page = printed(
            &application(Kind::Set, Some(representative("7"))),
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
        CONTENT_SECURITY_POLICY.contains(&format!("'sha256-{hash}'")),
        "the style's hash is now {hash}"
    );
    assert!(!CONTENT_SECURITY_POLICY.contains("unsafe"));
}

/// Prints the fullest pages that can be: names of 100 of the widest letters each.
#[test]
#[ignore = "needs Chromium"]
fn the_fullest_form_is_one_page_of_a4() {
    let wide = "Щ".repeat(100);
    let mut client = client(&wide);
    client.person.given_name = name(&wide);
    client.person.patronymic = Some(name(&wide));
    client.client_number = "Щ".repeat(64);
    let mut who = representative(&"Щ".repeat(64));
    who.full_name = name(&wide);
    who.mandate = Mandate::Guardianship;
    let mut application = application(Kind::Change, Some(who));
    application.branch_code = "W".repeat(64);
    application.number = format!("{}-2026-000017", "W".repeat(64));
    for language in [Language::Kk, Language::Ru] {
        let folder = tempfile::tempdir().unwrap();
        let (html, pdf) = (
            folder.path().join("form.html"),
            folder.path().join("form.pdf"),
        );
        std::fs::write(&html, printed(&application, &client, language)).unwrap();
        let printed = std::process::Command::new("chromium")
            .args("--headless --no-sandbox --disable-gpu --disable-quic --no-first-run".split(' '))
            .args("--disable-background-networking --disable-component-update".split(' '))
            .args(["--disable-sync", "--no-pdf-header-footer"])
            .arg(format!(
                "--user-data-dir={}",
                folder.path().join("profile").display()
            ))
            .arg(format!("--print-to-pdf={}", pdf.display()))
            .arg(format!("file://{}", html.display()))
            .output()
            .unwrap();
        assert!(printed.status.success(), "{printed:?}");
        let bytes = std::fs::read(&pdf).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        let pages = text.matches("/Type /Page\n").count();
        assert_eq!(pages, 1, "{language:?}");
        if let Ok(kept) = std::env::var("FORM_PDF_FOLDER") {
            let kept = std::path::Path::new(&kept).join(format!("{}.pdf", language.code()));
            std::fs::copy(&pdf, kept).unwrap();
        }
    }
}

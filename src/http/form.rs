//! The printable form of Appendix #1: one A4 page, in Kazakh as the policy has it and in Russian.
//!
//! The page bears the client's and the application's data and places for date and signature. It never
//! bears the passphrase, nor a place to write it.

mod words;

#[cfg(test)]
mod tests;

use chrono::NaiveDate;

use self::words::Words;
use crate::{
    domain::{
        application::{Application, Kind, Representative},
        language::Language,
    },
    store::{BranchRow, ClientRow},
};

/// What the page may load: nothing but its own style, named by its hash. A test holds the hash to the
/// style.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; \
    style-src 'sha256-FODSYI/vyBHaG9qF9fjwdeacFwknp+V8V/CIdAjEiSE='; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Black on white, system fonts, and long names broken anywhere rather than run off the paper.
const STYLE: &str = "
@page { size: A4; margin: 16mm 16mm 14mm 22mm; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 172mm; color: #000; background: #fff;
  font: 11pt/1.3 'Times New Roman', 'Liberation Serif', 'DejaVu Serif', serif;
  overflow-wrap: anywhere; }
p { margin: 0 0 3mm; text-align: justify; text-indent: 8mm; }
header { margin: 0 0 5mm 44%; }
header p { margin: 0; text-align: left; text-indent: 0; }
h1 { margin: 0 0 1mm; font-size: 13pt; text-align: center; }
h1 u { text-underline-offset: 2pt; }
.number { margin-bottom: 4mm; text-align: center; text-indent: 0; }
table { width: 100%; margin: 0 0 4mm; border-collapse: collapse; font-size: 10.5pt; }
caption { padding: 0 0 1mm; font-weight: bold; text-align: left; }
th, td { padding: .6mm 1.5mm; border: .2mm solid #000; text-align: left; vertical-align: top; }
th { width: 36%; font-weight: normal; }
.signed { display: flex; gap: 8mm; margin: 9mm 0 0; }
.signed div { flex: 1; white-space: nowrap; }
.rule { display: inline-block; border-bottom: .2mm solid #000; }
body.dense { font-size: 10pt; line-height: 1.25; }
.dense table { margin-bottom: 3mm; font-size: 8.5pt; line-height: 1.2; }
.dense th { width: 28%; }
.dense td, .dense th { padding: .3mm 1.5mm; }
.day { width: 8mm; } .month { width: 30mm; } .year { width: 8mm; } .hand { width: 42mm; }
small { display: block; margin: 6mm 0 0; font-size: 9pt; }
table, .signed, small { break-inside: avoid; }
@media screen { body { padding: 12mm 0; } }
";

/// What is printed.
pub struct Sheet<'a> {
    /// the application
    pub application: &'a Application,
    /// whose passphrase
    pub client: &'a ClientRow,
    /// where it was drafted
    pub branch: Option<&'a BranchRow>,
    /// the business day on which it was drafted
    pub drafted_on: NaiveDate,
}

/// Writes the page. There is no English form: English readers get the Russian one.
#[must_use]
pub fn page(sheet: &Sheet<'_>, language: Language) -> String {
    let words = words::of(language);
    let application = sheet.application;
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body{}>\n",
        words.code,
        words.title(),
        if is_long(sheet) {
            " class=\"dense\""
        } else {
            ""
        },
    );
    page += "<header>\n";
    for line in words.addressee {
        page += &format!("<p>{line}</p>\n");
    }
    page += "</header>\n";
    page += &format!("<h1>{}</h1>\n", title(words, application.kind));
    page += &format!(
        "<p class=\"number\">№ {}</p>\n",
        written(&application.number)
    );
    page += &about(words, sheet);
    for paragraph in words.paragraphs {
        page += &format!("<p>{paragraph}</p>\n");
    }
    if let Some(representative) = &application.representative {
        page += &acting(words, representative);
    }
    page += &signed(words, application.representative.is_some());
    page += &format!("<small>{}</small>\n</body>\n</html>\n", words.unwritten);
    page
}

/// So many characters entered fit the page in its usual letters, be they ever so wide.
const USUAL_CHARS: usize = 300;

/// Whether names and numbers are so long that they are set smaller, to stay on one page.
fn is_long(sheet: &Sheet<'_>) -> bool {
    let representative = sheet.application.representative.as_ref();
    let entered = [
        sheet.client.person.full_name().chars().count(),
        sheet.client.client_number.chars().count(),
        sheet.application.number.chars().count(),
        sheet.branch.map_or(0, |branch| branch.name.chars().count()),
        representative.map_or(0, |who| who.full_name.as_str().chars().count()),
        representative.map_or(0, |who| who.document_number.chars().count()),
    ];
    entered.iter().sum::<usize>() > USUAL_CHARS
}

/// The title as the policy has it: of its two words the one that applies is underlined, the other
/// struck out.
fn title(words: &Words, kind: Kind) -> String {
    let kept = |word| format!("<u>{word}</u>");
    let struck = |word| format!("<s>{word}</s>");
    let [set, change] = words.kinds;
    let (set, change) = match kind {
        Kind::Set => (kept(set), struck(change)),
        Kind::Change => (struck(set), kept(change)),
    };
    let [before, after] = words.around;
    format!("{before}{set} / {change}{after}")
}

fn about(words: &Words, sheet: &Sheet<'_>) -> String {
    let Sheet {
        application,
        client,
        ..
    } = sheet;
    let branch = match sheet.branch {
        Some(branch) => format!("{}, {}", branch.code, branch.name),
        None => application.branch_code.clone(),
    };
    let seen = words.seen[application.identity_document as usize];
    let rows = [
        (words.client, written(&client.person.full_name())),
        (words.client_number, written(&client.client_number)),
        (words.phone, written(client.person.phone.as_str())),
        (words.branch, written(&branch)),
        (words.drafted_on, day(sheet.drafted_on)),
        (words.document, format!("{seen} ({})", words.not_taken)),
    ];
    table(None, &rows)
}

fn acting(words: &Words, representative: &Representative) -> String {
    let until = representative
        .valid_until
        .map_or_else(|| words.no_end.to_owned(), day);
    let rows = [
        (words.full_name, written(representative.full_name.as_str())),
        (
            words.mandate,
            words.mandates[representative.mandate as usize].to_owned(),
        ),
        (
            words.mandate_number,
            written(&representative.document_number),
        ),
        (words.mandate_date, day(representative.document_date)),
        (words.mandate_until, until),
    ];
    table(Some(words.representative), &rows)
}

fn table(caption: Option<&str>, rows: &[(&str, String)]) -> String {
    let caption = caption.map(|text| format!("<caption>{text}</caption>\n"));
    let rows: String = rows
        .iter()
        .map(|(label, value)| format!("<tr><th scope=\"row\">{label}</th><td>{value}</td></tr>\n"))
        .collect();
    format!("<table>\n{}{rows}</table>\n", caption.unwrap_or_default())
}

fn signed(words: &Words, is_represented: bool) -> String {
    let hand = words.hands[usize::from(is_represented)];
    format!(
        "<div class=\"signed\">\n<div>{}: «<span class=\"rule day\"></span>» \
         <span class=\"rule month\"></span> 20<span class=\"rule year\"></span> {}</div>\n\
         <div>{hand}: <span class=\"rule hand\"></span></div>\n</div>\n",
        words.day, words.year
    )
}

/// A day as papers in Kazakhstan have it.
fn day(day: NaiveDate) -> String {
    day.format("%d.%m.%Y").to_string()
}

/// What somebody entered, as text and nothing else; apart from its surroundings where its script
/// runs the other way.
fn written(entered: &str) -> String {
    let mut text = String::from("<bdi>");
    for c in entered.chars() {
        match c {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '"' => text.push_str("&quot;"),
            '\'' => text.push_str("&#39;"),
            c => text.push(c),
        }
    }
    text + "</bdi>"
}

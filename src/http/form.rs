//! The printable form of Appendix #1: one A4 page, in Kazakh as the policy has it and in Russian.
//!
//! The page has the client's and the application's data and blanks for date and signature. It never has
//! the passphrase, nor a blank for it.

#[cfg(test)]
mod tests;

use chrono::NaiveDate;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::endpoint::AnswerHeaders;
use crate::{
    domain::{
        application::{Application, ApplicationKind, Representative},
        language::Language,
    },
    locales,
    store::{BranchRow, ClientRow},
};

/// The page may load nothing but its own style, which is named by its hash; a test compares the two.
pub(crate) const HEADERS: AnswerHeaders = AnswerHeaders {
    cache_control: Some("no-store"),
    content_security_policy: "default-src 'none'; \
        style-src 'sha256-FODSYI/vyBHaG9qF9fjwdeacFwknp+V8V/CIdAjEiSE='; \
        base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
};

/// For the blank document of the frame in which the console shows the page: the same style, and no script.
pub(crate) const FRAME_POLICY: &str = "default-src 'none'; \
    style-src 'sha256-FODSYI/vyBHaG9qF9fjwdeacFwknp+V8V/CIdAjEiSE='; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

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
pub(crate) struct Sheet<'a> {
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
pub(crate) fn page(sheet: &Sheet<'_>, language: Language) -> String {
    let Sheet { application, .. } = sheet;
    let words = FormWords(language);
    let representative = application.draft.representative.as_ref();
    let page = html! {
        (DOCTYPE)
        html lang=(words.language()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                title { (words.title(html! { (words.say("title_set")) }, html! { (words.say("title_change")) })) }
                style { (PreEscaped(STYLE)) }
            }
            body class=[is_long(sheet).then_some("dense")] {
                header {
                    @for line in ["addressee_1", "addressee_2", "addressee_3"] {
                        p { (words.say(line)) }
                    }
                }
                h1 { (title(words, application.draft.kind)) }
                p class="number" { "№ " (written(&application.draft.number)) }
                (about(words, sheet))
                p { (words.say("request")) }
                p { (words.say("no_claims")) }
                @if let Some(representative) = representative {
                    (acting(words, representative))
                }
                (signed(words, representative.is_some()))
                small { (words.say("not_written")) }
            }
        }
    };
    page.into_string()
}

/// The form's words in one language.
#[derive(Clone, Copy)]
struct FormWords(Language);

impl FormWords {
    fn say(self, name: &str) -> String {
        locales::of_form(name, self.0)
    }

    /// The language of what is said.
    fn language(self) -> &'static str {
        match self.0 {
            Language::Kk => "kk",
            Language::Ru | Language::En => "ru",
        }
    }

    /// The title around its two words.
    fn title(self, set: Markup, change: Markup) -> Markup {
        html! { (self.say("title_begins")) " " (set) " / " (change) " " (self.say("title_ends")) }
    }
}

/// The number of characters, however wide, that fit the page in its usual font size.
const USUAL_CHARS: usize = 300;

/// Whether names and numbers are so long that they are set smaller, to stay on one page.
fn is_long(sheet: &Sheet<'_>) -> bool {
    let representative = sheet.application.draft.representative.as_ref();
    let entered = [
        sheet.client.person.full_name().chars().count(),
        sheet.client.client_number.chars().count(),
        sheet.application.draft.number.chars().count(),
        sheet.branch.map_or(0, |branch| branch.name.chars().count()),
        representative.map_or(0, |who| who.full_name.as_str().chars().count()),
        representative.map_or(0, |who| who.document_number.chars().count()),
    ];
    entered.iter().sum::<usize>() > USUAL_CHARS
}

/// The title as the policy has it: of its two words the one that applies is underlined, the other
/// struck out.
fn title(words: FormWords, kind: ApplicationKind) -> Markup {
    let word = |name, applies| {
        let word = words.say(name);
        html! { @if applies { u { (word) } } @else { s { (word) } } }
    };
    words.title(
        word("title_set", kind == ApplicationKind::Set),
        word("title_change", kind == ApplicationKind::Change),
    )
}

fn about(words: FormWords, sheet: &Sheet<'_>) -> Markup {
    let Sheet {
        application,
        client,
        ..
    } = sheet;
    let branch = match sheet.branch {
        Some(branch) => format!("{}, {}", branch.code, branch.name),
        None => application.draft.branch_code.clone(),
    };
    let seen = format!(
        "identity_document_{}",
        application.draft.identity_document.name()
    );
    html! {
        table {
            (row(words, "client", &written(&client.person.full_name())))
            (row(words, "client_number", &written(&client.client_number)))
            (row(words, "phone", &written(client.person.phone.as_str())))
            (row(words, "branch", &written(&branch)))
            (row(words, "drafted_on", &day(sheet.drafted_on)))
            (row(words, "identity_document", &html! { (words.say(&seen)) " (" (words.say("not_taken")) ")" }))
        }
    }
}

fn acting(words: FormWords, representative: &Representative) -> Markup {
    let mandate = format!("mandate_{}", representative.mandate.name());
    let until = match representative.valid_until {
        Some(until) => day(until),
        None => html! { (words.say("mandate_no_end")) },
    };
    html! {
        table {
            caption { (words.say("representative")) }
            (row(words, "full_name", &written(representative.full_name.as_str())))
            (row(words, "mandate", &html! { (words.say(&mandate)) }))
            (row(words, "mandate_number", &written(&representative.document_number)))
            (row(words, "mandate_date", &day(representative.document_date)))
            (row(words, "mandate_until", &until))
        }
    }
}

fn row(words: FormWords, label: &str, value: &Markup) -> Markup {
    html! { tr { th scope="row" { (words.say(label)) } td { (value) } } }
}

fn signed(words: FormWords, is_represented: bool) -> Markup {
    let hand = if is_represented {
        "signature_representative"
    } else {
        "signature_client"
    };
    html! {
        div class="signed" {
            div {
                (words.say("day")) ": «" span class="rule day" {} "» " span class="rule month" {}
                " 20" span class="rule year" {} " " (words.say("year"))
            }
            div { (words.say(hand)) ": " span class="rule hand" {} }
        }
    }
}

/// A day as papers in Kazakhstan have it.
fn day(day: NaiveDate) -> Markup {
    html! { (day.format("%d.%m.%Y")) }
}

/// What somebody entered, apart from its surroundings where its script runs the other way.
fn written(entered: &str) -> Markup {
    html! { bdi { (entered) } }
}

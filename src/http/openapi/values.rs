//! The texts of requests as the document shows them: a pattern for what `domain` parses.

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr,
        schema::{ObjectBuilder, Schema, Type},
    },
};

// Patterns are for every engine: no classes of Unicode, which JavaScript has under a flag alone and Python's
// `re` not at all. So a pattern may take more than the service does, and never less.
macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident { $($rule:tt)* };)+) => {
        $(
            $(#[$doc])*
            #[derive(ToSchema)]
            #[schema($($rule)*)]
            #[expect(dead_code, reason = "it describes what is sent, and is never made")]
            pub struct $name(pub String);
        )+
    };
}

texts! {
    /// An opaque id that the service gave out.
    Id { pattern = r"^[^\x00-\x1f\x7f-\x9f]*$", example = "019a9f3e-5b1c-7c4e-9a53-2f1d6f0c8f11" };
    /// The company's number of a client. Blanks at the ends are not part of it.
    ClientNumber { pattern = r"^\s*[^\s\x00-\x2c\x3a-\x40\x5b-\x5e\x60\x7b-\x9f]{1,64}\s*$", example = "K-000123" };
    /// The number of a pledge ticket: one loan. Blanks at the ends are not part of it.
    TicketNumber { pattern = r"^\s*[^\s\x00-\x2c\x3a-\x40\x5b-\x5e\x60\x7b-\x9f]{1,64}\s*$", example = "ЗБ-000451" };
    /// What the telephone system calls one call. Blanks at the ends are not part of it.
    CallId { pattern = r"^\s*[^\s\x00-\x2c\x3a-\x40\x5b-\x5e\x60\x7b-\x9f]{1,64}\s*$", example = "call-20260131-0042" };
    /// A staff login or a client id, in any case. Blanks at the ends are not part of it.
    NewLogin { pattern = r"^\s*[A-Za-z0-9._-]{1,64}\s*$", example = "aigul" };
    /// A branch's code, in any case. Blanks at the ends are not part of it.
    BranchCode { pattern = r"^\s*[A-Za-z0-9._-]{1,64}\s*$", example = "ALA-1" };
    /// A name: 1 to 100 letters of any script, hyphens, apostrophes and spaces, one letter at least. A
    /// middle dot stands between letters, a full stop after an initial; dashes and quotation marks stand
    /// for hyphen and apostrophe, joiners inside a word. It is stored as it was typed.
    PersonName {
        // Wider than what is taken: classes of Unicode are not in every engine, and what else is in a name is judged.
        pattern = r##"^[^\x00-\x1f0-9!"#$%&()*+,/:;<=>?@\[\\\]^_{|}~]+$"##,
        min_length = 1, max_length = 100, example = "Қасымова"
    };
    /// A telephone number, in E.164 or a national form of Kazakhstan (`8 701 …`, `7 (701) …`, `701…`).
    PhoneNumber { pattern = r"^[^A-Za-z]*[0-9][^A-Za-z]{5,}$", example = "+77012345667" };
    /// One line of text, 1 to 200 characters and not only blanks.
    Line { pattern = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$", min_length = 1, max_length = 200, example = "Айгүл Серік" };
    /// Why something is done, for the audit: one line, 1 to 500 characters; never the passphrase.
    Reason { pattern = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$", min_length = 1, max_length = 500, example = "the client asked for it in person" };
    /// The number of a document: one line, 1 to 64 characters.
    PaperNumber { pattern = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$", min_length = 1, max_length = 64, example = "№ 4512" };
    /// A calendar date from 1990-01-01 to 2199-12-31, in the business time zone.
    Day { format = Date, pattern = r"^(199[0-9]|2[01][0-9]{2})-[0-9]{2}-[0-9]{2}$", example = "2026-11-22" };
    /// A calendar date on a document, from 1900-01-01 to 2199-12-31.
    DocumentDay { format = Date, pattern = r"^(19|2[01])[0-9]{2}-[0-9]{2}-[0-9]{2}$", example = "1987-05-12" };
    /// A moment as in RFC 3339, in any zone; stored to the microsecond.
    Moment { format = DateTime, example = "2026-11-22T09:30:00Z" };
    /// Where a receiver is called: `https`, without user and fragment, in the open network.
    Address { pattern = r"^\s*\S+\s*$", max_length = 2048, example = "https://sms.example.kz/qupia" };
    /// A passphrase as it was heard or typed: at most 1,000 characters, with a letter or a digit.
    Passphrase { format = Password, min_length = 1, max_length = 1000, example = "қызыл алма тау" };
    /// A password as it was typed.
    Password { format = Password, example = "lantern marmot orchard" };
    /// A new password: 12 to 256 characters, not common, without the login.
    NewPassword { format = Password, min_length = 12, max_length = 256, example = "lantern marmot orchard" };
    /// A decimal amount, never below zero and no finer than the currency's minor unit.
    Amount { pattern = r"^[0-9]+(\.[0-9]+)?$", max_length = 40, example = "125000.00" };
    /// Records as lines of JSON, plain or packed with gzip. A program sends its bytes as they are.
    Lines { format = Binary };
    /// An ISO 4217 currency.
    Currency { pattern = "^[A-Z]{3}$", example = "KZT" };
}

/// True: the document was seen. Nothing else is taken.
pub(crate) struct Seen;

impl PartialSchema for Seen {
    fn schema() -> RefOr<Schema> {
        let object = ObjectBuilder::new()
            .schema_type(Type::Boolean)
            .enum_values(Some([true]))
            .description(Some("True: the document was seen. Nothing else is taken."));
        RefOr::T(Schema::Object(object.build()))
    }
}

impl ToSchema for Seen {}

//! Fineract's answers: the fields that are read. Real answers omit some and have many more.

use serde::Deserialize;
use serde_json::value::RawValue;

/// A client.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Client {
    pub id: u64,
    pub external_id: Option<ExternalId>,
}

/// An external id: a string, in some versions inside an object.
#[derive(Deserialize)]
#[serde(from = "WrittenId")]
pub(super) struct ExternalId(pub String);

#[derive(Deserialize)]
#[serde(untagged)]
enum WrittenId {
    Text(String),
    Wrapped { value: Option<String> },
}

impl From<WrittenId> for ExternalId {
    fn from(written: WrittenId) -> Self {
        match written {
            WrittenId::Text(text) => Self(text),
            WrittenId::Wrapped { value } => Self(value.unwrap_or_default()),
        }
    }
}

/// A client's accounts.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Accounts {
    pub loan_accounts: Option<Vec<Account>>,
}

/// A loan in the list of accounts.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    pub(super) id: u64,
    pub(super) account_no: String,
    pub(super) external_id: Option<ExternalId>,
    pub(super) product_name: Option<String>,
    pub(super) status: Status,
    #[serde(default)]
    pub(super) timeline: Timeline,
}

#[derive(Deserialize)]
pub(super) struct Status {
    pub id: u32,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(super) struct Timeline {
    pub expected_maturity_date: Option<Day>,
}

/// A date: `[year, month, day]`.
#[derive(Deserialize, Clone, Copy)]
pub(super) struct Day(pub [i32; 3]);

/// A loan with its schedule.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Detail {
    pub id: u64,
    pub status: Status,
    pub loan_product_name: Option<String>,
    pub currency: Option<CurrencyCode>,
    pub summary: Option<Summary>,
    #[serde(default)]
    pub timeline: Timeline,
    pub repayment_schedule: Option<Schedule>,
}

#[derive(Deserialize)]
pub(super) struct CurrencyCode {
    pub code: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Summary {
    pub currency: Option<CurrencyCode>,
    pub total_outstanding: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
pub(super) struct Schedule {
    #[serde(default)]
    pub periods: Vec<Period>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Period {
    pub period: Option<u32>,
    pub due_date: Option<Day>,
    pub complete: Option<bool>,
    pub total_outstanding_for_period: Option<Box<RawValue>>,
}

/// A data table's rows, as `genericResultSet=true` has them.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DataTable {
    pub column_headers: Vec<ColumnHeader>,
    #[serde(default)]
    pub data: Vec<DataRow>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ColumnHeader {
    pub column_name: String,
}

#[derive(Deserialize)]
pub(super) struct DataRow {
    pub row: Vec<serde_json::Value>,
}

/// An error of Fineract's.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FineractError {
    http_status_code: Option<serde_json::Value>,
    user_message_globalisation_code: Option<String>,
}

impl FineractError {
    /// Whether it states that there is no such entity, rather than no such address.
    pub(crate) fn is_not_found(&self) -> bool {
        let status = self.http_status_code.as_ref();
        let is_404 = status.is_some_and(|status| status == "404" || *status == 404);
        let code = self.user_message_globalisation_code.as_deref();
        is_404 && code.is_some_and(|code| code.contains("not.found") || code.contains("invalid"))
    }
}

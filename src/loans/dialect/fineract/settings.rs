//! `[loans.fineract]`.

use std::collections::BTreeMap;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

use crate::domain::loan::MAX_GRACE_DAYS;

const TENANT: HeaderName = HeaderName::from_static("fineract-platform-tenantid");

/// The section as it is written, unchecked.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Section {
    /// tenant, in the header `Fineract-Platform-TenantId`
    pub tenant: String,
    /// data table of loans that states the waiting period
    pub grace_table: Option<String>,
    /// its column of days
    pub grace_column: Option<String>,
    /// waiting period by the name of the product, days, for loans without a row in the table
    pub grace_days_by_product: BTreeMap<String, u32>,
}

impl Default for Section {
    fn default() -> Self {
        Self {
            tenant: "default".to_owned(),
            grace_table: None,
            grace_column: None,
            grace_days_by_product: BTreeMap::new(),
        }
    }
}

/// The section, checked.
#[derive(Clone)]
pub struct FineractSettings {
    tenant: HeaderValue,
    /// data table and column of the waiting period
    pub(super) grace: Option<(String, String)>,
    pub(super) grace_days_by_product: BTreeMap<String, u32>,
}

impl Section {
    /// Checks the section.
    ///
    /// # Errors
    /// The key of the section that is wrong, and why.
    pub(crate) fn check(&self) -> Result<FineractSettings, (&'static str, String)> {
        let grace = match (&self.grace_table, &self.grace_column) {
            (Some(table), Some(column)) => Some((table.clone(), column.clone())),
            (None, None) => None,
            (Some(_), None) => {
                let why = "it is missing, and loans.fineract.grace_table is given";
                return Err(("grace_column", why.to_owned()));
            }
            (None, Some(_)) => {
                let why = "it is missing, and loans.fineract.grace_column is given";
                return Err(("grace_table", why.to_owned()));
            }
        };
        for (product, days) in &self.grace_days_by_product {
            if *days > MAX_GRACE_DAYS {
                let why = format!("{product}: it is 0 to {MAX_GRACE_DAYS}, not {days}");
                return Err(("grace_days_by_product", why));
            }
        }
        let tenant = HeaderValue::from_str(&self.tenant).ok();
        // A header may hold other bytes, which no tenant's name does.
        let tenant = tenant.filter(|value| value.to_str().is_ok());
        Ok(FineractSettings {
            tenant: tenant.ok_or(("tenant", "a header cannot hold it".to_owned()))?,
            grace,
            grace_days_by_product: self.grace_days_by_product.clone(),
        })
    }
}

impl FineractSettings {
    pub(in crate::loans) fn headers(&self) -> HeaderMap {
        HeaderMap::from_iter([(TENANT, self.tenant.clone())])
    }
}

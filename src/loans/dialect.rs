//! The protocols that a loan system can speak. A new one is a module here and a variant of [`Dialect`].

pub mod fineract;
pub mod simple;

use chrono::{DateTime, Utc};
use reqwest::header::HeaderMap;
use serde::{Deserialize, Serialize};

use super::{
    answer::{SourceAnswer, SourceFault},
    wire::Wire,
};
use crate::domain::identifier::ClientNumber;

/// `loans.dialect`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Name {
    /// [`simple`]
    #[default]
    Qupia,
    /// [`fineract`]
    Fineract,
}

/// A protocol with its settings.
#[derive(Clone)]
pub enum Dialect {
    /// [`simple`]
    Qupia,
    /// [`fineract`]
    Fineract(fineract::FineractSettings),
}

impl Dialect {
    /// Value of the header `Authorization` for the credentials of the settings, which are one line.
    ///
    /// # Errors
    /// The expected credentials, where these have another form.
    pub(crate) fn authorization(&self, credentials: &str) -> Result<String, &'static str> {
        match self {
            Self::Qupia => Ok(simple::authorization(credentials)),
            Self::Fineract(_) => fineract::authorization(credentials),
        }
    }

    /// Headers of every request, beyond `Authorization`.
    pub(super) fn headers(&self) -> HeaderMap {
        match self {
            Self::Qupia => HeaderMap::new(),
            Self::Fineract(settings) => settings.headers(),
        }
    }

    /// Requests the open loans of a client.
    pub(super) async fn ask(
        &self,
        wire: &Wire,
        number: &ClientNumber,
        now: DateTime<Utc>,
    ) -> Result<SourceAnswer, SourceFault> {
        match self {
            Self::Qupia => simple::ask(wire, number, now).await,
            Self::Fineract(settings) => fineract::ask(wire, settings, number, now).await,
        }
    }
}

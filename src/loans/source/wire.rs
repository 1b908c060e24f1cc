//! Requests to a loan source: only such as are safe to repeat, answers bounded, redirects not followed.

use std::time::Duration;

use reqwest::{
    Client, RequestBuilder, Response, StatusCode, Url,
    header::{ACCEPT, AUTHORIZATION, HeaderValue},
    redirect::Policy,
};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

use super::{Dialect, SourceFault, SourceSettings};
use crate::secrets::chance::Chance;

/// The longest answer, bytes.
const MAX_ANSWER: usize = 1024 * 1024;
/// A request is sent so often where it cannot be known that it arrived, or the other side failed.
const TRIES: u32 = 3;
/// Before it is sent again, between this and twice this is waited.
const PAUSE: Duration = Duration::from_millis(50);

/// A status that is an answer, and the body.
pub(in crate::loans) struct Reply {
    /// whether what was asked for is not there; else it is
    pub is_missing: bool,
    /// the body
    pub body: Vec<u8>,
}

/// The way to a source.
pub(in crate::loans) struct Wire {
    client: Client,
    url: Url,
    authorization: Option<SecretString>,
    tenant: Option<String>,
    room: Semaphore,
    chance: Chance,
}

impl Wire {
    pub(super) fn new(settings: &SourceSettings, chance: Chance) -> Result<Self, String> {
        // Of two that install it, one does; both are the same.
        let _already_there = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .connect_timeout(settings.connect_timeout)
            .timeout(settings.timeout)
            .pool_max_idle_per_host(settings.connections)
            .redirect(Policy::none())
            .no_proxy()
            .user_agent(concat!("qupia/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Self {
            client: client.map_err(|error| error.to_string())?,
            url: settings.url.clone(),
            authorization: settings.authorization.clone(),
            tenant: match &settings.dialect {
                Dialect::Qupia => None,
                Dialect::Fineract(fineract) => Some(fineract.tenant.clone()),
            },
            room: Semaphore::new(settings.connections),
            chance,
        })
    }

    /// Gets what stands under a path, of which each segment is encoded.
    pub(in crate::loans) async fn get(
        &self,
        segments: &[&str],
        query: Option<&str>,
    ) -> Result<Reply, SourceFault> {
        let url = address(&self.url, segments, query)?;
        let mut tries = 1;
        loop {
            let fault = match self.get_once(&url).await {
                Ok(reply) => return Ok(reply),
                Err(fault) => fault,
            };
            let is_worth_another =
                matches!(fault, SourceFault::Unreachable | SourceFault::Status(500..));
            if !is_worth_another || tries == TRIES {
                return Err(fault);
            }
            tries += 1;
            let jitter = self
                .chance
                .below(u32::try_from(PAUSE.as_micros()).unwrap_or(0));
            tokio::time::sleep(PAUSE + Duration::from_micros(jitter.into())).await;
        }
    }

    async fn get_once(&self, url: &Url) -> Result<Reply, SourceFault> {
        let _room = self.room.acquire().await.map_err(|_| SourceFault::Slow)?;
        let request = self.dressed(self.client.get(url.clone()))?;
        let mut response = request.send().await.map_err(|error| fault_of(&error))?;
        let status = response.status();
        if status != StatusCode::OK && status != StatusCode::NOT_FOUND {
            return Err(SourceFault::Status(status.as_u16()));
        }
        Ok(Reply {
            is_missing: status == StatusCode::NOT_FOUND,
            body: read_all(&mut response).await?,
        })
    }

    fn dressed(&self, request: RequestBuilder) -> Result<RequestBuilder, SourceFault> {
        let mut request = request.header(ACCEPT, "application/json");
        if let Some(secret) = &self.authorization {
            let value = HeaderValue::from_str(secret.expose_secret());
            let mut value = value.map_err(|_| SourceFault::Unreachable)?;
            value.set_sensitive(true);
            request = request.header(AUTHORIZATION, value);
        }
        if let Some(tenant) = &self.tenant {
            request = request.header("Fineract-Platform-TenantId", tenant);
        }
        Ok(request)
    }
}

fn address(base: &Url, segments: &[&str], query: Option<&str>) -> Result<Url, SourceFault> {
    // No address has these as a segment, however they are encoded: another path would be asked.
    if segments.iter().any(|part| [".", ".."].contains(part)) {
        return Err(SourceFault::Garbled("a number that no path can hold"));
    }
    let mut url = base.clone();
    url.path_segments_mut()
        .map_err(|()| SourceFault::Unreachable)?
        .pop_if_empty()
        .extend(segments);
    url.set_query(query);
    Ok(url)
}

async fn read_all(response: &mut Response) -> Result<Vec<u8>, SourceFault> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| fault_of(&error))? {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Err(SourceFault::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn fault_of(error: &reqwest::Error) -> SourceFault {
    if error.is_timeout() && !error.is_connect() {
        SourceFault::Slow
    } else {
        SourceFault::Unreachable
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_joined_to_the_base_whatever_that_ends_with_and_its_parts_are_encoded() {
        for (base, expected) in [
            ("https://l.example", "https://l.example/clients/K-1/loans"),
            ("https://l.example/", "https://l.example/clients/K-1/loans"),
            (
                "https://l.example/api",
                "https://l.example/api/clients/K-1/loans",
            ),
            (
                "https://l.example/api/v2/",
                "https://l.example/api/v2/clients/K-1/loans",
            ),
        ] {
            let base = base.parse().unwrap();
            let url = address(&base, &["clients", "K-1", "loans"], None);
            assert_eq!(url.map(String::from).as_deref(), Ok(expected));
        }
        let base = "https://l.example/api".parse().unwrap();
        let url = address(&base, &["clients", "ЗБ/7"], Some("fields=loanAccounts"));
        let expected = "https://l.example/api/clients/%D0%97%D0%91%2F7?fields=loanAccounts";
        assert_eq!(url.map(String::from).as_deref(), Ok(expected));
        for number in [".", ".."] {
            assert!(address(&base, &["clients", number, "loans"], None).is_err());
        }
    }
}

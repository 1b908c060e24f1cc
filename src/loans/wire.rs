//! HTTP requests to a loan system: `GET` only, which is safe to repeat; answers are bounded and redirects
//! are not followed.

use std::time::Duration;

use reqwest::{
    Client, Response, StatusCode, Url,
    header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue},
    redirect::Policy,
};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

use super::answer::SourceFault;
use crate::{secrets::rng::SystemRng, trace};

/// Maximum length of an answer, bytes.
const MAX_ANSWER: usize = 1024 * 1024;
/// Maximum number of attempts at a request that may not have arrived, or to which the other side failed.
const TRIES: u32 = 3;
/// Minimum pause before the next attempt; the maximum is twice this.
const PAUSE: Duration = Duration::from_millis(50);

/// How to reach a loan system.
#[derive(Clone)]
pub struct Connection {
    /// base address of its paths
    pub url: Url,
    /// value of the header `Authorization`
    pub authorization: Option<SecretString>,
    /// maximum time for a connection
    pub connect_timeout: Duration,
    /// maximum time for an answer, all requests and retries together
    pub timeout: Duration,
    /// maximum number of simultaneous requests
    pub connections: usize,
}

/// An answer with status 200 or 404.
pub(in crate::loans) struct SourceReply {
    /// whether the status is 404
    pub is_missing: bool,
    /// the body
    pub body: Vec<u8>,
}

/// An HTTP client of one loan system.
pub(in crate::loans) struct Wire {
    client: Client,
    url: Url,
    headers: HeaderMap,
    authorization: Option<SecretString>,
    permits: Semaphore,
    rng: SystemRng,
}

impl Wire {
    pub(super) fn new(
        to: &Connection,
        mut headers: HeaderMap,
        rng: SystemRng,
    ) -> Result<Self, String> {
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        // The second of two callers fails to install it, and both install the same.
        let _already_installed = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .connect_timeout(to.connect_timeout)
            .timeout(to.timeout)
            .pool_max_idle_per_host(to.connections)
            .redirect(Policy::none())
            .no_proxy()
            .user_agent(concat!("qupia/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Self {
            client: client.map_err(|error| error.to_string())?,
            url: to.url.clone(),
            headers,
            authorization: to.authorization.clone(),
            permits: Semaphore::new(to.connections),
            rng,
        })
    }

    /// `GET` of a path below the base address. Each segment is percent-encoded.
    pub(in crate::loans) async fn get(
        &self,
        segments: &[&str],
        query: Option<&str>,
    ) -> Result<SourceReply, SourceFault> {
        let url = address(&self.url, segments, query)?;
        let mut tries = 1;
        loop {
            let fault = match self.get_once(&url).await {
                Ok(reply) => return Ok(reply),
                Err(fault) => fault,
            };
            let may_pass = matches!(fault, SourceFault::Unreachable | SourceFault::Status(500..));
            if !may_pass || tries == TRIES {
                return Err(fault);
            }
            tries += 1;
            let jitter = self
                .rng
                .below(u32::try_from(PAUSE.as_micros()).unwrap_or(0));
            tokio::time::sleep(PAUSE + Duration::from_micros(jitter.into())).await;
        }
    }

    async fn get_once(&self, url: &Url) -> Result<SourceReply, SourceFault> {
        let _permit = self
            .permits
            .acquire()
            .await
            .map_err(|_| SourceFault::Slow)?;
        let mut headers = self.headers.clone();
        trace::propagate(&mut headers);
        let mut request = self.client.get(url.clone()).headers(headers);
        if let Some(secret) = &self.authorization {
            let value = HeaderValue::from_str(secret.expose_secret());
            let mut value = value.map_err(|_| SourceFault::Unreachable)?;
            value.set_sensitive(true);
            request = request.header(AUTHORIZATION, value);
        }
        let mut response = request.send().await.map_err(|error| fault_of(&error))?;
        let status = response.status();
        if status != StatusCode::OK && status != StatusCode::NOT_FOUND {
            return Err(SourceFault::Status(status.as_u16()));
        }
        Ok(SourceReply {
            is_missing: status == StatusCode::NOT_FOUND,
            body: read_all(&mut response).await?,
        })
    }
}

fn address(base: &Url, segments: &[&str], query: Option<&str>) -> Result<Url, SourceFault> {
    // An address cannot have these as a segment, however they are encoded: another path would be requested.
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

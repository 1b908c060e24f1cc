//! Requests to receivers of webhooks: to public addresses only, unless a setting allows more; no redirect, no
//! proxy, a time-out on the whole, and only the head of the answer is read.

use std::{
    error::Error,
    fmt,
    net::SocketAddr,
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use reqwest::{
    Client, ClientBuilder,
    dns::{Addrs, Name, Resolve, Resolving},
    header,
    redirect::Policy,
};

use super::open_network::{EndpointUrl, is_public};
use crate::{domain::validation::ValidationError, trace};

/// Settings of requests to receivers.
#[derive(Clone, Debug)]
pub struct OutboundSettings {
    /// whether plain HTTP and private addresses are allowed
    pub allow_private: bool,
    /// maximum time until the answer
    pub timeout: Duration,
}

/// How long a registration waits for DNS.
const DNS_TIMEOUT: Duration = Duration::from_secs(3);

/// A request to a receiver.
pub(crate) struct WebhookRequest<'a> {
    /// address of the receiver
    pub url: &'a str,
    /// id of the message
    pub id: &'a str,
    /// time of sending, seconds since 1970
    pub timestamp: i64,
    /// the signatures
    pub signature: &'a str,
    /// the body, JSON
    pub body: &'a str,
}

/// A receiver's answer, without its body, which is not waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DeliveryReply {
    /// the status
    pub status: u16,
    /// the header `Retry-After`
    pub retry_after: Option<String>,
}

/// Why there was no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unanswered {
    /// the address is not allowed
    NotAllowed,
    /// no answer in time
    TimedOut,
    /// no connection: no such name, nothing listens there, or the certificate is not trusted
    NotConnected,
    /// the connection broke before there was an answer
    BrokenOff,
}

impl Unanswered {
    /// Its name in the API.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::NotAllowed => "address_not_allowed",
            Self::TimedOut => "timed_out",
            Self::NotConnected => "not_connected",
            Self::BrokenOff => "broken_off",
        }
    }
}

/// The HTTP client for receivers.
pub struct Outbound {
    settings: OutboundSettings,
    /// Made at the first request, since reading the machine's certificates takes a while.
    client: OnceLock<Option<Client>>,
    answered: AtomicU64,
    unanswered: AtomicU64,
}

impl Outbound {
    pub(crate) fn new(settings: OutboundSettings) -> Self {
        // The second of two callers fails to install it, and both install the same.
        let _already_installed = rustls::crypto::ring::default_provider().install_default();
        Self {
            settings,
            client: OnceLock::new(),
            answered: AtomicU64::new(0),
            unanswered: AtomicU64::new(0),
        }
    }

    /// Checks the address of a new receiver, with a DNS query. A name that does not resolve (yet) is accepted:
    /// it is resolved again at every connection.
    ///
    /// # Errors
    /// [`ValidationError::NotAUrl`] where the address is not allowed.
    pub(crate) async fn check(&self, text: &str) -> Result<EndpointUrl, ValidationError> {
        let url = EndpointUrl::parse(text, self.settings.allow_private)?;
        if let (Some(name), false) = (url.name(), self.settings.allow_private) {
            let look_up = tokio::net::lookup_host((name, 443));
            if let Ok(Ok(found)) = tokio::time::timeout(DNS_TIMEOUT, look_up).await
                && !found.into_iter().all(|address| is_public(address.ip()))
            {
                return Err(ValidationError::NotAUrl);
            }
        }
        Ok(url)
    }

    pub(crate) async fn send(
        &self,
        request: &WebhookRequest<'_>,
    ) -> Result<DeliveryReply, Unanswered> {
        let sent = self.try_to_send(request).await;
        let counter = match &sent {
            Ok(_) => &self.answered,
            Err(_) => &self.unanswered,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        sent
    }

    /// Number of requests with an answer, and without.
    pub(crate) fn calls(&self) -> (u64, u64) {
        (
            self.answered.load(Ordering::Relaxed),
            self.unanswered.load(Ordering::Relaxed),
        )
    }

    async fn try_to_send(&self, request: &WebhookRequest<'_>) -> Result<DeliveryReply, Unanswered> {
        // The setting may have changed since registration, and an IP address is never resolved.
        let url = EndpointUrl::parse(request.url, self.settings.allow_private)
            .map_err(|_| Unanswered::NotAllowed)?;
        let client = self.client.get_or_init(|| self.make_client());
        let client = client.as_ref().ok_or(Unanswered::NotConnected)?;
        let mut headers = header::HeaderMap::new();
        trace::propagate(&mut headers);
        let response = client
            .post(url.as_str())
            .headers(headers)
            .header(header::CONTENT_TYPE, "application/json")
            .header("webhook-id", request.id)
            .header("webhook-timestamp", request.timestamp.to_string())
            .header("webhook-signature", request.signature)
            .body(request.body.to_owned())
            .send()
            .await
            .map_err(|error| why(&error))?;
        let retry_after = response.headers().get(header::RETRY_AFTER);
        let retry_after = retry_after.and_then(|value| value.to_str().ok());
        Ok(DeliveryReply {
            status: response.status().as_u16(),
            retry_after: retry_after.map(str::to_owned),
        })
    }

    fn make_client(&self) -> Option<Client> {
        let made = self.builder().build().or_else(|error| {
            // A machine without certificates, such as a bare container, can only use plain HTTP.
            tracing::warn!("no certificate of this machine can be read: {error}");
            self.builder().tls_certs_only([]).build()
        });
        made.inspect_err(|error| tracing::error!("no client for webhooks: {error}"))
            .ok()
    }

    fn builder(&self) -> ClientBuilder {
        Client::builder()
            .user_agent(concat!("qupia/", env!("CARGO_PKG_VERSION")))
            .timeout(self.settings.timeout)
            .redirect(Policy::none())
            // A proxy would resolve names itself, without our check.
            .no_proxy()
            .dns_resolver(PublicResolver {
                allow_private: self.settings.allow_private,
            })
    }
}

fn why(error: &reqwest::Error) -> Unanswered {
    let mut cause: Option<&dyn Error> = error.source();
    while let Some(inner) = cause {
        if inner.is::<PrivateAddress>() {
            return Unanswered::NotAllowed;
        }
        cause = inner.source();
    }
    if error.is_timeout() {
        Unanswered::TimedOut
    } else if error.is_connect() {
        Unanswered::NotConnected
    } else {
        Unanswered::BrokenOff
    }
}

/// Resolves names to public addresses only. The connection goes to the address that was checked, so a name
/// that resolves differently the second time (DNS rebinding) gains nothing.
struct PublicResolver {
    allow_private: bool,
}

/// A name resolves to private addresses only.
#[derive(Debug)]
struct PrivateAddress;

impl fmt::Display for PrivateAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name leads to an address that may not be called")
    }
}

impl Error for PrivateAddress {}

impl Resolve for PublicResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_private = self.allow_private;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> = found
                .filter(|address| allow_private || is_public(address.ip()))
                .collect();
            if allowed.is_empty() {
                return Err(PrivateAddress.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outbound(allow_private: bool) -> Outbound {
        Outbound::new(OutboundSettings {
            allow_private,
            timeout: Duration::from_secs(5),
        })
    }

    fn request(url: &str) -> WebhookRequest<'_> {
        WebhookRequest {
            url,
            id: "msg_1",
            timestamp: 1,
            signature: "v1,x",
            body: "{}",
        }
    }

    #[tokio::test]
    async fn a_name_that_resolves_to_a_private_address_is_not_connected_to() {
        // A resolver's own answer for this name is loopback (RFC 6761 §6.3).
        let found = PublicResolver {
            allow_private: false,
        };
        let name = "localhost".parse().expect("a name");
        let refused = found.resolve(name).await.err().expect("refused");
        assert!(refused.is::<PrivateAddress>());
        let allowed = PublicResolver {
            allow_private: true,
        };
        let name = "localhost".parse().expect("a name");
        assert!(allowed.resolve(name).await.is_ok());
    }

    /// A server that answers each request with these bytes and then keeps the connection open.
    fn answering(head: &'static str) -> String {
        use std::io::{Read, Write};
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            let mut open = Vec::new();
            while let Ok((mut stream, _)) = listener.accept() {
                let (mut received, mut buffer) = (Vec::new(), [0; 4096]);
                while !received.ends_with(b"{}") {
                    let read = stream.read(&mut buffer).unwrap();
                    received.extend_from_slice(&buffer[..read]);
                }
                stream.write_all(head.as_bytes()).unwrap();
                open.push(stream);
            }
        });
        url
    }

    #[tokio::test]
    async fn an_answer_counts_by_its_head_though_its_body_never_ends() {
        let patient = Outbound::new(OutboundSettings {
            allow_private: true,
            timeout: Duration::from_secs(36_000),
        });
        for (head, status, retry_after) in [
            (
                "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nbegun",
                200,
                None,
            ),
            (
                "HTTP/1.1 202 X\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n",
                202,
                None,
            ),
            ("HTTP/1.1 503 X\r\nretry-after: 7\r\n\r\n", 503, Some("7")),
        ] {
            let url = answering(head);
            let request = request(&url);
            let sent = patient.send(&request);
            // So that the test fails rather than waits ten hours for the body.
            let sent = tokio::time::timeout(Duration::from_secs(120), sent).await;
            let expected = DeliveryReply {
                status,
                retry_after: retry_after.map(str::to_owned),
            };
            assert_eq!(sent, Ok(Ok(expected)));
        }
    }

    #[tokio::test]
    async fn a_private_address_is_not_connected_to() {
        for url in ["https://127.0.0.1:1/", "http://127.0.0.1:1/"] {
            let sent = outbound(false).send(&request(url)).await;
            assert_eq!(sent, Err(Unanswered::NotAllowed));
        }
        let sent = outbound(true).send(&request("http://127.0.0.1:1/")).await;
        assert_eq!(sent, Err(Unanswered::NotConnected));
    }
}

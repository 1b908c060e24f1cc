//! Calls to receivers of webhooks: to the open network alone unless a setting allows more, no
//! redirect followed, no proxy, a time-out on the whole, and an answer of which only the head is read.

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
use crate::domain::flaw::Flaw;

/// How receivers may be called.
#[derive(Clone, Debug)]
pub struct OutboundSettings {
    /// whether plain HTTP and addresses within our own walls are allowed
    pub allow_private: bool,
    /// an answer has to be there within this time
    pub timeout: Duration,
}

/// A registration waits so long for a name to be looked up.
const LOOK_UP_WITHIN: Duration = Duration::from_secs(3);
/// What is sent.
pub struct Letter<'a> {
    /// where to
    pub url: &'a str,
    /// the message's id
    pub id: &'a str,
    /// when it is sent, seconds since 1970
    pub timestamp: i64,
    /// the signatures
    pub signature: &'a str,
    /// the body, JSON
    pub body: &'a str,
}

/// What a receiver answered. Its body is nobody's concern, and is not waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// the status
    pub status: u16,
    /// the header `Retry-After`
    pub retry_after: Option<String>,
}

/// Why there was no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unanswered {
    /// the address is one that may not be called
    NotAllowed,
    /// it took too long
    TimedOut,
    /// no connection: no such name, nobody there, or no certificate that is trusted
    NotConnected,
    /// the connection broke before there was an answer
    BrokenOff,
}

impl Unanswered {
    /// The word of the contract.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NotAllowed => "address_not_allowed",
            Self::TimedOut => "timed_out",
            Self::NotConnected => "not_connected",
            Self::BrokenOff => "broken_off",
        }
    }
}

/// The client of receivers.
pub struct Outbound {
    settings: OutboundSettings,
    /// Made at the first call: reading the machine's certificates takes a while.
    client: OnceLock<Option<Client>>,
    answered: AtomicU64,
    unanswered: AtomicU64,
}

impl Outbound {
    /// A client that has called nobody yet.
    #[must_use]
    pub fn new(settings: OutboundSettings) -> Self {
        // Of two that install it, one does; both are the same.
        let _already_there = rustls::crypto::ring::default_provider().install_default();
        Self {
            settings,
            client: OnceLock::new(),
            answered: AtomicU64::new(0),
            unanswered: AtomicU64::new(0),
        }
    }

    /// Reads an address that an admin gives, and looks its name up. A name that is not known (yet) is
    /// taken: it is looked up again at every connection.
    ///
    /// # Errors
    /// [`Flaw::NotAUrl`] where it may not be called.
    pub async fn check(&self, text: &str) -> Result<EndpointUrl, Flaw> {
        let url = EndpointUrl::parse(text, self.settings.allow_private)?;
        if let (Some(name), false) = (url.name(), self.settings.allow_private) {
            let look_up = tokio::net::lookup_host((name, 443));
            if let Ok(Ok(found)) = tokio::time::timeout(LOOK_UP_WITHIN, look_up).await
                && !found.into_iter().all(|address| is_public(address.ip()))
            {
                return Err(Flaw::NotAUrl);
            }
        }
        Ok(url)
    }

    /// Sends a letter and gives the answer.
    ///
    /// # Errors
    /// [`Unanswered`].
    pub async fn send(&self, letter: &Letter<'_>) -> Result<Reply, Unanswered> {
        let sent = self.try_to_send(letter).await;
        let counter = match &sent {
            Ok(_) => &self.answered,
            Err(_) => &self.unanswered,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        sent
    }

    /// How many calls were answered, and how many were not.
    #[must_use]
    pub fn calls(&self) -> (u64, u64) {
        (
            self.answered.load(Ordering::Relaxed),
            self.unanswered.load(Ordering::Relaxed),
        )
    }

    async fn try_to_send(&self, letter: &Letter<'_>) -> Result<Reply, Unanswered> {
        // The setting may be another than at registration, and a number is never looked up.
        let url = EndpointUrl::parse(letter.url, self.settings.allow_private)
            .map_err(|_| Unanswered::NotAllowed)?;
        let client = self.client.get_or_init(|| self.make_client());
        let client = client.as_ref().ok_or(Unanswered::NotConnected)?;
        let response = client
            .post(url.as_str())
            .header(header::CONTENT_TYPE, "application/json")
            .header("webhook-id", letter.id)
            .header("webhook-timestamp", letter.timestamp.to_string())
            .header("webhook-signature", letter.signature)
            .body(letter.body.to_owned())
            .send()
            .await
            .map_err(|error| why(&error))?;
        let retry_after = response.headers().get(header::RETRY_AFTER);
        let retry_after = retry_after.and_then(|value| value.to_str().ok());
        Ok(Reply {
            status: response.status().as_u16(),
            retry_after: retry_after.map(str::to_owned),
        })
    }

    fn make_client(&self) -> Option<Client> {
        let made = self.builder().build().or_else(|error| {
            // A machine without certificates, such as a bare container: only plain HTTP can be spoken.
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
            // A proxy would look names up itself, past our own look.
            .no_proxy()
            .dns_resolver(OpenNetwork {
                allow_private: self.settings.allow_private,
            })
    }
}

fn why(error: &reqwest::Error) -> Unanswered {
    let mut cause: Option<&dyn Error> = error.source();
    while let Some(inner) = cause {
        if inner.is::<WithinOurWalls>() {
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

/// Looks names up, and gives only addresses that may be called: what is connected to is what was
/// looked at, so a name that changes its mind in between gains nothing.
struct OpenNetwork {
    allow_private: bool,
}

/// A name leads to no address but within our own walls.
#[derive(Debug)]
struct WithinOurWalls;

impl fmt::Display for WithinOurWalls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name leads to an address that may not be called")
    }
}

impl Error for WithinOurWalls {}

impl Resolve for OpenNetwork {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_private = self.allow_private;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> = found
                .filter(|address| allow_private || is_public(address.ip()))
                .collect();
            if allowed.is_empty() {
                return Err(WithinOurWalls.into());
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

    fn letter(url: &str) -> Letter<'_> {
        Letter {
            url,
            id: "msg_1",
            timestamp: 1,
            signature: "v1,x",
            body: "{}",
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_within_our_walls_is_not_connected_to() {
        // A resolver's own answer for this name is loopback (RFC 6761 §6.3).
        let found = OpenNetwork {
            allow_private: false,
        };
        let name = "localhost".parse().expect("a name");
        let refused = found.resolve(name).await.err().expect("refused");
        assert!(refused.is::<WithinOurWalls>());
        let allowed = OpenNetwork {
            allow_private: true,
        };
        let name = "localhost".parse().expect("a name");
        assert!(allowed.resolve(name).await.is_ok());
    }

    /// Somebody who answers each question with these bytes and then neither says more nor hangs up.
    fn answering(head: &'static str) -> String {
        use std::io::{Read, Write};
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            let mut held = Vec::new();
            while let Ok((mut line, _)) = listener.accept() {
                let (mut asked, mut buffer) = (Vec::new(), [0; 4096]);
                while !asked.ends_with(b"{}") {
                    let read = line.read(&mut buffer).unwrap();
                    asked.extend_from_slice(&buffer[..read]);
                }
                line.write_all(head.as_bytes()).unwrap();
                held.push(line);
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
            let letter = letter(&url);
            let sent = patient.send(&letter);
            // Only so that it fails rather than waits: the body would be waited for ten hours.
            let sent = tokio::time::timeout(Duration::from_secs(120), sent).await;
            let expected = Reply {
                status,
                retry_after: retry_after.map(str::to_owned),
            };
            assert_eq!(sent, Ok(Ok(expected)));
        }
    }

    #[tokio::test]
    async fn a_number_within_our_walls_is_not_connected_to() {
        for url in ["https://127.0.0.1:1/", "http://127.0.0.1:1/"] {
            let sent = outbound(false).send(&letter(url)).await;
            assert_eq!(sent, Err(Unanswered::NotAllowed));
        }
        let sent = outbound(true).send(&letter("http://127.0.0.1:1/")).await;
        assert_eq!(sent, Err(Unanswered::NotConnected));
    }
}

//! A loan system that Qupia requests loans from: time-outs, a bounded number of requests, retries, a circuit
//! breaker, and at most one request at a time about one client.

mod breaker;
mod single_flight;

use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use tracing::Instrument;

use self::{breaker::Breaker, single_flight::SingleFlight};
pub use super::answer::{SourceAnswer, SourceFault};
use super::{
    dialect::Dialect,
    wire::{Connection, Wire},
};
use crate::{domain::identifier::ClientNumber, secrets::rng::SystemRng, trace};

/// Settings of a loan source.
#[derive(Clone)]
pub struct SourceSettings {
    /// how to reach it
    pub connection: Connection,
    /// its protocol
    pub dialect: Dialect,
    /// an answer younger than this is not requested again
    pub fresh: TimeDelta,
}

type Asked = Result<SourceAnswer, SourceFault>;

/// A loan source. Cheap to clone.
#[derive(Clone)]
pub struct LoanSource(Arc<Parts>);

struct Parts {
    wire: Wire,
    dialect: Dialect,
    timeout: Duration,
    breaker: Breaker,
    requests: SingleFlight<Asked>,
    answered: moka::sync::Cache<String, DateTime<Utc>>,
    fresh: TimeDelta,
    counts: RequestCounts,
}

/// What came of the requests since the start.
#[derive(Default)]
struct RequestCounts {
    answered: AtomicU64,
    failed: AtomicU64,
    skipped: AtomicU64,
}

/// Maximum number of clients whose last answer is remembered as fresh.
const MAX_REMEMBERED: u64 = 10_000;

impl LoanSource {
    /// # Errors
    /// A sentence, where the HTTP client cannot be made.
    pub(crate) fn new(settings: SourceSettings, rng: SystemRng) -> Result<Self, String> {
        let wire = Wire::new(&settings.connection, settings.dialect.headers(), rng)?;
        Ok(Self(Arc::new(Parts {
            wire,
            dialect: settings.dialect,
            timeout: settings.connection.timeout,
            breaker: Breaker::default(),
            requests: SingleFlight::new(Err(SourceFault::Unreachable)),
            answered: moka::sync::Cache::new(MAX_REMEMBERED),
            fresh: settings.fresh,
            counts: RequestCounts::default(),
        })))
    }

    /// Whether the last answer about a client is young enough to be used again.
    pub(crate) fn is_fresh(&self, number: &ClientNumber, now: DateTime<Utc>) -> bool {
        let answered = self.0.answered.get(number.as_str());
        answered.is_some_and(|at| at <= now && now - at < self.0.fresh)
    }

    /// Notes that the answer about a client is stored.
    pub(crate) fn is_held(&self, number: &ClientNumber, asked_at: DateTime<Utc>) {
        self.0.answered.insert(number.as_str().to_owned(), asked_at);
    }

    /// Whether it is not asked for a while, since it failed several times in a row.
    pub(crate) fn is_left_alone(&self) -> bool {
        self.0.breaker.is_open()
    }

    /// How many requests were answered, how many failed, and how many were not made while it was left alone.
    pub(crate) fn requests(&self) -> [(&'static str, u64); 3] {
        let counts = &self.0.counts;
        [
            ("answered", counts.answered.load(Ordering::Relaxed)),
            ("failed", counts.failed.load(Ordering::Relaxed)),
            ("skipped", counts.skipped.load(Ordering::Relaxed)),
        ]
    }

    /// Requests the open loans of a client, as they are `now`, and returns within the time-out. Simultaneous
    /// callers about one client share one request.
    ///
    /// # Errors
    /// [`SourceFault`].
    pub(crate) async fn ask(&self, number: &ClientNumber, now: DateTime<Utc>) -> Asked {
        let (source, about) = (self.clone(), number.clone());
        let span = trace::of_call("loan source", None);
        let asking = || async move { source.ask_once(&about, now).instrument(span).await };
        self.0.requests.ask(number.as_str(), asking).await
    }

    async fn ask_once(&self, number: &ClientNumber, now: DateTime<Utc>) -> Asked {
        let parts = &self.0;
        let Some(admitted) = parts.breaker.admit() else {
            parts.counts.skipped.fetch_add(1, Ordering::Relaxed);
            return Err(SourceFault::LeftAlone);
        };
        let asking = parts.dialect.ask(&parts.wire, number, now);
        let answer = tokio::time::timeout(parts.timeout, asking)
            .await
            .unwrap_or(Err(SourceFault::Slow))
            .and_then(without_contradiction);
        admitted.ended(!matches!(&answer, Err(fault) if fault.is_outage()));
        let counter = match &answer {
            Ok(_) => &parts.counts.answered,
            Err(_) => &parts.counts.failed,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        if let Err(fault) = &answer {
            tracing::warn!(
                fault = fault.name(),
                "the loan source gave no answer: {fault}"
            );
        }
        answer
    }
}

/// A ticket that is listed twice has two balances, either of which may be wrong.
fn without_contradiction(answer: SourceAnswer) -> Asked {
    if let SourceAnswer::Loans(loans, _) = &answer {
        let tickets: HashSet<_> = loans
            .iter()
            .map(|loan| loan.ticket_number.as_str())
            .collect();
        if tickets.len() < loans.len() {
            return Err(SourceFault::Garbled("a ticket is listed twice"));
        }
    }
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net::TcpListener,
    };

    use secrecy::SecretString;

    use super::*;
    use crate::loans::dialect::fineract;

    /// Sends a request to a server that answers 401; returns the head of the request.
    async fn request_head(dialect: Dialect, authorization: &str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/api", listener.local_addr().unwrap());
        let answering = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let (mut head, mut buffer) = (Vec::new(), [0; 4096]);
            while !head.ends_with(b"\r\n\r\n") {
                let read = stream.read(&mut buffer).unwrap();
                head.extend_from_slice(&buffer[..read]);
            }
            stream
                .write_all(b"HTTP/1.1 401 X\r\ncontent-length: 0\r\n\r\n")
                .unwrap();
            String::from_utf8(head).unwrap()
        });
        let settings = SourceSettings {
            connection: Connection {
                url: url.parse().unwrap(),
                authorization: Some(SecretString::from(authorization)),
                connect_timeout: Duration::from_secs(20),
                timeout: Duration::from_secs(20),
                connections: 1,
            },
            dialect,
            fresh: TimeDelta::zero(),
        };
        let source = LoanSource::new(settings, SystemRng::seeded(1)).unwrap();
        let number = ClientNumber::parse("K-1").unwrap();
        let answer = source.ask(&number, DateTime::UNIX_EPOCH).await;
        assert_eq!(answer, Err(SourceFault::Status(401)));
        answering.join().unwrap()
    }

    #[tokio::test]
    async fn a_request_has_our_credentials_and_for_fineract_the_tenant() {
        let head = request_head(Dialect::Qupia, "Bearer t").await;
        assert!(
            head.starts_with("GET /api/clients/K-1/loans HTTP/1.1\r\n"),
            "{head}"
        );
        assert!(head.contains("authorization: Bearer t\r\n"), "{head}");
        assert!(!head.to_lowercase().contains("fineract"), "{head}");
        assert!(!head.to_lowercase().contains("accept-encoding"), "{head}");
        let section = fineract::Section {
            tenant: "pawn".to_owned(),
            ..fineract::Section::default()
        };
        let head = request_head(Dialect::Fineract(section.check().unwrap()), "Basic dTpw").await;
        assert!(
            head.starts_with("GET /api/v1/clients/external-id/K-1 HTTP/1.1\r\n"),
            "{head}"
        );
        assert!(head.contains("authorization: Basic dTpw\r\n"), "{head}");
        assert!(
            head.contains("fineract-platform-tenantid: pawn\r\n"),
            "{head}"
        );
    }
}

//! A loan system that can be asked: time-outs, a bounded pool, retries of what is safe to repeat, a
//! circuit breaker, and one request in flight for one client.

mod breaker;
mod single_flight;
mod wire;

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;

use self::{breaker::Breaker, single_flight::SingleFlight, wire::Wire};
use super::{fineract, simple};
use crate::{
    domain::{identifier::ClientNumber, loan::LoanRecord},
    secrets::chance::Chance,
};

/// What the other side speaks.
#[derive(Clone)]
pub enum Dialect {
    /// our own simple JSON, `docs/loan-system.md`
    Qupia,
    /// Apache Fineract
    Fineract(FineractSettings),
}

/// Where in Fineract's answers to look.
#[derive(Clone, Default)]
pub struct FineractSettings {
    /// the header `Fineract-Platform-TenantId`
    pub tenant: String,
    /// the data table of loans that has the waiting period, and its column
    pub grace: Option<(String, String)>,
    /// the waiting period by the product's name, days, where no table states it
    pub grace_days_by_product: BTreeMap<String, u32>,
}

/// How to reach a loan source.
#[derive(Clone)]
pub struct SourceSettings {
    /// the address that its paths are joined to
    pub url: reqwest::Url,
    /// what it speaks
    pub dialect: Dialect,
    /// the value of the header `Authorization`
    pub authorization: Option<SecretString>,
    /// the time for a connection
    pub connect_timeout: Duration,
    /// the time for an answer, all requests and retries together
    pub timeout: Duration,
    /// requests at the same moment
    pub connections: usize,
    /// an answer this young is not asked for again
    pub fresh: TimeDelta,
}

/// What the source states about one client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// every open loan of the client as of a moment; what is not among them was not open then
    Loans(Vec<LoanRecord>, DateTime<Utc>),
    /// the source does not know the client
    UnknownClient,
}

/// Why the source gave no answer that can be read out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SourceFault {
    /// no connection, or it broke
    #[error("it cannot be reached")]
    Unreachable,
    /// no answer in time
    #[error("it did not answer in time")]
    Slow,
    /// it failed several times in a row and is left alone for a while
    #[error("it failed too often and is not asked for a while")]
    LeftAlone,
    /// an HTTP status that is no answer
    #[error("it answered with status {0}")]
    Status(u16),
    /// more than an answer can be
    #[error("its answer is too long")]
    TooLong,
    /// an answer in another shape, or one that contradicts itself
    #[error("its answer cannot be understood: {0}")]
    Garbled(&'static str),
}

impl SourceFault {
    /// Whether the source as a whole is not well. An answer that is no use speaks of one client, and
    /// is no reason to leave the others unasked.
    fn is_of_the_source(&self) -> bool {
        match self {
            Self::Unreachable | Self::Slow | Self::LeftAlone | Self::Status(_) => true,
            Self::TooLong | Self::Garbled(_) => false,
        }
    }

    /// A word for logs and the audit.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Slow => "slow",
            Self::LeftAlone => "left_alone",
            Self::Status(_) => "status",
            Self::TooLong => "too_long",
            Self::Garbled(_) => "garbled",
        }
    }
}

type Asked = Result<Answer, SourceFault>;

/// A loan source. Cheap to clone.
#[derive(Clone)]
pub struct LoanSource(Arc<Parts>);

struct Parts {
    wire: Wire,
    dialect: Dialect,
    timeout: Duration,
    breaker: Breaker,
    under_way: SingleFlight<Asked>,
    answered: moka::sync::Cache<String, DateTime<Utc>>,
    fresh: TimeDelta,
}

/// So many clients' last answers are remembered as fresh.
const MOST_REMEMBERED: u64 = 10_000;

impl LoanSource {
    /// A source that was not yet asked.
    ///
    /// # Errors
    /// A sentence, where the HTTP client cannot be made.
    pub fn new(settings: SourceSettings, chance: Chance) -> Result<Self, String> {
        let wire = Wire::new(&settings, chance)?;
        Ok(Self(Arc::new(Parts {
            wire,
            dialect: settings.dialect,
            timeout: settings.timeout,
            breaker: Breaker::default(),
            under_way: SingleFlight::new(Err(SourceFault::Unreachable)),
            answered: moka::sync::Cache::new(MOST_REMEMBERED),
            fresh: settings.fresh,
        })))
    }

    /// Whether the last answer about a client is so young that it need not be asked for again.
    #[must_use]
    pub fn is_fresh(&self, number: &ClientNumber, now: DateTime<Utc>) -> bool {
        let answered = self.0.answered.get(number.as_str());
        answered.is_some_and(|at| at <= now && now - at < self.0.fresh)
    }

    /// Notes that the answer about a client is held.
    pub fn is_held(&self, number: &ClientNumber, asked_at: DateTime<Utc>) {
        self.0.answered.insert(number.as_str().to_owned(), asked_at);
    }

    /// Asks for the open loans of a client, as they are `now`. Whoever asks about the same client in
    /// the meantime is given the same answer. It comes within the time-out.
    ///
    /// # Errors
    /// [`SourceFault`].
    pub async fn ask(&self, number: &ClientNumber, now: DateTime<Utc>) -> Asked {
        let (source, about) = (self.clone(), number.clone());
        let asking = || async move { source.ask_once(&about, now).await };
        self.0.under_way.ask(number.as_str(), asking).await
    }

    async fn ask_once(&self, number: &ClientNumber, now: DateTime<Utc>) -> Asked {
        let parts = &self.0;
        let admitted = parts.breaker.admit().ok_or(SourceFault::LeftAlone)?;
        let asking = async {
            match &parts.dialect {
                Dialect::Qupia => simple::ask(&parts.wire, number, now).await,
                Dialect::Fineract(settings) => {
                    fineract::ask(&parts.wire, settings, number, now).await
                }
            }
        };
        let answer = tokio::time::timeout(parts.timeout, asking)
            .await
            .unwrap_or(Err(SourceFault::Slow))
            .and_then(without_contradiction);
        admitted.ended(!matches!(&answer, Err(fault) if fault.is_of_the_source()));
        if let Err(fault) = &answer {
            tracing::warn!(
                fault = fault.name(),
                "the loan source gave no answer: {fault}"
            );
        }
        answer
    }
}

/// A ticket that is listed twice has two balances, and nobody knows which is right.
fn without_contradiction(answer: Answer) -> Asked {
    if let Answer::Loans(loans, _) = &answer {
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

pub(super) use wire::Reply;
pub(super) type Asking = Wire;

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net::TcpListener,
    };

    use super::*;

    /// Asks somebody who knows nothing, and gives what came before the body that there was not.
    async fn head_of_a_question(dialect: Dialect, authorization: &str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/api", listener.local_addr().unwrap());
        let answering = std::thread::spawn(move || {
            let (mut line, _) = listener.accept().unwrap();
            let (mut head, mut buffer) = (Vec::new(), [0; 4096]);
            while !head.ends_with(b"\r\n\r\n") {
                let read = line.read(&mut buffer).unwrap();
                head.extend_from_slice(&buffer[..read]);
            }
            line.write_all(b"HTTP/1.1 401 X\r\ncontent-length: 0\r\n\r\n")
                .unwrap();
            String::from_utf8(head).unwrap()
        });
        let settings = SourceSettings {
            url: url.parse().unwrap(),
            dialect,
            authorization: Some(SecretString::from(authorization)),
            connect_timeout: Duration::from_secs(20),
            timeout: Duration::from_secs(20),
            connections: 1,
            fresh: TimeDelta::zero(),
        };
        let source = LoanSource::new(settings, Chance::seeded(1)).unwrap();
        let number = ClientNumber::parse("K-1").unwrap();
        let answer = source.ask(&number, DateTime::UNIX_EPOCH).await;
        assert_eq!(answer, Err(SourceFault::Status(401)));
        answering.join().unwrap()
    }

    #[tokio::test]
    async fn a_question_bears_our_credentials_and_for_fineract_the_tenant() {
        let head = head_of_a_question(Dialect::Qupia, "Bearer t").await;
        assert!(
            head.starts_with("GET /api/clients/K-1/loans HTTP/1.1\r\n"),
            "{head}"
        );
        assert!(head.contains("authorization: Bearer t\r\n"), "{head}");
        assert!(!head.to_lowercase().contains("fineract"), "{head}");
        assert!(!head.to_lowercase().contains("accept-encoding"), "{head}");
        let fineract = Dialect::Fineract(FineractSettings {
            tenant: "pawn".to_owned(),
            ..FineractSettings::default()
        });
        let head = head_of_a_question(fineract, "Basic dTpw").await;
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

//! What a loan system answers about a client, and why it may give no answer.

use chrono::{DateTime, Utc};

use crate::domain::loan::LoanRecord;

/// The loan system's answer about one client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceAnswer {
    /// all open loans of the client at that moment: any other loan was not open then
    Loans(Vec<LoanRecord>, DateTime<Utc>),
    /// there is no such client
    UnknownClient,
}

/// Why there is no usable answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SourceFault {
    /// no connection, or it broke
    #[error("it cannot be reached")]
    Unreachable,
    /// no answer in time
    #[error("it did not answer in time")]
    Slow,
    /// the circuit breaker is open
    #[error("it failed too often and is not asked for a while")]
    LeftAlone,
    /// an unexpected HTTP status
    #[error("it answered with status {0}")]
    Status(u16),
    /// the answer is longer than the maximum
    #[error("its answer is too long")]
    TooLong,
    /// the answer has another shape, or contradicts itself
    #[error("its answer cannot be understood: {0}")]
    Garbled(&'static str),
}

impl SourceFault {
    /// Whether the loan system as a whole fails. An unusable answer concerns one client only, and must not
    /// open the circuit breaker for the others.
    pub(super) fn is_outage(&self) -> bool {
        match self {
            Self::Unreachable | Self::Slow | Self::LeftAlone | Self::Status(_) => true,
            Self::TooLong | Self::Garbled(_) => false,
        }
    }

    /// Name in logs and in the audit.
    pub(crate) fn name(&self) -> &'static str {
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

//! The only clock. Tests freeze it and advance it.

use std::sync::Arc;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use tokio::sync::watch;

/// A clock with a resolution of a microsecond. Cheap to clone; clones of a frozen clock move together.
#[derive(Clone)]
pub struct Clock(Source);

#[derive(Clone)]
enum Source {
    System,
    /// microseconds since 1970
    Frozen(Arc<watch::Sender<i64>>),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still at a time.
    pub fn frozen(at: DateTime<Utc>) -> Self {
        let (micros, _) = watch::channel(at.timestamp_micros());
        Self(Source::Frozen(Arc::new(micros)))
    }

    pub fn now(&self) -> DateTime<Utc> {
        match &self.0 {
            #[expect(
                clippy::disallowed_methods,
                reason = "this is the clock that everything else uses"
            )]
            Source::System => Utc::now().trunc_subsecs(6),
            Source::Frozen(micros) => {
                DateTime::from_timestamp_micros(*micros.borrow()).unwrap_or_default()
            }
        }
    }

    /// Waits until a time, by this clock.
    pub(crate) async fn until(&self, moment: DateTime<Utc>) {
        match &self.0 {
            Source::System => {
                let ahead = (moment - self.now()).to_std();
                tokio::time::sleep(ahead.unwrap_or_default()).await;
            }
            Source::Frozen(micros) => {
                let mut moved = micros.subscribe();
                let until = moment.timestamp_micros();
                // `self` has the sender, so this cannot fail.
                let _come = moved.wait_for(|now| *now >= until).await;
            }
        }
    }

    /// Moves a frozen clock; does nothing to the machine's.
    pub fn advance(&self, by: TimeDelta) {
        if let Source::Frozen(micros) = &self.0 {
            micros.send_modify(|now| *now += by.num_microseconds().unwrap_or_default());
        }
    }
}

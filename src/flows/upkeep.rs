//! What has to be done in time: idempotency records and rates that nobody will ask for again are
//! forgotten, and attempts of instances that ended are given up.

use std::time::Duration;

use chrono::TimeDelta;

use super::verify::lost;
use crate::app::App;

/// How often it is done.
const EVERY: Duration = Duration::from_secs(600);
/// Older than the longest-lived of what is forgotten: an idempotency key lives 24 hours.
const OLDER_THAN_HOURS: i64 = 25;

/// Forgets, and gives up, in time for as long as the service runs.
pub async fn keep(app: App) {
    let mut due = tokio::time::interval(EVERY);
    let mut search = lost::Search::default();
    loop {
        due.tick().await;
        if let Err(error) = sweep(&app).await {
            tracing::warn!("nothing was swept: {error}");
            // It may answer by the next step, and be no longer back than that.
            search.lost_touch();
        }
        match search.give_up(&app).await {
            Ok(0) => {}
            Ok(lost) => tracing::warn!("{lost} attempts were counted and lost with their instance"),
            Err(error) => tracing::warn!("lost attempts were not given up: {error}"),
        }
    }
}

/// Forgets now; gives how many rows went.
///
/// # Errors
/// [`crate::store::StoreError`].
pub async fn sweep(app: &App) -> Result<usize, crate::store::StoreError> {
    let before = app.clock.now() - TimeDelta::hours(OLDER_THAN_HOURS);
    app.store.tally(move |tally| tally.sweep(before)).await
}

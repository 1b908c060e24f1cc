//! Periodic work: deletes idempotency records, rates and entry links that are not needed any more, and gives up attempts
//! of instances that ended.

use std::time::Duration;

use chrono::TimeDelta;

use super::verify::lost;
use crate::app::App;

/// How often it is done.
const EVERY: Duration = Duration::from_secs(600);
/// Older than the longest-lived of these rows: an idempotency key lives 24 hours, and so
/// does a draft, which no entry link outlives.
const OLDER_THAN_HOURS: i64 = 25;

/// Does the periodic work for as long as the service runs.
pub async fn keep(app: App) {
    let mut due = tokio::time::interval(EVERY);
    let mut search = lost::Search::default();
    loop {
        due.tick().await;
        if let Err(error) = sweep(&app).await {
            tracing::warn!("nothing was swept: {error}");
            // The database may have come back between the two steps.
            search.lost_touch();
        }
        match search.give_up(&app).await {
            Ok(0) => {}
            Ok(lost) => tracing::warn!("{lost} attempts were counted and lost with their instance"),
            Err(error) => tracing::warn!("lost attempts were not given up: {error}"),
        }
    }
}

/// Deletes what is not needed any more; gives the number of rows.
pub async fn sweep(app: &App) -> Result<usize, crate::store::StoreError> {
    let before = app.clock.now() - TimeDelta::hours(OLDER_THAN_HOURS);
    app.store.unaudited(move |tx| tx.sweep(before)).await
}

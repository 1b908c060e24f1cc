//! The report of a day: what the call centre did, hour by hour and by specialist.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::Refusal;
use crate::{
    app::App,
    domain::{
        audit::{Action, Details, Event, EventOutcome, Origin, ReportName},
        id::StaffId,
        report::{OutcomeCounts, Span, Waits, hour_of},
        role::{Proof, Reports},
        signals::SignalKind,
    },
    store::StaffRow,
};

/// The report of a day, or of another span.
pub(crate) struct DayReport {
    /// what it covers
    pub span: Span,
    /// each hour of it, with the verifications in it
    pub hours: Vec<(DateTime<Utc>, OutcomeCounts)>,
    /// all verifications
    pub outcomes: OutcomeCounts,
    /// whoever verified, the most first
    pub specialists: Vec<SpecialistDay>,
    /// what was done to passphrases
    pub passphrases: Vec<(Action, u64)>,
    /// signals by kind
    pub signals: Vec<(SignalKind, u64)>,
    /// from look-up to verification
    pub waits: Waits,
}

impl DayReport {
    /// How often something was done to a passphrase.
    pub(crate) fn passphrases(&self, action: Action) -> u64 {
        let counted = self.passphrases.iter().find(|(known, _)| *known == action);
        counted.map_or(0, |(_, many)| *many)
    }
}

/// What a specialist did.
pub(crate) struct SpecialistDay {
    /// who
    pub staff: StaffRow,
    /// their verifications
    pub outcomes: OutcomeCounts,
    /// from look-up to verification
    pub waits: Waits,
}

/// Counts the verifications of a span, and what was done to passphrases in it. The reading is recorded.
pub(crate) async fn day(
    app: &App,
    proof: &Proof<Reports>,
    origin: &Origin,
    span: Span,
) -> Result<DayReport, Refusal> {
    let (counts, staff) = app
        .store
        .read(move |reader| {
            let counts = reader.day_counts(span)?;
            let mut staff = BTreeMap::new();
            for (id, ..) in &counts.by_staff {
                if !staff.contains_key(id)
                    && let Some(row) = reader.staff(id)?
                {
                    staff.insert(id.clone(), row);
                }
            }
            Ok((counts, staff))
        })
        .await?;
    let zone = app.settings.time_zone;
    let mut hours: BTreeMap<DateTime<Utc>, OutcomeCounts> = span
        .hours(zone)
        .into_iter()
        .map(|hour| (hour, OutcomeCounts::default()))
        .collect();
    let mut outcomes = OutcomeCounts::default();
    for (quarter, outcome, many) in counts.by_quarter {
        outcomes.add(outcome, many);
        let hour = hours.entry(hour_of(zone, quarter)).or_default();
        hour.add(outcome, many);
    }
    let mut by_staff: BTreeMap<StaffId, OutcomeCounts> = BTreeMap::new();
    for (id, outcome, many) in counts.by_staff {
        by_staff.entry(id).or_default().add(outcome, many);
    }
    let mut waits: BTreeMap<StaffId, Waits> = counts.waits_by_staff.into_iter().collect();
    let mut specialists: Vec<_> = staff
        .into_iter()
        .map(|(id, staff)| SpecialistDay {
            outcomes: by_staff.remove(&id).unwrap_or_default(),
            waits: waits.remove(&id).unwrap_or_default(),
            staff,
        })
        .collect();
    specialists.sort_by_key(|day| std::cmp::Reverse(day.outcomes.total()));
    let event = Event::by(proof.actor(), origin, app.clock.now(), Action::ReportRead)
        .outcome(EventOutcome::Read)
        .details(Details::report(ReportName::Today));
    app.store.record(event).await?;
    Ok(DayReport {
        span,
        hours: hours.into_iter().collect(),
        outcomes,
        specialists,
        passphrases: counts.passphrases,
        signals: counts.signals,
        waits: counts.waits,
    })
}

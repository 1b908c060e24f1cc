//! The report of a day, as supervisors and auditors read it.

use actix_web::HttpResponse;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    extract::{Call, Guard, Query},
    openapi::values,
    problem::Problem,
    shapes::parameter,
};
use crate::{
    domain::{
        audit::Action,
        calendar::{parse_time, write_time},
        report::{OutcomeCounts, Span, Waits},
        role::Reports,
        signals::SignalKind,
    },
    flows::reports::{self, DayReport, SpecialistDay},
};

/// Which time to report.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DayQuery {
    /// not before this time; the beginning of the business day where it is left out
    #[param(value_type = values::Moment, required = false)]
    from: Option<String>,
    /// before this time, at most 31 days later; now where it is left out
    #[param(value_type = values::Moment, required = false)]
    to: Option<String>,
}

/// Verifications by outcome.
#[derive(Serialize, ToSchema)]
pub(crate) struct OutcomeCountsBody {
    /// right words
    #[schema(example = 31)]
    pub verified: u64,
    /// wrong words
    #[schema(example = 2)]
    pub rejected: u64,
    /// a timed lock held
    pub locked: u64,
    /// wrong words had disabled the passphrase
    pub disabled: u64,
    /// it was blocked
    pub blocked: u64,
    /// there was none
    #[schema(example = 1)]
    pub unset: u64,
}

impl From<OutcomeCounts> for OutcomeCountsBody {
    fn from(counts: OutcomeCounts) -> Self {
        Self {
            verified: counts.verified,
            rejected: counts.rejected,
            locked: counts.locked,
            disabled: counts.disabled,
            blocked: counts.blocked,
            unset: counts.unset,
        }
    }
}

/// The seconds from the look-up of a client to the verification by the same specialist.
#[derive(Serialize, ToSchema)]
pub(crate) struct WaitsBody {
    /// how many were measured: look-ups with a verification within 30 minutes
    #[schema(example = 29)]
    pub count: u64,
    /// half of them took no longer; null where there is none
    #[schema(required = true, example = 21.4)]
    pub median: Option<f64>,
    /// nine in ten took no longer
    #[schema(required = true, example = 48.0)]
    pub p90: Option<f64>,
}

impl From<Waits> for WaitsBody {
    fn from(waits: Waits) -> Self {
        Self {
            count: waits.count,
            median: waits.median.map(seconds),
            p90: waits.p90.map(seconds),
        }
    }
}

/// In tenths of a second, which is as much as anybody reads.
fn seconds(wait: TimeDelta) -> f64 {
    let tenths = (wait.num_milliseconds() + 50) / 100;
    i32::try_from(tenths).map_or(f64::MAX, |tenths| f64::from(tenths) / 10.0)
}

/// Verifications within an hour.
#[derive(Serialize, ToSchema)]
pub(crate) struct HourBody {
    /// when the hour begins by the clocks of the business time zone
    #[schema(value_type = String, format = DateTime, example = "2026-11-22T09:00:00Z")]
    pub from: String,
    /// the verifications of the report in it
    pub outcomes: OutcomeCountsBody,
}

/// What a specialist did.
#[derive(Serialize, ToSchema)]
pub(crate) struct SpecialistBody {
    /// staff id
    pub staff_id: String,
    /// login
    #[schema(example = "aigul")]
    pub login: String,
    /// name
    #[schema(example = "Айгүл Серік")]
    pub display_name: String,
    /// their verifications
    pub outcomes: OutcomeCountsBody,
    /// from look-up to verification
    pub seconds_to_verify: WaitsBody,
}

impl From<SpecialistDay> for SpecialistBody {
    fn from(day: SpecialistDay) -> Self {
        Self {
            staff_id: day.staff.id.into(),
            login: day.staff.login,
            display_name: day.staff.name,
            outcomes: day.outcomes.into(),
            seconds_to_verify: day.waits.into(),
        }
    }
}

/// What was done to passphrases.
#[derive(Serialize, ToSchema)]
pub(crate) struct PassphraseCountsBody {
    /// first ones
    #[schema(example = 4)]
    pub set: u64,
    /// changed by a new application
    pub changed: u64,
    /// timed locks that wrong words brought
    pub locked: u64,
    /// disabled by wrong words
    pub disabled: u64,
    /// blocked on the client's word
    pub blocked: u64,
    /// timed locks that were lifted
    pub unlocked: u64,
    /// destroyed on withdrawal of consent
    pub destroyed: u64,
}

/// Signals of one kind.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignalCountBody {
    /// what looked odd
    #[schema(value_type = SignalKind)]
    pub kind: &'static str,
    /// how often it was raised
    #[schema(example = 1)]
    pub count: u64,
}

/// What the call centre did within a time.
#[derive(Serialize, ToSchema)]
pub(crate) struct DayReportBody {
    /// from when
    #[schema(value_type = String, format = DateTime, example = "2026-11-21T19:00:00Z")]
    pub from: String,
    /// until just before when
    #[schema(value_type = String, format = DateTime)]
    pub to: String,
    /// every hour of it
    pub hours: Vec<HourBody>,
    /// all verifications
    pub outcomes: OutcomeCountsBody,
    /// whoever verified, the most first
    pub specialists: Vec<SpecialistBody>,
    /// what was done to passphrases
    pub passphrases: PassphraseCountsBody,
    /// signals that were raised
    pub signals: Vec<SignalCountBody>,
    /// from look-up to verification
    pub seconds_to_verify: WaitsBody,
}

impl From<DayReport> for DayReportBody {
    fn from(report: DayReport) -> Self {
        let passphrases = PassphraseCountsBody {
            set: report.passphrases(Action::PassphraseSet),
            changed: report.passphrases(Action::PassphraseChanged),
            locked: report.passphrases(Action::PassphraseLocked),
            disabled: report.passphrases(Action::PassphraseDisabled),
            blocked: report.passphrases(Action::PassphraseBlocked),
            unlocked: report.passphrases(Action::PassphraseUnlocked),
            destroyed: report.passphrases(Action::PassphraseDestroyed),
        };
        let hours = report.hours.into_iter().map(|(from, outcomes)| HourBody {
            from: write_time(from),
            outcomes: outcomes.into(),
        });
        let signals = report
            .signals
            .into_iter()
            .map(|(kind, count)| SignalCountBody {
                kind: kind.name(),
                count,
            });
        let specialists = report.specialists.into_iter().map(SpecialistBody::from);
        Self {
            from: write_time(report.span.from),
            to: write_time(report.span.to),
            hours: hours.collect(),
            outcomes: report.outcomes.into(),
            specialists: specialists.collect(),
            passphrases,
            signals: signals.collect(),
            seconds_to_verify: report.waits.into(),
        }
    }
}

/// Counts verifications by hour, outcome and specialist, and what was done to passphrases.
///
/// A time from look-up to verification is that of the last look-up of a client and the first verification
/// after it. The reading is an event.
#[utoipa::path(
    get,
    path = "/v1/reports/today",
    tag = "reports",
    operation_id = "read_day_report",
    params(DayQuery),
    responses((status = 200, description = "The report", body = DayReportBody)),
)]
pub(crate) async fn today(
    guard: Guard<Reports>,
    call: Call,
    Query(query): Query<DayQuery>,
) -> Result<HttpResponse, Problem> {
    let mut errors = Vec::new();
    let moment = |text: String| parse_time(&text);
    let from = parameter(&mut errors, "from", query.from, moment);
    let to = parameter(&mut errors, "to", query.to, moment);
    if !errors.is_empty() {
        return Err(Problem::invalid(errors));
    }
    let (now, zone) = (call.app.clock.now(), call.app.settings.time_zone);
    let span = Span::of(from, to, now, zone).map_err(|error| Problem::invalid(vec![error]))?;
    let report = reports::day(&call.app, &guard, &call.origin, span).await?;
    Ok(HttpResponse::Ok().json(DayReportBody::from(report)))
}

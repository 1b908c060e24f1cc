//! What the loan system says is taken in, one record at a time or as a stream; `as_of` decides.
//!
//! Every door ends here: the contract's `PUT`s and batches, imported files, and what a loan source
//! answered.

mod answer;
mod group;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::task::JoinHandle;

pub(super) use self::answer::take_answer;
use self::group::{Change, Taken};
use super::Refusal;
use crate::{
    app::{App, foundation::Foundation},
    domain::{
        audit::{Action, Details, Event, EventOutcome, Origin, RecordCounts},
        flaw::FieldFlaw,
        language::Language,
        loan::{ClientRecord, LoanRecord, Received, Record},
        role::{Actor, Feed, Proof},
    },
    loans::lines::Numbered,
    locales,
    store::{StoreError, Traced, Tx},
};

/// What became of one record, and the id of the client that it is about.
pub struct ReceivedOne {
    /// what became of it
    pub received: Received,
    /// the id of the client
    pub client_id: String,
}

/// Takes a client in.
///
/// # Errors
/// [`Refusal::Invalid`] where its time lies ahead.
pub async fn take_client(
    app: &App,
    proof: &Proof<Feed>,
    origin: &Origin,
    record: ClientRecord,
) -> Result<ReceivedOne, Refusal> {
    let event = Event::by(proof.actor(), origin, app.clock.now(), Action::ClientSynced);
    take_one(app, event, Record::Client(record)).await
}

/// Takes a loan in.
///
/// # Errors
/// [`Refusal::Invalid`] where the client is unknown, or its time lies ahead.
pub async fn take_loan(
    app: &App,
    proof: &Proof<Feed>,
    origin: &Origin,
    record: LoanRecord,
) -> Result<ReceivedOne, Refusal> {
    let event = Event::by(proof.actor(), origin, app.clock.now(), Action::LoanSynced)
        .subject(record.ticket_number.as_str());
    take_one(app, event, Record::Loan(record)).await
}

async fn take_one(app: &App, event: Event, record: Record) -> Result<ReceivedOne, Refusal> {
    let house = app.foundation.clone();
    let received = app.store.write(move |tx| {
        let taken = take(&house, tx, std::slice::from_ref(&record), event.at)?;
        let mut became = taken.became.into_iter();
        let became = became.next().expect("something becomes of each record");
        let mut event = event.clone();
        event.client_id = became.client_id;
        Ok(match became.received {
            Err(refused) => {
                let event = event
                    .outcome(EventOutcome::Refused)
                    .reason(refused.flaw.code());
                Traced::new(Err(Refusal::Invalid(vec![refused])), event)
            }
            Ok(received) => {
                let client_id = event.client_id.clone().unwrap_or_default();
                let mut event = event.outcome(received);
                // That of the push itself is about the client whom the record names, and tells what
                // changed about that client.
                let (own, others): (Vec<_>, Vec<_>) = told(&taken.changes, &event)
                    .partition(|told| told.client_id == event.client_id);
                event.details = own
                    .into_iter()
                    .next()
                    .map(|own| own.details)
                    .unwrap_or_default();
                let received = ReceivedOne {
                    received,
                    client_id,
                };
                Traced::new(Ok(received), event).with(others)
            }
        })
    });
    received.await?
}

fn take(
    house: &Foundation,
    tx: &mut Tx<'_>,
    records: &[Record],
    now: DateTime<Utc>,
) -> Result<Taken, StoreError> {
    group::take(tx, records, || house.new_id(), now)
}

/// An event about each client whom a change concerns, with the names of the fields that changed, beside
/// the one of the push that brought it.
fn told<'c>(changes: &'c [Change], push: &'c Event) -> impl Iterator<Item = Event> + 'c {
    let about = |action, client_id: &str, outcome: EventOutcome, changed: &[&'static str]| {
        let event = Event {
            action,
            client_id: Some(client_id.to_owned()),
            subject_id: None,
            reason: None,
            details: Details::changed(changed),
            ..push.clone()
        };
        event.outcome(outcome)
    };
    changes.iter().flat_map(move |change| match change {
        Change::Person { client_id, fields } => {
            vec![about(
                Action::ClientSynced,
                client_id,
                EventOutcome::Changed,
                fields,
            )]
        }
        Change::Moved { ticket, from, to } => {
            let moved = |client_id, outcome| {
                about(Action::LoanSynced, client_id, outcome, &["client_number"]).subject(ticket)
            };
            vec![
                moved(from, EventOutcome::MovedAway),
                moved(to, EventOutcome::MovedIn),
            ]
        }
    })
}

/// The word for what became of a record.
#[must_use]
pub fn name(received: Received) -> &'static str {
    match received {
        Received::Created => "created",
        Received::Applied => "applied",
        Received::Unchanged => "unchanged",
        Received::Stale => "stale",
    }
}

/// A line that was not taken in.
pub struct Rejected {
    /// its number, from 1
    pub line: u64,
    /// why; never empty
    pub flaws: Vec<FieldFlaw>,
}

impl Rejected {
    /// The first flaw's code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.flaws
            .first()
            .map_or("rejected", |field| field.flaw.code())
    }

    /// Every flaw: where, and why.
    #[must_use]
    pub fn detail(&self, language: Language) -> String {
        let told = self.flaws.iter().map(|field| match field.pointer.as_str() {
            "" => locales::of_field(&field.flaw, language),
            pointer => format!("{pointer}: {}", locales::of_field(&field.flaw, language)),
        });
        told.collect::<Vec<_>>().join(" ")
    }
}

/// What became of a stream of records.
#[derive(Default)]
pub struct Report {
    /// records that are held now
    pub applied: u64,
    /// records that were held already
    pub unchanged: u64,
    /// records older than what is held
    pub stale: u64,
    /// lines that were not taken in
    pub rejected_total: u64,
    /// the first of them, or those not yet drained
    pub rejected: Vec<Rejected>,
}

/// So many lines are committed together: enough that a page of an index is written once for several of
/// them, and few enough that a verification does not wait long behind them.
const GROUP_LINES: usize = 4_000;

/// A stream of records on its way in. Groups are committed one after the other; while one is being
/// written the next may be read and parsed.
pub struct Stream {
    house: Arc<Foundation>,
    actor: Option<Actor>,
    origin: Origin,
    keep: usize,
    waiting: Vec<Numbered>,
    writing: Option<JoinHandle<Result<Report, Refusal>>>,
    report: Report,
}

impl Stream {
    /// A stream that a service account sends. The report shows the first `keep` rejections.
    #[must_use]
    pub fn pushed(app: &App, proof: &Proof<Feed>, origin: &Origin, keep: usize) -> Self {
        let actor = Some(proof.actor().clone());
        Self::new(app.foundation.clone(), actor, origin.clone(), keep)
    }

    /// A file that whoever runs the program imports.
    #[must_use]
    pub fn imported(house: Foundation) -> Self {
        let origin = Origin::own(&format!("import-{}", house.new_id()));
        Self::new(house, None, origin, usize::MAX)
    }

    fn new(house: Foundation, actor: Option<Actor>, origin: Origin, keep: usize) -> Self {
        Self {
            house: Arc::new(house),
            actor,
            origin,
            keep,
            waiting: Vec::new(),
            writing: None,
            report: Report::default(),
        }
    }

    /// Takes lines, and writes whatever makes a group.
    ///
    /// # Errors
    /// [`Refusal::Store`]; what was committed before stays.
    pub async fn take(&mut self, lines: &mut Vec<Numbered>) -> Result<(), Refusal> {
        self.waiting.append(lines);
        while self.waiting.len() >= GROUP_LINES {
            let rest = self.waiting.split_off(GROUP_LINES);
            let group = std::mem::replace(&mut self.waiting, rest);
            self.write(group).await?;
        }
        Ok(())
    }

    /// Writes what is left.
    ///
    /// # Errors
    /// [`Refusal::Store`]; what was committed before stays.
    pub async fn finish(mut self) -> Result<Report, Refusal> {
        let group = std::mem::take(&mut self.waiting);
        if !group.is_empty() {
            self.write(group).await?;
        }
        self.settle().await?;
        Ok(self.report)
    }

    /// The rejections that were not yet drained.
    pub fn drain_rejected(&mut self) -> Vec<Rejected> {
        std::mem::take(&mut self.report.rejected)
    }

    /// One group after the other, or a loan could be looked at before its client is there.
    async fn write(&mut self, group: Vec<Numbered>) -> Result<(), Refusal> {
        self.settle().await?;
        let (actor, origin) = (self.actor.clone(), self.origin.clone());
        let house = Arc::clone(&self.house);
        // Spawned, so that it is written while the next is read, and whoever sent it may be gone.
        self.writing = Some(tokio::spawn(write_group(house, actor, origin, group)));
        // Where one thread reads and spawns, the write is begun now and not when it is waited for.
        tokio::task::yield_now().await;
        Ok(())
    }

    async fn settle(&mut self) -> Result<(), Refusal> {
        let Some(writing) = self.writing.take() else {
            return Ok(());
        };
        let stopped = |_| Refusal::Store(StoreError::Unavailable("the write stopped".to_owned()));
        let group = writing.await.map_err(stopped)??;
        self.report.applied += group.applied;
        self.report.unchanged += group.unchanged;
        self.report.stale += group.stale;
        self.report.rejected_total += group.rejected_total;
        let room = self.keep.saturating_sub(self.report.rejected.len());
        self.report
            .rejected
            .extend(group.rejected.into_iter().take(room));
        Ok(())
    }
}

async fn write_group(
    house: Arc<Foundation>,
    actor: Option<Actor>,
    origin: Origin,
    group: Vec<Numbered>,
) -> Result<Report, Refusal> {
    let now = house.clock.now();
    let mut report = Report::default();
    let (mut numbers, mut records) = (Vec::new(), Vec::new());
    for Numbered { line, record } in group {
        match record {
            Ok(record) => {
                numbers.push(line);
                records.push(record);
            }
            Err(flaws) => report.rejected.push(Rejected { line, flaws }),
        }
    }
    let mut event = Event::of_nobody(&origin, now, Action::BatchSynced);
    event.actor = actor.as_ref().map(Into::into);
    let (taken, records) = (Arc::clone(&house), Arc::new(records));
    let refused = report.rejected.len() as u64;
    let received = house.store.write(move |tx| {
        let group = take(&taken, tx, &records, now)?;
        let received: Vec<_> = group.became.into_iter().map(|one| one.received).collect();
        let counts = count(&received, refused);
        let event = event
            .clone()
            .outcome(EventOutcome::Taken)
            .details(Details::records(counts));
        let about_clients: Vec<_> = told(&group.changes, &event).collect();
        Ok(Traced::new(received, event).with(about_clients))
    });
    for (line, received) in numbers.into_iter().zip(received.await?) {
        match received {
            Ok(Received::Created | Received::Applied) => report.applied += 1,
            Ok(Received::Unchanged) => report.unchanged += 1,
            Ok(Received::Stale) => report.stale += 1,
            Err(flaw) => report.rejected.push(Rejected {
                line,
                flaws: vec![flaw],
            }),
        }
    }
    report.rejected.sort_by_key(|rejected| rejected.line);
    report.rejected_total = report.rejected.len() as u64;
    Ok(report)
}

/// How many records became what, beside those that were `refused` before.
fn count(received: &[Result<Received, FieldFlaw>], refused: u64) -> RecordCounts {
    let mut counts = RecordCounts {
        rejected: refused,
        ..RecordCounts::default()
    };
    for one in received {
        *match one {
            Ok(Received::Created | Received::Applied) => &mut counts.applied,
            Ok(Received::Unchanged) => &mut counts.unchanged,
            Ok(Received::Stale) => &mut counts.stale,
            Err(_) => &mut counts.rejected,
        } += 1;
    }
    counts
}

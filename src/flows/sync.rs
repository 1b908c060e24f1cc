//! Takes in records of the loan system, one at a time or as a stream; `as_of` decides which is newer.
//!
//! Every way ends here: the contract's `PUT`s and batches, imported files, and answers of a loan source.

mod answer;
mod events;
mod group;

use std::sync::Arc;

use tokio::task::JoinHandle;

pub(super) use self::answer::take_answer;
use self::{
    events::{client_events, count},
    group::take,
};
use super::Refusal;
use crate::{
    app::{App, foundation::Foundation},
    domain::{
        audit::{Action, Details, Event, EventOutcome, Origin},
        id::ClientId,
        language::Language,
        loan::{ClientRecord, LoanRecord, Received, Record},
        role::{Actor, Feed, Proof},
        validation::FieldError,
    },
    loans::lines::Numbered,
    locales,
    store::{StoreError, Traced},
};

/// The result for one record, and the id of its client.
pub(crate) struct ReceivedOne {
    /// what became of it
    pub received: Received,
    /// the id of the client
    pub client_id: ClientId,
}

/// Takes a client in.
///
/// # Errors
/// [`Refusal::Invalid`] where `as_of` lies in the future.
pub(crate) async fn take_client(
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
/// [`Refusal::Invalid`] where the client is unknown, or `as_of` lies in the future.
pub(crate) async fn take_loan(
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
    let foundation = app.foundation.clone();
    let received = app.store.write(move |tx| {
        let taken = take(&foundation, tx, std::slice::from_ref(&record), event.at)?;
        let mut became = taken.became.into_iter();
        let became = became.next().expect("something becomes of each record");
        let mut event = event.clone();
        event.client_id = became.client_id;
        Ok(match became.received {
            Err(refused) => {
                let event = event
                    .outcome(EventOutcome::Refused)
                    .reason(refused.error.code());
                Traced::new(Err(Refusal::Invalid(vec![refused])), event)
            }
            Ok(received) => {
                let client_id = event.client_id.clone();
                let client_id = client_id.expect("a record that is received has a stored client");
                let mut event = event.outcome(received);
                // The push's own event is about the client whom the record names, and has what changed
                // about that client.
                let (own, others): (Vec<_>, Vec<_>) = client_events(&taken.changes, &event)
                    .partition(|event_of| event_of.client_id == event.client_id);
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

/// A line that was rejected.
pub struct Rejected {
    /// its number, from 1
    pub line: u64,
    /// why; never empty
    pub errors: Vec<FieldError>,
}

impl Rejected {
    /// The code of the first validation error.
    pub fn code(&self) -> &'static str {
        self.errors
            .first()
            .map_or("rejected", |field| field.error.code())
    }

    /// Every validation error: where, and why.
    pub fn detail(&self, language: Language) -> String {
        let messages = self
            .errors
            .iter()
            .map(|field| match field.pointer.as_str() {
                "" => locales::of_field(&field.error, language),
                pointer => format!("{pointer}: {}", locales::of_field(&field.error, language)),
            });
        messages.collect::<Vec<_>>().join(" ")
    }
}

/// The result for a stream of records.
#[derive(Default)]
pub struct SyncReport {
    /// records that were new or changed something
    pub applied: u64,
    /// records that were stored already
    pub unchanged: u64,
    /// records older than what is stored
    pub stale: u64,
    /// lines that were rejected
    pub rejected_total: u64,
    /// the first of these, or those not yet drained
    pub rejected: Vec<Rejected>,
}

/// Number of lines that are committed together: enough that a page of an index is written once for several
/// of them, and few enough that a verification does not wait long behind them.
const GROUP_LINES: usize = 4_000;

/// A stream of records. Groups are committed one after the other; while one is being written the next may
/// be read and parsed.
pub struct Stream {
    foundation: Arc<Foundation>,
    actor: Option<Actor>,
    origin: Origin,
    keep: usize,
    waiting: Vec<Numbered>,
    writing: Option<JoinHandle<Result<SyncReport, Refusal>>>,
    report: SyncReport,
}

impl Stream {
    /// A stream that a service account sends. The report has the first `keep` rejections.
    pub(crate) fn pushed(app: &App, proof: &Proof<Feed>, origin: &Origin, keep: usize) -> Self {
        let actor = Some(proof.actor().clone());
        Self::new(app.foundation.clone(), actor, origin.clone(), keep)
    }

    /// A file that is imported from the command line.
    pub fn imported(foundation: Foundation) -> Self {
        let origin = Origin::own(&format!("import-{}", foundation.new_id::<String>()));
        Self::new(foundation, None, origin, usize::MAX)
    }

    fn new(foundation: Foundation, actor: Option<Actor>, origin: Origin, keep: usize) -> Self {
        Self {
            foundation: Arc::new(foundation),
            actor,
            origin,
            keep,
            waiting: Vec::new(),
            writing: None,
            report: SyncReport::default(),
        }
    }

    /// Takes lines, and writes each full group.
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

    /// Writes the last group.
    ///
    /// # Errors
    /// [`Refusal::Store`]; what was committed before stays.
    pub async fn finish(mut self) -> Result<SyncReport, Refusal> {
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

    /// One group after the other, or a loan could be written before its client.
    async fn write(&mut self, group: Vec<Numbered>) -> Result<(), Refusal> {
        self.settle().await?;
        let (actor, origin) = (self.actor.clone(), self.origin.clone());
        let foundation = Arc::clone(&self.foundation);
        // Spawned, so that it is written while the next group is read, and also where the sender
        // disconnects.
        self.writing = Some(tokio::spawn(write_group(foundation, actor, origin, group)));
        // On a runtime with one thread the write begins now and not only when it is awaited.
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
    foundation: Arc<Foundation>,
    actor: Option<Actor>,
    origin: Origin,
    group: Vec<Numbered>,
) -> Result<SyncReport, Refusal> {
    let now = foundation.clock.now();
    let mut report = SyncReport::default();
    let (mut numbers, mut records) = (Vec::new(), Vec::new());
    for Numbered { line, record } in group {
        match record {
            Ok(record) => {
                numbers.push(line);
                records.push(record);
            }
            Err(errors) => report.rejected.push(Rejected { line, errors }),
        }
    }
    let mut event = Event::of_nobody(&origin, now, Action::BatchSynced);
    event.actor = actor.as_ref().map(Into::into);
    let (taken, records) = (Arc::clone(&foundation), Arc::new(records));
    let refused = report.rejected.len() as u64;
    let received = foundation.store.write(move |tx| {
        let group = take(&taken, tx, &records, now)?;
        let received: Vec<_> = group.became.into_iter().map(|one| one.received).collect();
        let counts = count(&received, refused);
        let event = event
            .clone()
            .outcome(EventOutcome::Taken)
            .details(Details::records(counts));
        let about_clients: Vec<_> = client_events(&group.changes, &event).collect();
        Ok(Traced::new(received, event).with(about_clients))
    });
    for (line, received) in numbers.into_iter().zip(received.await?) {
        match received {
            Ok(Received::Created | Received::Applied) => report.applied += 1,
            Ok(Received::Unchanged) => report.unchanged += 1,
            Ok(Received::Stale) => report.stale += 1,
            Err(error) => report.rejected.push(Rejected {
                line,
                errors: vec![error],
            }),
        }
    }
    report.rejected.sort_by_key(|rejected| rejected.line);
    report.rejected_total = report.rejected.len() as u64;
    Ok(report)
}

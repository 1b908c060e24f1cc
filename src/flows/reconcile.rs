//! Compares the stored open loans with those of the loan source; changes nothing.

use std::collections::BTreeMap;

use super::Refusal;
use crate::{
    app::foundation::Foundation,
    domain::{
        audit::{Action, ComparisonCounts, Details, Event, EventOutcome, Origin},
        id::ClientId,
        identifier::ClientNumber,
        loan::LoanRecord,
    },
    loans::source::{LoanSource, SourceAnswer, SourceFault},
    store::LoanRow,
};

/// A difference between a stored loan and the source.
#[derive(Debug, PartialEq, Eq)]
pub struct Difference {
    /// whose loan
    pub client_number: String,
    /// the pledge ticket
    pub ticket_number: String,
    /// the field
    pub what: &'static str,
    /// the stored value
    pub ours: String,
    /// the source's value
    pub theirs: String,
}

/// Why a comparison did not finish.
#[derive(Debug)]
pub enum Broken {
    /// the source gave no answer about a client
    Source(ClientNumber, SourceFault),
    /// a fault on this side
    Refusal(Refusal),
}

impl<E: Into<Refusal>> From<E> for Broken {
    fn from(error: E) -> Self {
        Self::Refusal(error.into())
    }
}

/// Number of clients that are read at once.
const PAGE: i64 = 500;

/// Asks the source about every client, and reports each difference. Gives the number of clients.
///
/// # Errors
/// [`Broken`], at the first client for whom there is no answer.
pub async fn compare(
    foundation: &Foundation,
    source: &LoanSource,
    mut tell: impl FnMut(Difference),
) -> Result<u64, Broken> {
    let (mut after, mut clients, mut differences) = (None, 0_u64, 0_u64);
    loop {
        let from = after.clone();
        let page = foundation
            .store
            .read(move |reader| reader.clients_after(from.as_ref(), PAGE));
        let page = page.await?;
        let Some((last, _)) = page.last() else {
            break;
        };
        after = Some(last.clone());
        for (id, number) in page {
            let Ok(number) = ClientNumber::parse(&number) else {
                continue;
            };
            for difference in of_client(foundation, source, id, &number).await? {
                differences += 1;
                tell(difference);
            }
            clients += 1;
        }
    }
    let origin = Origin::own(&format!("loans-check-{}", foundation.new_id::<String>()));
    let event = Event::of_nobody(&origin, foundation.clock.now(), Action::LoansPulled)
        .outcome(EventOutcome::Compared)
        .details(Details {
            comparison: Some(ComparisonCounts {
                clients,
                differences,
            }),
            ..Details::default()
        });
    foundation.store.record(event).await?;
    Ok(clients)
}

async fn of_client(
    foundation: &Foundation,
    source: &LoanSource,
    id: ClientId,
    number: &ClientNumber,
) -> Result<Vec<Difference>, Broken> {
    let theirs = match source.ask(number, foundation.clock.now()).await {
        Ok(SourceAnswer::Loans(loans, _)) => loans,
        Ok(SourceAnswer::UnknownClient) => Vec::new(),
        Err(fault) => return Err(Broken::Source(number.clone(), fault)),
    };
    // Read after the answer, so that a push in the meantime is no difference.
    let ours = foundation.store.read(move |reader| reader.open_loans(&id));
    Ok(differences(number, ours.await?, &theirs))
}

fn differences(
    number: &ClientNumber,
    ours: Vec<LoanRow>,
    theirs: &[LoanRecord],
) -> Vec<Difference> {
    let mut stated: BTreeMap<&str, &LoanRecord> = theirs
        .iter()
        .map(|loan| (loan.ticket_number.as_str(), loan))
        .collect();
    let mut found = Vec::new();
    let mut note = |ticket: &str, what, ours: String, theirs: String| {
        if ours != theirs {
            found.push(Difference {
                client_number: number.as_str().to_owned(),
                ticket_number: ticket.to_owned(),
                what,
                ours,
                theirs,
            });
        }
    };
    for stored in ours {
        let ticket = stored.ticket_number.as_str();
        let Some(stated) = stated.remove(ticket) else {
            note(ticket, "status", "open".to_owned(), "not open".to_owned());
            continue;
        };
        let days = |days: Option<u32>| days.map_or("unknown".to_owned(), |days| days.to_string());
        let (due, due_there) = (stored.due_on.to_string(), stated.due_on.to_string());
        note(
            ticket,
            "balance",
            money(stored.balance),
            money(stated.balance),
        );
        note(ticket, "due_on", due, due_there);
        note(
            ticket,
            "grace_days",
            days(stored.grace_days),
            days(stated.grace_days),
        );
        note(
            ticket,
            "product",
            stored.product.clone(),
            stated.product.clone(),
        );
    }
    for (ticket, _) in stated {
        note(ticket, "status", "not open".to_owned(), "open".to_owned());
    }
    found
}

fn money(money: crate::domain::money::Money) -> String {
    format!("{} {}", money.amount(), money.currency_code())
}

//! Who sends an `Idempotency-Key`.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::domain::{
    audit::{Action, Event, Origin},
    entry::EntryLink,
    id::ClientId,
    role::Actor,
};

/// Whose key it is: each has their own.
pub(crate) enum Caller {
    /// somebody who is signed in
    Staff(Actor),
    /// a client, at this entry link
    Client(EntryLink),
}

impl Caller {
    /// Keys of different ids are different.
    pub(crate) fn id(&self) -> &str {
        match self {
            Self::Staff(actor) => &actor.id,
            Self::Client(link) => &link.id,
        }
    }

    /// The event of a stored answer that they are given again.
    pub(crate) fn replayed(&self, origin: &Origin, at: DateTime<Utc>, body: &Value) -> Event {
        let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
        match self {
            Self::Staff(actor) => {
                let mut event = Event::by(actor, origin, at, Action::AnswerReplayed);
                event.client_id = text("client_id").map(ClientId::from);
                event.subject_id = text("id");
                event
            }
            Self::Client(link) => link.event(Event::of_nobody(origin, at, Action::AnswerReplayed)),
        }
    }
}

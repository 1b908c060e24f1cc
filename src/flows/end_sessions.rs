//! An older copy of the database brings back old sessions and access that was revoked since. So a restore
//! ends every session and every one-time password.

use crate::{
    app::foundation::Foundation,
    domain::{
        audit::{Action, Details, EndedCounts, Event, EventOutcome, Origin},
        role::Role,
    },
    store::{StoreError, Traced},
};

/// What was ended, and who may sign in again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndedSessions {
    /// sessions that were valid
    pub sessions: usize,
    /// one-time passwords that were valid
    pub one_time_passwords: usize,
    /// active logins with their roles: some may have been disabled after the backup
    pub active: Vec<(String, Role)>,
}

/// Ends all sessions, entry links and one-time passwords.
///
/// # Errors
/// [`StoreError`]; then nothing was ended.
pub async fn end_sessions(foundation: &Foundation) -> Result<EndedSessions, StoreError> {
    let now = foundation.clock.now();
    let event = Event::of_nobody(&Origin::own("cli"), now, Action::SessionClosed)
        .outcome(EventOutcome::AllEnded);
    foundation
        .store
        .write(move |tx| {
            let sessions = tx.end_all_sessions(now)?;
            tx.end_all_entry_links()?;
            let one_time_passwords = tx.end_one_time_passwords(now)?;
            let staff = tx.list_staff("", i64::MAX)?;
            let active = staff.into_iter().filter(|member| member.is_active);
            let ended = EndedSessions {
                sessions,
                one_time_passwords,
                active: active.map(|member| (member.login, member.role)).collect(),
            };
            let counts = EndedCounts {
                sessions: sessions as u64,
                one_time_passwords: one_time_passwords as u64,
            };
            let details = Details {
                ended: Some(counts),
                ..Details::default()
            };
            Ok(Traced::new(ended, event.clone().details(details)))
        })
        .await
}

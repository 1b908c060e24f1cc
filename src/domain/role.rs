//! Who may do what: the role table, and proofs that can only be had from it.

use std::marker::PhantomData;

/// The part that somebody plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// verifies callers and reads loans to them
    CallCenter,
    /// registers clients and their passphrases
    Branch,
    /// as the call centre, and lifts timed locks
    Supervisor,
    /// reads the audit
    Auditor,
    /// keeps staff and branches
    Admin,
    /// the service account that feeds clients and loans
    LoanSystem,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 6] = [
        Self::CallCenter,
        Self::Branch,
        Self::Supervisor,
        Self::Auditor,
        Self::Admin,
        Self::LoanSystem,
    ];

    /// The words of the contract, in the order of [`Role::ALL`].
    pub const NAMES: [&'static str; 6] = [
        "call_center",
        "branch",
        "supervisor",
        "auditor",
        "admin",
        "loan_system",
    ];

    /// The word of the contract.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    /// The role of a word.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// Somebody who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// staff id
    pub id: String,
    /// login
    pub login: String,
    /// the part they play
    pub role: Role,
    /// their branch, where they have one
    pub branch_code: Option<String>,
    /// the session they act in
    pub session_id: String,
}

/// Something that only some roles may do. The constants of the implementations are the role table.
pub trait Duty: 'static {
    /// The roles that may.
    const ROLES: &'static [Role];
}

macro_rules! duties {
    ($($(#[$doc:meta])* $name:ident: $($role:ident),+;)+) => {
        $(
            $(#[$doc])*
            pub struct $name;

            impl Duty for $name {
                const ROLES: &'static [Role] = &[$(Role::$role),+];
            }
        )+
    };
}

duties! {
    /// Be signed in at all.
    Anyone: CallCenter, Branch, Supervisor, Auditor, Admin, LoanSystem;
    /// Be a person rather than a service account.
    Staff: CallCenter, Branch, Supervisor, Auditor, Admin;
    /// Find a client and see the card.
    Find: CallCenter, Branch, Supervisor;
    /// Create and amend clients; draft, print, complete and cancel applications; destroy.
    Register: Branch;
    /// See a passphrase's status.
    Status: Branch, Supervisor;
    /// Verify callers, read loans to them, block a passphrase on their word.
    Verify: CallCenter, Supervisor;
    /// Lift a timed lock.
    Unlock: Supervisor;
    /// Read and verify the audit.
    Audit: Auditor;
    /// See who looked at a client.
    Accesses: Auditor, Branch;
    /// Read reports.
    Reports: Supervisor, Auditor;
    /// Keep staff, branches, service accounts and webhooks.
    Administer: Admin;
    /// Push clients and loans.
    Feed: LoanSystem;
}

/// Proof that its actor may do `D`. There is no way to one but through the role table.
pub struct Proof<D> {
    actor: Actor,
    duty: PhantomData<D>,
}

impl<D: Duty> Proof<D> {
    /// The proof, if the actor's role may.
    #[must_use]
    pub fn of(actor: Actor) -> Option<Self> {
        D::ROLES.contains(&actor.role).then_some(Self {
            actor,
            duty: PhantomData,
        })
    }

    /// Who it is.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_known_by_its_name_and_by_no_other() {
        for role in Role::ALL {
            assert_eq!(Role::from_name(role.name()), Some(role));
        }
        assert_eq!(Role::from_name("root"), None);
    }

    #[test]
    fn an_admin_gets_no_proof_to_verify() {
        let admin = Actor {
            id: "1".into(),
            login: "admin".into(),
            role: Role::Admin,
            branch_code: None,
            session_id: "s".into(),
        };
        assert!(Proof::<Verify>::of(admin.clone()).is_none());
        assert!(Proof::<Administer>::of(admin).is_some());
    }
}

//! Who may do what: the role table, and proofs that only it can give.

use std::marker::PhantomData;

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray, VariantNames};

use super::id::{SessionId, StaffId};

/// The role of a member of staff or a service account.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantArray,
    VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Role {
    /// verifies callers and reads loans to them
    CallCenter,
    /// registers clients and their passphrases
    Branch,
    /// does what the call centre does, and lifts timed locks
    Supervisor,
    /// reads the audit
    Auditor,
    /// manages staff, branches and webhooks
    Admin,
    /// the service account that feeds clients and loans
    LoanSystem,
}

impl Role {
    /// Every role.
    #[cfg(test)]
    pub(crate) const ALL: &'static [Self] = <Self as VariantArray>::VARIANTS;
    /// The words of the contract, in the order of the roles.
    pub const NAMES: &'static [&'static str] = <Self as VariantNames>::VARIANTS;

    /// The word of the contract.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The role with a name.
    pub fn from_name(name: &str) -> Option<Self> {
        name.parse().ok()
    }
}

/// Somebody who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// staff id
    pub id: StaffId,
    /// login
    pub login: String,
    /// role
    pub role: Role,
    /// branch, if there is one
    pub branch_code: Option<String>,
    /// the session
    pub session_id: SessionId,
}

/// A permission. The constants of its implementations are the role table.
pub trait Permission: 'static {
    /// The roles that have it.
    const ROLES: &'static [Role];
}

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident: $($role:ident),+;)+) => {
        $(
            $(#[$doc])*
            pub struct $name;

            impl Permission for $name {
                const ROLES: &'static [Role] = &[$(Role::$role),+];
            }
        )+
    };
}

permissions! {
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
    /// See the accesses to a client.
    Accesses: Auditor, Branch;
    /// Read reports.
    Reports: Supervisor, Auditor;
    /// Manage staff, branches, service accounts and webhooks.
    Administer: Admin;
    /// Push clients and loans.
    Feed: LoanSystem;
}

/// Proof that its actor has the permission `D`. Only the role table can give one.
pub struct Proof<D> {
    actor: Actor,
    permission: PhantomData<D>,
}

impl<D: Permission> Proof<D> {
    /// The proof, if the actor's role may.
    pub fn of(actor: Actor) -> Option<Self> {
        D::ROLES.contains(&actor.role).then_some(Self {
            actor,
            permission: PhantomData,
        })
    }

    /// Who it is.
    pub(crate) fn actor(&self) -> &Actor {
        &self.actor
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_known_by_its_name_and_by_no_other() {
        for role in Role::ALL {
            assert_eq!(Role::from_name(role.name()), Some(*role));
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

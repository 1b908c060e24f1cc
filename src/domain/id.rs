//! The ids of what is stored: opaque texts, each kind a type of its own.
//!
//! An id that a request holds may be any text; what has no such id is not found.
//!
//! `every_id!` lists them; the store makes columns of the same list.

use std::{fmt, ops::Deref};

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident,)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        // An id is read as text wherever one is written or compared; only `From` makes a text an id.
        impl Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    )+};
}

/// Gives every id, with what it is the id of, to a macro.
macro_rules! every_id {
    ($macro:ident) => {
        $macro! {
            /// A client.
            ClientId,
            /// A member of staff, or a service account.
            StaffId,
            /// A session.
            SessionId,
            /// An application.
            ApplicationId,
            /// A verification. An attempt has the id of the verification that will record it.
            VerificationId,
            /// An entry link.
            EntryLinkId,
            /// A receiver of webhooks.
            WebhookId,
            /// A message to receivers of webhooks.
            MessageId,
        }
    };
}

pub(crate) use every_id;

every_id!(ids);

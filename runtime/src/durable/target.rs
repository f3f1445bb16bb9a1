//! `Target`: the function that a request is for, by its call type or by its stored name.

use std::any::TypeId;

use super::{Call, Entry};

/// Which annotated function a request is for.
#[derive(Debug, Clone)]
pub enum Target {
    /// One that the code names: it is found by its call type, whatever name it was registered under.
    Call {
        /// The call type.
        call: TypeId,
        /// Its name, for messages.
        name: &'static str,
    },
    /// One that was kept by its stored name.
    Named(String),
}

impl Target {
    /// Whether the code names this function.
    pub(crate) fn is(&self, entry: &Entry) -> bool {
        matches!(self, Target::Call { call, .. } if *call == (entry.call)())
    }

    /// The function of this call type.
    #[must_use]
    pub fn of<C: Call>() -> Self {
        Target::Call {
            call: TypeId::of::<C>(),
            name: C::NAME,
        }
    }

    /// Its name, for messages.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Target::Call { name, .. } => name,
            Target::Named(name) => name,
        }
    }
}

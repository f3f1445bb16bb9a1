//! `Number`: what an instance is called inside the kernel.

use serde::{Deserialize, Serialize};

use crate::durable::rsm::ReplyTo;

/// The number of an instance: its virtual partition and its place in the order of creation there.
///
/// It is never given to another instance, so it is the instance's incarnation too: a completion
/// that names a number means exactly one life of one id.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct Number {
    /// The virtual partition.
    pub partition: u16,
    /// The creation sequence within it.
    pub n: u64,
}

impl Number {
    /// As a pair.
    pub(crate) fn pair(self) -> (u16, u64) {
        (self.partition, self.n)
    }
}

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.partition, self.n)
    }
}

/// Who waits for a child orchestration, an entity or a machine: an instance and the number of its
/// call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Parent {
    /// The instance.
    pub number: Number,
    /// The call within it.
    pub operation: u64,
}

impl From<Parent> for ReplyTo {
    fn from(Parent { number, operation }: Parent) -> Self {
        let (partition, n) = number.pair();
        ReplyTo::Call {
            partition,
            n,
            operation,
        }
    }
}

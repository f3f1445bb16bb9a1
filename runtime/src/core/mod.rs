//! The pure core: events in, new state and effects out; no clock, no I/O, no threads, no randomness.
//!
//! Comments name the kernel's rules by number; ARCHITECTURE.md lists them with the tests that keep them.

mod advance;
mod asks;
mod attempt;
mod attempts;
mod books;
mod bounds;
mod calls;
mod command;
mod continued;
#[cfg(test)]
mod dialogues;
mod entities;
mod entity;
mod events;
mod format;
mod frames;
mod groups;
mod happened;
mod happened_brief;
mod happened_text;
mod history;
mod ids;
mod instance;
mod known;
pub mod limits;
mod mailbox;
mod manage;
mod message;
mod number;
mod numbers;
mod once;
mod onces;
mod operation;
mod operations;
mod partitions;
mod program;
mod queue;
pub(crate) mod readers;
mod record;
mod rewind;
mod rows;
mod rsm;
mod section;
mod shard;
pub mod standing;
mod tail;
mod targets;
mod timers;
mod told;
mod unborn;
mod version;
mod work;

pub(crate) use advance::message_of;
pub use attempt::{AttemptEnded, Outcome, StartAttempt};
pub use books::{HighWater, read_books};
pub use command::{Answer, Command, Cursor, Description, Ending, Filter, Origin, Status, Tags};
pub use entities::{EntityCursor, EntityFilter, EntityFound, EntityQuery};
pub use format::{ReadError, Unreadable};
pub use happened::{Happened, HistoryEntry, Starter};
pub use message::{Bundle, MessageKey};
pub use number::{Number, Parent};
pub use partitions::Partitions;
pub use program::Program;
pub use rewind::REWIND_PART;
pub use rows::Rows;
pub use shard::{
    CannotSeal, Effects, Opening, Ran, Reply, RunError, Sealed, Shard, Suspects, merge,
};
pub use told::told;
pub use version::Versioning;

//! `Refusal`: why an instance cannot go on with this program; it is parked, never lost.

use serde::{Deserialize, Serialize};

use super::VersionMatch;
use crate::schema::ValueError;

/// Why a stored instance cannot be advanced by this program.
///
/// A refused turn changes nothing: the instance is parked with the refusal as its reason and can
/// be retried after the program was mended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The frame waits at a resume point that the function no longer has.
    #[error(
        "`{body}` has no resume point `{point}` (it has {known}); deploy a version that has it, \
         or name the new place with `#[resume(name = \"{point}\")]`"
    )]
    UnknownPoint {
        /// The orchestration or helper.
        body: String,
        /// The name that was stored.
        point: String,
        /// The names this program has.
        known: String,
    },
    /// A local that the function needs here was not saved by the version that wrote the frame.
    #[error(
        "`{body}` needs `{slot}` at resume point `{point}`, but the stored frame has no such local; \
         keep the name, or finish the instance with the version that wrote it"
    )]
    MissingSlot {
        /// The orchestration or helper.
        body: String,
        /// The resume point.
        point: String,
        /// The local's name.
        slot: String,
    },
    /// A stored value cannot be read as the type the program has now, or cannot be written.
    #[error("{place}: {error}")]
    Value {
        /// What the value is: a local, an argument, a result.
        place: String,
        /// Why it cannot be read or written.
        error: ValueError,
    },
    /// The program has no item of this name.
    #[error(
        "there is no {kind} `{name}` in this program: is its crate mentioned (`use it as _;`), \
         or was it renamed (`name = \"{name}\"`)?"
    )]
    Unregistered {
        /// `activity` or `orchestration`.
        kind: String,
        /// The stored or called name.
        name: String,
    },
    /// Stored bytes do not have the form this version writes.
    #[error("the stored frame of `{body}` is damaged: {what}")]
    Damaged {
        /// The orchestration or helper.
        body: String,
        /// What was expected.
        what: String,
    },
    /// Inline helpers are nested too deeply.
    #[error(
        "`{body}` is nested {depth} helpers deep, more than {}: make it an `#[orchestration]`",
        super::limits::FRAME_DEPTH_MAX
    )]
    TooDeep {
        /// The helper.
        body: String,
        /// How deep.
        depth: usize,
    },
    /// The turn panicked.
    #[error("`{body}` panicked: {message}")]
    Panicked {
        /// The orchestration.
        body: String,
        /// The panic's message.
        message: String,
    },
    /// A handler of a state machine returned an `Err`.
    #[error("`{handler}` failed: {message}")]
    Failed {
        /// The handler.
        handler: String,
        /// The text of the error.
        message: String,
    },
    /// The turn can never be committed or never be woken.
    #[error("`{body}`: {why}")]
    Stuck {
        /// The orchestration.
        body: String,
        /// Which rule was broken and what to do.
        why: String,
    },
    /// A replayed orchestration does something else than its recording says.
    #[error(
        "`{body}` diverges from its recording at step {step}: what it did was {expected}, what it does \
         now is {actual}; a replayed orchestration must do the same again, so deploy the version \
         that wrote the recording, or take out what differs from one run to the next"
    )]
    Diverged {
        /// The orchestration.
        body: String,
        /// Which of the things it asked for, counted from 1 since its run began.
        step: u64,
        /// What the recording says.
        expected: String,
        /// What this program does.
        actual: String,
    },
    /// The instance's row cannot be read. It is passed over, nothing is written to it, and it goes
    /// on once it can be read.
    #[error("{why}; restore it from a backup, or run a version that can read it")]
    Unreadable {
        /// Which row, and why.
        why: String,
    },
    /// The engine's [`version_match`](crate::EngineBuilder::version_match) does not take the
    /// instance's version. It goes on by itself when the store is opened with a version that fits.
    #[error(
        "`{id}` has {}, and this engine has {} and runs {}; it goes on by itself when the store is \
         opened with a version, or a `version_match`, that takes it",
        named(.version), named(.engine), .takes.taken()
    )]
    AnotherVersion {
        /// The instance.
        id: String,
        /// Its version.
        version: Option<String>,
        /// The engine's version.
        engine: Option<String>,
        /// Which instances the engine runs.
        takes: VersionMatch,
    },
}

fn named(version: &Option<String>) -> String {
    match version {
        Some(version) => format!("version `{version}`"),
        None => "no version".to_owned(),
    }
}

impl Refusal {
    /// A value at `place` that cannot be read or written.
    pub fn value(place: impl Into<String>, error: ValueError) -> Self {
        Refusal::Value {
            place: place.into(),
            error,
        }
    }
}

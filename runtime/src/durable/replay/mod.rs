//! Replay: the second way to run an orchestration, whose state is the recording of what it did.
//!
//! A compiled body is saved at its awaits. A replayed one is an ordinary future, which cannot be
//! saved: what it took in and what it asked for is recorded, turn by turn, and to go on after it
//! left memory it is made anew and led through its recording (Durable Functions, OOPSLA 2021,
//! section 6: the rules of its figures 12 and 13). So it may hold what no other process can have, a
//! borrow or a trait object, and has to do the same again when it is led through the same recording.
//!
//! To the kernel it is a [`Machine`](super::Machine) like the other.

mod awaiting;
mod context;
mod forks;
mod machine;
mod recorded;
mod recording;
mod step;

pub use awaiting::{Awaiting, awaited};
pub use context::ReplayContext;
pub use forks::Forks;
pub use machine::{ReplayBody, Replayed};

pub(super) use recording::{MARK, read_recording};

/// Why a body that waits for nothing is refused.
fn not_durable() -> String {
    "it awaits something that is not durable, in an `.await` that a macro hides; other async work \
     belongs in an `#[activity]`"
        .to_owned()
}

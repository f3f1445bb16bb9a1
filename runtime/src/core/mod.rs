//! The pure core: events in, new state and effects out; no clock, no I/O, no threads, no randomness.

mod attempt;
mod command;
mod number;
mod program;

pub use attempt::{AttemptEnded, Outcome, StartAttempt};
pub use command::{Answer, Command, Cursor, Description, Ending, Filter, Status};
pub use number::{Number, Parent};
pub use program::Program;

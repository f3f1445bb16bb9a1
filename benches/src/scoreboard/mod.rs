//! The scoreboard: which properties are tried how often, by running the tests that try them.

mod built;
mod lines;
mod planted;
mod ran;
mod table;

pub use built::{Build, Built};
pub use lines::{LINES, Line, Size, Suite};
pub use planted::planted;
pub use ran::{Ran, Tally};
pub use table::{json, table};

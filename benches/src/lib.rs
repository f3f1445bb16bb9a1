//! What the benches share, and the examples that measure.

mod disk;
mod latencies;
mod project;
pub mod scoreboard;
mod stored;
mod within;

pub use disk::fsync;
pub use latencies::{Latencies, Times};
pub use project::{cargo, root};
pub use stored::stored_bytes;
pub use within::Finished;

//! What the benches share, and the examples that measure.

mod disk;
pub mod instructions;
mod latencies;
pub mod scoreboard;
mod stored;

pub use disk::fsync;
pub use latencies::Latencies;
pub use stored::stored_bytes;

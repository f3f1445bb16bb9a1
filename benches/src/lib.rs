//! What the benches share.

mod disk;
mod latencies;

pub use disk::fsync;
pub use latencies::Latencies;

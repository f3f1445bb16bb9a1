//! What the examples share: `--crash`, a progress display, and the parts of `filehash` that are not durable.

pub mod crash;
pub mod figures;
pub mod filehash;
pub mod progress;
pub mod rsm;
pub mod runs;

//! What the examples share: a progress display, and the parts of `filehash` that are not durable.

pub mod filehash;
pub mod progress;

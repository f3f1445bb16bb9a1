//! Programs that survive crashes.

pub mod store;

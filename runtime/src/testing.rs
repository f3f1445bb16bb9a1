//! For the tests of programs that use `undying`.

pub use crate::engine::VirtualClock;

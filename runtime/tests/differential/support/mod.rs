//! What every case of the corpus shares: effects, their two kinds of callers, and the comparison.
#![allow(dead_code, unused_imports)]

pub mod compare;
pub mod effects;
pub mod executor;
pub mod machine;
pub mod plain;
pub mod plain_combinators;
pub mod programs;
pub mod twin;
pub mod why;

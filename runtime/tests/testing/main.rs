//! Promises of `undying::testing`: users test their programs as this crate tests itself.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod crashes;
mod planted;
mod seeds;
mod stubs;
mod under_test;

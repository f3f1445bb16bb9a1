//! The kernel's rules, one promise a test, on the pure core in slow motion.
//!
//! The table in ARCHITECTURE.md says which rule is kept by which test.
#![allow(clippy::unwrap_used)]

#[path = "../sim/life.rs"]
#[allow(dead_code)]
mod life;
#[path = "../support/mod.rs"]
mod support;

mod activities;
mod bench;
mod children;
mod commits;
mod continued;
mod early;
mod entities;
mod events;
mod history;
mod instances;
mod limits;
mod lives;
mod locks;
mod machines;
mod mailbox;
mod manage;
mod once;
mod replayed;
mod rewind;
mod versions;
mod work;

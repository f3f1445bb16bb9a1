//! Programs that survive crashes.
//!
//! Attribute macros turn ordinary structs and `async fn`s into resumable state machines whose
//! awaits are persisted in an embedded store: a program killed at any instruction goes on where
//! it was.

extern crate self as undying;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
pub mod core;
pub mod durable;
pub mod engine;
mod error;
pub mod prelude;
pub mod schema;
pub mod store;

pub use crate::core::{Cursor, Description, Filter, Number, Parent, Status};
pub use durable::{
    Activity, Context, Either, Either3, Either4, Elapsed, Failure, Orchestration, Persist, Refusal,
    Resumable, Retry, Task, days, hours, join, join_all, millis, minutes, race, secs, sleep,
    sleep_until, timeout,
};
pub use engine::{
    ActivityContext, Engine, EngineBuilder, Handle, Health, Page, Registered, RegisteredKind, State,
};
pub use error::{Error, Result};
pub use store::Durability;
pub use undying_macros::{activity, methods, orchestration, resumable};

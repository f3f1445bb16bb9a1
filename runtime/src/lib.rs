//! Programs that survive crashes.
//!
//! Write an ordinary `async fn`, annotate it, and it goes on where it was: after a crash, a
//! `kill -9`, a deploy. Attribute macros compile the function into a state machine; every `.await`
//! is a place where it can be put away and taken up again. Where it is, and the locals it still
//! needs, are stored in a folder of yours. There is no server, no replay (unless you
//! [ask for it](macro@orchestration#replay)) and no rule that your code be deterministic.
//!
//! ```standalone_crate
//! use undying::prelude::*;
//!
//! #[derive(Debug, thiserror::Error, Serialize, Deserialize)]
//! enum Declined {
//!     #[error("no money")]
//!     NoMoney,
//!     #[error(transparent)]
//!     Failed(#[from] undying::Failure), // timed out, panicked, cancelled
//! }
//!
//! /// Side effects live in activities: plain async Rust, retried when they fail.
//! #[activity(retry(max_attempts = 5, first = "200ms"), timeout = "10s")]
//! async fn charge(account: String, amount: u64) -> Result<u64, Declined> {
//!     if amount > 1_000 {
//!         return Err(Declined::NoMoney);
//!     }
//!     println!("{account} pays {amount}");
//!     Ok(amount)
//! }
//!
//! #[activity]
//! async fn ship(order: String) -> String {
//!     format!("{order} is on its way")
//! }
//!
//! #[orchestration]
//! async fn checkout(order: String, prices: Vec<u64>) -> Result<String, Declined> {
//!     let mut paid = 0;
//!     for price in prices {
//!         paid += charge(order.clone(), price).await?; // killed here? it goes on here
//!     }
//!     sleep(millis(5)).await; // a day would do as well
//!     Ok(format!("{} for {paid}", ship(order).await))
//! }
//!
//! #[tokio::main]
//! async fn main() -> undying::Result<()> {
//!     # let folder = tempfile::tempdir().expect("a folder");
//!     # let data = folder.path().join("data");
//!     let engine = Engine::open(data).await?;
//!     let handle = engine.start("order-17", checkout("order-17".into(), vec![20, 22])).await?;
//!     let result = handle.result().await?;
//!     assert_eq!(result.unwrap(), "order-17 is on its way for 42");
//!     engine.shutdown().await
//! }
//! ```
//!
//! Start `order-17` again, in this run or the next: it is the same instance, and this its result.
//!
//! # Which attribute do I want?
//!
//! | I have | attribute |
//! |---|---|
//! | a side effect: a request, a file, a row in another database | [`#[activity]`](macro@activity) |
//! | a process that must end: steps, waits, retries, compensation | [`#[orchestration]`](macro@orchestration) |
//! | the same, holding across awaits what cannot be saved | [`#[orchestration(replay)]`](macro@orchestration#replay) |
//! | a piece of an orchestration that several call | [`#[resumable]`](macro@resumable), which runs inline |
//! | state with an address, changed by one operation at a time | [`#[entity]`](macro@entity) on the struct and on its `impl` |
//! | something with states, which hears events in each of them differently | [`#[rsm]`](macro@rsm) on the struct and on its `impl` |
//! | a property over all of these, in tests | [`#[monitor]`](macro@monitor) |
//! | methods of these kinds | [`#[methods]`](macro@methods) on their `impl` |
//!
//! Calling an annotated function does nothing yet: it makes a description, to be awaited,
//! [spawned](Activity::spawn), combined, or given to [`Engine::start`]. In an orchestration you
//! can await calls of these functions, [`sleep`], [`sleep_until`], [`event`], [`raise`], [`join`],
//! [`join_all`], [`race`], [`timeout`], [`lock`], [`continue_as_new`], [tasks](Task), and the compensations
//! of a [`Saga`]. Anything else, like
//! a socket or another timer, is a compile error that says where it belongs: in an activity.
//!
//! # What is promised
//!
//! - What [`Engine::start`] has acknowledged is on disk. The same id twice is the same instance.
//! - Killing the process at any moment loses no instance and completes none twice. With
//!   [`Durability::Sync`], the default, neither does a power cut.
//! - An activity may run more than once, and its completion counts once.
//! - Timers are never early. They are late by as long as the program was not running.
//! - A [schedule](Engine::schedule) starts one instance at each of its times, in time zones too; times
//!   that were [missed](Missed) and those that [overlap](Overlap) follow its policies.
//! - A result can be asked for any number of times, by any handle, in any later run.
//! - Types may change. What is stored is read by the names of its fields and variants, and what
//!   cannot be read is refused by name, never misread.
//! - An instance that cannot go on with this program is *parked* with the reason: its function has
//!   lost a resume point, its activity is gone, its turn panics. [`Engine::list`] finds it, and
//!   [`Engine::retry`] lets it go on once that is mended.
//! - An engine that is told its [version](EngineBuilder::version) stamps it on what it starts, and
//!   [runs](EngineBuilder::version_match) the instances whose version it takes; the others wait.
//! - Operators can [terminate](Engine::terminate), [suspend](Engine::suspend), [purge](Engine::purge)
//!   and [restart](Engine::restart) instances, and say how long those that have ended
//!   [are kept](EngineBuilder::retention).
//! - Damage to the store is an error that names the place.
//!
//! # What is not promised
//!
//! - Activities are not exactly-once: a crash can hide from us that one was done. Make them
//!   idempotent; [`ActivityContext::idempotency_key`] is the same for all attempts of a call.
//! - Code between two awaits may run twice, if the process dies before what it did is stored. That
//!   is why effects belong in activities.
//! - A value kept across an `.await` may be dropped and rebuilt from bytes. Its `Drop` runs on the
//!   way, and identity (`Arc`, addresses) is lost.
//! - A store belongs to one process at a time. A second one is refused by name.
//!
//! # Running it
//!
//! Open the [`Engine`] within the tokio runtime that activities are to run on, give it the
//! [states](EngineBuilder::state) they take, and call [`Engine::shutdown`] before you leave. In
//! tests, [`Engine::open_in_memory`] needs no folder, a [`VirtualClock`](testing::VirtualClock)
//! makes days pass at once, and `ChargeCall::body(..)` is the plain function behind `charge`. Attempts are [`tracing`] spans, and they are counted through
//! [`metrics`]. The engine allocates from several threads: binaries are markedly faster with an
//! allocator like jemalloc.

#![forbid(unsafe_code)]

extern crate self as undying;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
// Public for the simulation alone, like the kernel in `engine`.
#[doc(hidden)]
pub mod core;
pub mod durable;
pub mod engine;
mod error;
mod filter;
mod planted;
pub mod prelude;
#[doc(hidden)]
pub mod readers;
pub mod schema;
pub mod store;
pub mod testing;

pub use crate::core::{
    Cursor, Description, EntityCursor, EntityFilter, Filter, Happened, HistoryEntry, Number,
    Parent, Starter, Status, Tags,
};
pub use durable::rsm::{
    Asked, Chart, Cx, Halt, Monitor, Next, Question, Reply, Rsm, RsmRef, Takes, Timeout, Timer,
    create, every, once,
};
pub use durable::{
    Activity, Context, Either, Either3, Either4, Elapsed, EntityContext, Failure, Free, Held,
    InvalidSchedule, Missed, Operation, Orchestration, Overlap, Persist, Refusal, ReplayContext,
    Resumable, Retry, Saga, Schedule, Task, Timestamp, Uncompensated, VersionMatch,
    compare_versions, continue_as_new, days, event, hours, join, join_all, lock, millis, minutes,
    race, raise, secs, sleep, sleep_until, timeout,
};
#[cfg(any(feature = "http", feature = "http-client"))]
pub use engine::http;
pub use engine::{
    ActivityContext, Engine, EngineBuilder, EntityPage, Handle, Health, History, Listed,
    MonitorReport, Page, Raise, Registered, RegisteredKind, Request, ScheduleDescription,
    StartOptions, State,
};
pub use error::{Error, Result};
pub use store::Durability;
pub use undying_macros::{
    activity, chart, entity, methods, monitor, orchestration, resumable, rsm, test,
};

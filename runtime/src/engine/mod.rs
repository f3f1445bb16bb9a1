//! The engine: threads, clocks and I/O around the pure core. The only folder that names tokio.

mod activities;
mod activity_metrics;
mod bell;
mod builder;
#[cfg(test)]
mod by_hand;
mod client;
mod entities;
mod handle;
mod history;
#[cfg(any(feature = "http", feature = "http-client"))]
pub mod http;
mod kernel;
mod kernel_error;
mod link;
mod list_entities;
mod manage;
mod manage_all;
mod monitors;
mod raise;
mod registry;
mod request;
mod rewind;
mod rsm;
mod runner;
mod schedules;
mod scope;
mod start;
mod sync;
#[doc(hidden)]
pub mod testing;
mod virtual_clock;

pub use builder::EngineBuilder;
pub use client::{Engine, Page};
pub use handle::Handle;
pub use history::History;
pub use kernel::Health;
#[doc(hidden)]
pub use kernel::{Kernel, KernelOptions};
pub use kernel_error::KernelError;
pub use list_entities::{EntityPage, Listed};
pub use monitors::MonitorReport;
pub use raise::Raise;
pub use registry::{Registered, RegisteredKind};
pub use request::Request;
#[doc(hidden)]
pub use runner::Runner;
pub use schedules::ScheduleDescription;
pub use scope::{ActivityContext, Scope, State, States};
pub use start::StartOptions;
pub use virtual_clock::VirtualClock;

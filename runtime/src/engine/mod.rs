//! The engine: threads, clocks and I/O around the pure core. The only folder that names tokio.

mod scope;

pub use scope::{ActivityContext, Scope, State, States};

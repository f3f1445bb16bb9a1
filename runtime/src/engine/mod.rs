//! The engine: threads, clocks and I/O around the pure core. The only folder that names tokio.

mod kernel;
mod kernel_error;
mod runner;
mod scope;

pub use kernel::{Health, Kernel, KernelOptions};
pub use kernel_error::KernelError;
pub use runner::Runner;
pub use scope::{ActivityContext, Scope, State, States};

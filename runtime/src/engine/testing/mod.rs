//! The simulation behind `undying::testing`: one thread runs a program, its engine and its clients.

mod chance;
mod crashes;
mod driver;
mod history;
mod nap;
mod pool;
mod process;
mod scenario;
mod sim;
mod stub;
mod test;
mod tried;
mod watch;

pub use crashes::{Crashes, crash_everywhere};
pub use history::assert_history;
pub use nap::nap;
pub(super) use pool::{Label, Pool};
pub(super) use process::Process;
pub use scenario::Scenario;
pub use sim::{Explored, Sim};
pub use stub::{ArgumentsOf, Stub, StubCall};
pub use test::{Test, TestArgument, given, run};

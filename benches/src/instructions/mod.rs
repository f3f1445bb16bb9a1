//! Instructions per unit of work: what is counted, how, and what was counted last.

mod count;
mod table;
mod workloads;

pub use count::{Valgrind, valgrind};
pub use table::{Counted, has_grown, read, write};
pub use workloads::{WORKLOADS, Workload, work};

//! Pools of VMs, kept as a configuration says that may change at any time; VMs that fail to be
//! created or deleted.
//!
//! The machines are a [`PoolDriver`], which follows the configuration, a [`PoolManager`] a pool, and
//! a [`VmManager`] a VM. The chart of a pool manager, as `PoolManager::chart().mermaid()` draws it:
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> ResizingPool
//!     ResizingPool --> DeletingPool: DeletePool
//!     note right of ResizingPool
//!         entry / begin
//!         Resize / resize
//!         VmCreated / vm_created
//!         VmFailed / vm_failed
//!         VmDeleted / vm_deleted
//!         VmNotDeleted / delete_again
//!     end note
//!     DeletingPool --> [*]: Empty
//!     note right of DeletingPool
//!         entry / delete_all
//!         Resize / ignore
//!         VmCreated / ignore
//!         VmFailed / ignore
//!         VmDeleted / one_less
//!         VmNotDeleted / delete_again
//!     end note
//! ```

mod config;
mod driver;
mod pool;
mod spec;
mod vm;

pub use config::{Config, ConfigError, ReadPoolsCall, read_pools};
pub use driver::{DriverInit, DriverState, PoolDriver};
pub use pool::{PoolManager, PoolState};
pub use spec::{PoolsAtGoal, PoolsAtGoalState};
pub use vm::{
    Chance, CreateVmCall, DeleteVmCall, Trouble, Vm, VmManager, VmState, create_vm, delete_vm,
};

#[cfg(test)]
mod tests {
    use super::PoolManager;

    #[test]
    fn the_diagram_in_the_docs_is_that_of_the_chart() {
        let drawn = PoolManager::chart().mermaid();
        let lines = drawn.lines().map(|line| format!("//! {line}\n"));
        let diagram = format!("//! ```mermaid\n{}//! ```\n", lines.collect::<String>());
        assert!(include_str!("mod.rs").contains(&diagram), "{diagram}");
    }
}

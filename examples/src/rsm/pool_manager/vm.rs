//! A VM: created and deleted by activities that may fail.

use std::hash::{DefaultHasher, Hash, Hasher};

use rand::RngExt;
use undying::prelude::*;

use super::pool::{PoolManager, VmCreated, VmDeleted, VmFailed, VmNotDeleted};
use super::spec::{Failed, PoolsAtGoal, VmDown, VmUp};

/// What a VM is created with.
#[derive(Debug, Serialize, Deserialize)]
pub struct VmInit {
    /// The pool that it is in.
    pub pool: RsmRef<PoolManager>,
    /// What it is created and deleted as.
    pub vm: Vm,
    /// What may fail.
    pub chance: Chance,
}

/// The name of a VM, which no other ever has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Vm {
    /// Its pool's.
    pub pool: String,
    /// Counted in its pool.
    pub number: u64,
}

/// Chooses what fails: the same whenever it is tried again after a crash.
#[derive(Debug, Clone, Copy, Hash, Serialize, Deserialize)]
pub struct Chance {
    /// How many of 100 creations and deletions of VMs fail.
    pub failing: u32,
    /// Which.
    pub seed: u64,
}

impl Chance {
    /// Whether the creation of a VM, or one of its deletions, fails.
    #[must_use]
    pub fn fails(self, vm: &Vm, deletion: Option<u64>) -> bool {
        let mut hasher = DefaultHasher::new();
        (self.seed, vm, deletion).hash(&mut hasher);
        hasher.finish() % 100 < self.failing.into()
    }
}

/// The VM shall be deleted.
#[derive(Debug, Serialize, Deserialize)]
pub struct Delete;

/// Why a VM was not created or deleted.
#[derive(Debug, thiserror::Error, Serialize, Deserialize)]
pub enum Trouble {
    /// By chance.
    #[error("no such luck")]
    Unlucky,
    /// The engine's.
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// Creates a VM.
///
/// # Errors
/// By chance.
#[activity]
pub async fn create_vm(vm: Vm, chance: Chance) -> Result<(), Trouble> {
    work(chance.fails(&vm, None)).await
}

/// Deletes a VM, or what there is of it; `deletion` is how often that was in vain before.
///
/// # Errors
/// By chance.
#[activity]
pub async fn delete_vm(vm: Vm, deletion: u64, chance: Chance) -> Result<(), Trouble> {
    work(chance.fails(&vm, Some(deletion))).await
}

/// Takes a moment.
async fn work(fails: bool) -> Result<(), Trouble> {
    let takes = rand::rng().random_range(0..5_000);
    tokio::time::sleep(std::time::Duration::from_micros(takes)).await;
    match fails {
        true => Err(Trouble::Unlucky),
        false => Ok(()),
    }
}

/// Creates one VM, and deletes it when it is told to.
#[rsm]
#[derive(Debug)]
pub struct VmManager {
    init: VmInit,
    is_up: bool,
    /// How often it was deleted in vain.
    deletions: u64,
}

#[rsm]
impl VmManager {
    chart! {
        /// Where a VM is.
        pub enum VmState;
        /// It is created. What comes meanwhile waits.
        start CreatingVm {
            entry  => create,
            Delete => goto DeletingVm,
        }
        /// It is deleted, or that has failed.
        DeletingVm {
            entry  => delete,
            Delete => goto DeletingVm,
        }
    }

    fn new(init: VmInit) -> Self {
        VmManager {
            init,
            is_up: false,
            deletions: 0,
        }
    }

    async fn create(&mut self, cx: &mut Cx<Self>) {
        let created = create_vm(self.init.vm.clone(), self.init.chance).await;
        let vm = cx.me();
        match created {
            Ok(()) => {
                self.is_up = true;
                cx.send(&self.init.pool, VmCreated(vm));
                let pool = self.init.pool.clone();
                cx.monitor::<PoolsAtGoal, _>(|| VmUp(pool));
            }
            Err(_) => {
                cx.send(&self.init.pool, VmFailed(vm));
                cx.monitor::<PoolsAtGoal, _>(|| Failed::Creation);
            }
        }
    }

    async fn delete(&mut self, cx: &mut Cx<Self>) -> Next<Self> {
        let (name, chance) = (self.init.vm.clone(), self.init.chance);
        let deleted = delete_vm(name, self.deletions, chance).await;
        let vm = cx.me();
        match deleted {
            Ok(()) => {
                cx.send(&self.init.pool, VmDeleted(vm));
                if self.is_up {
                    let pool = self.init.pool.clone();
                    cx.monitor::<PoolsAtGoal, _>(|| VmDown(pool));
                }
                Next::halt()
            }
            Err(_) => {
                self.deletions += 1;
                cx.send(&self.init.pool, VmNotDeleted(vm));
                cx.monitor::<PoolsAtGoal, _>(|| Failed::Deletion);
                Next::stay()
            }
        }
    }
}

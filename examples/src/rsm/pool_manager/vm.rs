//! A VM: created and deleted by activities that may fail.

use rand::RngExt;
use undying::prelude::*;

use super::pool::{PoolManager, VmCreated, VmDeleted, VmFailed, VmNotDeleted};
use super::spec::{Failed, PoolsAtGoal, VmDown, VmUp};

/// What a VM is created with.
#[derive(Debug, Serialize, Deserialize)]
pub struct VmInit {
    /// The pool that it is in.
    pub pool: RsmRef<PoolManager>,
    /// How many of 100 creations and deletions fail.
    pub failing: u32,
}

/// The VM shall be deleted.
#[derive(Debug, Serialize, Deserialize)]
pub struct Delete;

/// Why a VM was not created or deleted.
#[derive(Debug, thiserror::Error, Serialize, Deserialize)]
enum Trouble {
    #[error("no such luck")]
    Unlucky,
    #[error(transparent)]
    Failed(#[from] Failure),
}

#[activity]
async fn create_vm(failing: u32) -> Result<(), Trouble> {
    work(failing).await
}

#[activity]
async fn delete_vm(failing: u32) -> Result<(), Trouble> {
    work(failing).await
}

/// Takes a moment, and fails now and then.
async fn work(failing: u32) -> Result<(), Trouble> {
    let (takes, luck) = {
        let mut random = rand::rng();
        (random.random_range(0..5_000), random.random_range(0..100))
    };
    tokio::time::sleep(std::time::Duration::from_micros(takes)).await;
    match luck < failing {
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
        VmManager { init, is_up: false }
    }

    async fn create(&mut self, cx: &mut Cx<Self>) {
        let created = create_vm(self.init.failing).await;
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
        let deleted = delete_vm(self.init.failing).await;
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
                cx.send(&self.init.pool, VmNotDeleted(vm));
                cx.monitor::<PoolsAtGoal, _>(|| Failed::Deletion);
                Next::stay()
            }
        }
    }
}

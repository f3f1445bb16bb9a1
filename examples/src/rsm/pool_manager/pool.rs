//! A pool: has as many VMs as it should have, whichever of them fail.

use std::collections::BTreeSet;

use undying::prelude::*;

use super::spec::{PoolDown, PoolUp, PoolsAtGoal};
use super::vm::{Chance, Delete, Vm, VmInit, VmManager};

/// What a pool is created with.
#[derive(Debug, Serialize, Deserialize)]
pub struct PoolInit {
    /// What its VMs are named after; no other pool ever has it.
    pub name: String,
    /// How many VMs it has.
    pub vms: u64,
    /// What may fail.
    pub chance: Chance,
}

/// The pool shall have so many VMs.
#[derive(Debug, Serialize, Deserialize)]
pub struct Resize(pub u64);

/// The pool shall delete its VMs, and go.
#[derive(Debug, Serialize, Deserialize)]
pub struct DeletePool;

/// This VM is up.
#[derive(Debug, Serialize, Deserialize)]
pub struct VmCreated(pub RsmRef<VmManager>);

/// This VM was not created.
#[derive(Debug, Serialize, Deserialize)]
pub struct VmFailed(pub RsmRef<VmManager>);

/// Nothing is left of this VM.
#[derive(Debug, Serialize, Deserialize)]
pub struct VmDeleted(pub RsmRef<VmManager>);

/// This VM was not deleted.
#[derive(Debug, Serialize, Deserialize)]
pub struct VmNotDeleted(pub RsmRef<VmManager>);

/// The pool has no VM any more.
#[derive(Debug, Serialize, Deserialize)]
pub struct Empty;

/// Creates VMs, and others in place of those that fail; deletes those that are too many.
#[rsm]
#[derive(Debug)]
pub struct PoolManager {
    init: PoolInit,
    /// How many VMs it has ever begun to create.
    begun: u64,
    /// The VMs that are up.
    pub created: BTreeSet<RsmRef<VmManager>>,
    /// Those that are on their way up.
    pub creating: BTreeSet<RsmRef<VmManager>>,
    /// Those that are on their way out.
    pub deleting: BTreeSet<RsmRef<VmManager>>,
}

#[rsm]
impl PoolManager {
    chart! {
        /// What a pool does.
        pub enum PoolState;
        /// It has, or gets, the number of VMs that it should have.
        start ResizingPool {
            entry        => begin,
            Resize       => resize,
            VmCreated    => vm_created,
            VmFailed     => vm_failed,
            VmDeleted    => vm_deleted,
            VmNotDeleted => delete_again,
            DeletePool   => goto DeletingPool,
        }
        /// It deletes all of them.
        DeletingPool {
            entry        => delete_all,
            Resize       => ignore,
            VmCreated    => ignore, // what deletes them is on its way
            VmFailed     => ignore,
            VmDeleted    => one_less,
            VmNotDeleted => delete_again,
            Empty        => halt,
        }
    }

    fn new(init: PoolInit) -> Self {
        PoolManager {
            init,
            begun: 0,
            created: BTreeSet::new(),
            creating: BTreeSet::new(),
            deleting: BTreeSet::new(),
        }
    }

    fn begin(&mut self, cx: &mut Cx<Self>) {
        let pool = cx.me();
        cx.monitor::<PoolsAtGoal, _>(|| PoolUp(pool));
        self.adjust(cx);
    }

    fn resize(&mut self, event: Resize, cx: &mut Cx<Self>) {
        self.init.vms = event.0;
        self.adjust(cx);
    }

    fn vm_created(&mut self, event: VmCreated) {
        // It may have been given up meanwhile.
        if self.creating.remove(&event.0) {
            self.created.insert(event.0);
        }
    }

    fn vm_failed(&mut self, event: VmFailed, cx: &mut Cx<Self>) {
        if self.creating.remove(&event.0) {
            self.delete(event.0, cx);
        }
        self.adjust(cx);
    }

    fn vm_deleted(&mut self, event: VmDeleted) {
        self.deleting.remove(&event.0);
    }

    fn delete_again(&mut self, event: VmNotDeleted, cx: &mut Cx<Self>) {
        cx.send(&event.0, Delete);
    }

    /// Creates and deletes VMs until there are, or will be, as many as there should be.
    fn adjust(&mut self, cx: &mut Cx<Self>) {
        while self.vms() < self.init.vms {
            let (pool, name, chance) = (cx.me(), self.init.name.clone(), self.init.chance);
            let vm = Vm {
                pool: name,
                number: self.begun,
            };
            self.begun += 1;
            let vm = cx.create::<VmManager>(VmInit { pool, vm, chance });
            self.creating.insert(vm);
        }
        while self.vms() > self.init.vms {
            let given_up = self.creating.pop_last().or_else(|| self.created.pop_last());
            let Some(vm) = given_up else { return };
            self.delete(vm, cx);
        }
    }

    fn vms(&self) -> u64 {
        (self.created.len() + self.creating.len()) as u64
    }

    fn delete(&mut self, vm: RsmRef<VmManager>, cx: &mut Cx<Self>) {
        cx.send(&vm, Delete);
        self.deleting.insert(vm);
    }

    fn delete_all(&mut self, cx: &mut Cx<Self>) -> Next<Self> {
        let all = [&mut self.creating, &mut self.created];
        let all: Vec<_> = all.into_iter().flat_map(std::mem::take).collect();
        for vm in all {
            self.delete(vm, cx);
        }
        self.empty_at_last(cx)
    }

    fn one_less(&mut self, event: VmDeleted, cx: &mut Cx<Self>) -> Next<Self> {
        self.deleting.remove(&event.0);
        self.empty_at_last(cx)
    }

    fn empty_at_last(&self, cx: &mut Cx<Self>) -> Next<Self> {
        if !self.deleting.is_empty() {
            return Next::stay();
        }
        let pool = cx.me();
        cx.monitor::<PoolsAtGoal, _>(|| PoolDown(pool));
        Next::raise(Empty)
    }
}

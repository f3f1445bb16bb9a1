//! What must hold of all pools: in the end they are as configured.

use std::collections::BTreeMap;

use undying::prelude::*;

use super::pool::PoolManager;

/// There shall be so many pools and VMs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoalSet {
    /// How many configurations there have been.
    pub followed: u64,
    /// How many pools.
    pub pools: u64,
    /// How many VMs in all of them.
    pub vms: u64,
}

/// There is a new pool.
#[derive(Debug, Serialize, Deserialize)]
pub struct PoolUp(pub RsmRef<PoolManager>);

/// A pool has gone.
#[derive(Debug, Serialize, Deserialize)]
pub struct PoolDown(pub RsmRef<PoolManager>);

/// A VM of this pool is up.
#[derive(Debug, Serialize, Deserialize)]
pub struct VmUp(pub RsmRef<PoolManager>);

/// A VM of this pool that was up was deleted.
#[derive(Debug, Serialize, Deserialize)]
pub struct VmDown(pub RsmRef<PoolManager>);

/// Something about a VM has failed.
#[derive(Debug, Serialize, Deserialize)]
pub enum Failed {
    /// It was not created.
    Creation,
    /// It was not deleted.
    Deletion,
}

/// There are, in the end, the pools and VMs of the latest configuration; and no pool goes before its
/// VMs have.
#[monitor]
#[derive(Debug, Default)]
pub struct PoolsAtGoal {
    /// What there should be.
    pub goal: GoalSet,
    /// The pools there are, with the number of their VMs that are up.
    pub pools: BTreeMap<RsmRef<PoolManager>, u64>,
    /// How many VMs ever came up.
    pub came: u64,
    /// How many of them were deleted.
    pub went: u64,
    /// How many creations have failed.
    pub not_created: u64,
    /// How many deletions have failed.
    pub not_deleted: u64,
}

#[monitor]
impl PoolsAtGoal {
    chart! {
        /// Whether the pools are as configured.
        pub enum PoolsAtGoalState;
        /// They are.
        start cold AtGoal {}
        /// They are not.
        hot Away {}
        always {
            GoalSet  => goal_set,
            PoolUp   => pool_up,
            PoolDown => pool_down,
            VmUp     => vm_up,
            VmDown   => vm_down,
            Failed   => failed,
        }
    }

    /// How many VMs are up.
    #[must_use]
    pub fn vms(&self) -> u64 {
        self.pools.values().sum()
    }

    fn goal_set(&mut self, goal: GoalSet) -> Next<Self> {
        self.goal = goal;
        self.judged()
    }

    fn pool_up(&mut self, event: PoolUp) -> Next<Self> {
        self.pools.insert(event.0, 0);
        self.judged()
    }

    fn pool_down(&mut self, event: PoolDown, cx: &mut Cx<Self>) -> Next<Self> {
        let left = self.pools.remove(&event.0);
        cx.assert(
            left == Some(0),
            format!("the pool `{}` went, and left of it is {left:?}", event.0),
        );
        self.judged()
    }

    fn vm_up(&mut self, event: VmUp, cx: &mut Cx<Self>) -> Next<Self> {
        match self.pools.get_mut(&event.0) {
            Some(vms) => *vms += 1,
            None => cx.assert(false, format!("a VM is up in no pool, `{}`", event.0)),
        }
        self.came += 1;
        self.judged()
    }

    fn vm_down(&mut self, event: VmDown, cx: &mut Cx<Self>) -> Next<Self> {
        match self.pools.get_mut(&event.0) {
            Some(vms) if *vms > 0 => *vms -= 1,
            vms => cx.assert(false, format!("a VM went of {vms:?} in `{}`", event.0)),
        }
        self.went += 1;
        self.judged()
    }

    fn failed(&mut self, event: Failed) {
        match event {
            Failed::Creation => self.not_created += 1,
            Failed::Deletion => self.not_deleted += 1,
        }
    }

    fn judged(&self) -> Next<Self> {
        let GoalSet { pools, vms, .. } = self.goal;
        match self.pools.len() as u64 == pools && self.vms() == vms {
            true => Next::goto(PoolsAtGoalState::AtGoal),
            false => Next::goto(PoolsAtGoalState::Away),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::violation;
    use super::*;

    #[tokio::test]
    async fn a_vm_that_is_up_in_no_pool_is_noticed() {
        let event = VmUp(PoolManager::at("gone"));
        let why = violation::<PoolsAtGoal, _>(event).await;
        assert!(
            why.contains("a VM is up in no pool, `#PoolManager#gone`"),
            "{why}"
        );
    }
}

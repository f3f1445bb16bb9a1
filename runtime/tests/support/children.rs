//! Orchestrations with children of their own.

use undying::prelude::*;

use super::bodies::step;

/// Ends at once.
#[orchestration]
pub async fn leaf(n: u64, _b: u64) -> u64 {
    n
}

/// So many bytes.
#[orchestration]
pub async fn bulk(n: u64, _b: u64) -> Vec<u64> {
    vec![u64::MAX; n as usize / 10]
}

/// Joins so many children and so many activities.
#[orchestration]
pub async fn fans(children: u64, activities: u64) -> u64 {
    let leaves = join_all((0..children).map(|n| leaf(n, 0)));
    let steps = join_all((0..activities).map(step));
    let (leaves, steps) = join((leaves, steps)).await;
    leaves.iter().sum::<u64>() + steps.iter().sum::<u64>()
}

/// Joins so many children of so many bytes each, and one activity.
#[orchestration]
pub async fn gathers(children: u64, bytes: u64) -> u64 {
    let all = join_all((0..children).map(|_| bulk(bytes, 0)));
    let (all, one) = join((all, step(0))).await;
    all.len() as u64 + one
}

/// A tree whose leaves wait for an event.
#[orchestration]
pub async fn elder(depth: u64, width: u64) -> u64 {
    if depth == 0 {
        return event::<u64>("go").await;
    }
    let all = join_all((0..width).map(|_| elder(depth - 1, width))).await;
    all.iter().sum()
}

/// Starts an elder that is nobody's child, and waits.
#[orchestration]
pub async fn founder(depth: u64, width: u64) -> u64 {
    elder(depth, width).start_detached("free").await;
    event::<u64>("go").await
}

/// Chooses an id for its child: another instance's, or one that only entities may have.
#[orchestration]
pub async fn chooses(n: u64, entity: u64) -> u64 {
    let id = if entity == 1 { "@taken" } else { "taken" };
    leaf(n, 0).id(id).await
}

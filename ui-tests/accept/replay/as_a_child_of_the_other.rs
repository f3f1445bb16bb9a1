//! Accepted: a replayed orchestration that awaits a compiled one, which awaits a replayed one.
//! Why: both are `Orchestration<..>`: whoever calls one sees no difference.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration(replay)]
async fn replayed_parent(left: u64) -> u64 {
    if left == 0 {
        return 0;
    }
    let child: undying::Orchestration<CompiledChildCall> = compiled_child(left - 1);
    add(child.id(format!("child {left}")).await, 1).await
}

#[orchestration]
async fn compiled_child(left: u64) -> u64 {
    let task = replayed_parent(left).spawn().await;
    sleep(days(1)).await;
    task.await + 10
}

pub fn main() {
    assert_eq!(run(replayed_parent(3)), 33);
}

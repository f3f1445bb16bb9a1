//! Refused: a value that is not `Send` across an `.await` of a replayed orchestration.
//! Why: the thread that goes on with an instance is not always the one that began it.
//! Instead: `Arc`; or end its life before the `.await`.

use std::rc::Rc;
use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration(replay)]
async fn shared(n: u64) -> u64 { //~ its future is not `Send`
    let kept = Rc::new(n);
    add(*kept, 1).await + *kept
}

fn main() {}

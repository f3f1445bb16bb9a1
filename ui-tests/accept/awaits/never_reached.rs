//! Accepted: branches that never end normally, and code that is never reached.
//! Why: `!` coerces as in any function; unreachable awaits disappear.

use undying::prelude::*;
use undying_ui_tests::shop::*;

fn die() -> ! {
    panic!("no such item")
}

#[orchestration]
async fn await_never_reached(n: u64) -> u64 {
    let cost: u64 = match add(n, 0).await {
        0 => die(),
        1 => return 11,
        more => more,
    };
    if cost > 100 {
        add(1, 1).await;
        die();
    } else {
        add(cost, 1).await
    }
}

pub fn main() {
    assert_eq!(run(await_never_reached(1)), 11);
    assert_eq!(run(await_never_reached(2)), 3);
}

//! Accepted: `#[resume(name = "..")]` on a statement names its resume point.
//! Why: suspended instances find their place by name. Without it the name is the callee's, with an
//! ordinal among equals: `charge`, `charge#2`.

use undying::__private::Body;
use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn resume_points_named(n: u64) -> u64 {
    let first = add(n, 1).await;
    #[resume(name = "the second sum")]
    let second = add(first, 1).await;
    price(Item::Tea).await + add(second, 1).await
}

pub fn main() {
    assert_eq!(run(resume_points_named(1)), 7);
    let names: Vec<_> = ResumePointsNamedCall::POINTS
        .iter()
        .map(|point| point.name)
        .collect();
    assert_eq!(names, ["add", "the second sum", "price", "add#2"]);
}

//! Refused: every illegal form of `#[resume(..)]`, one a line.
//! Why: a resume point is named with a string and nothing else.
//! Instead: `#[resume(name = "payment")]` (accept/resume_points/named.rs).

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn paid(n: u64) -> u64 {
    #[resume] //~ no name
    let a = add(n, 1).await;
    #[resume("payment")] //~ `name =` is missing
    let b = add(a, 1).await;
    #[resume(name = payment)] //~ not a string
    let c = add(b, 1).await;
    #[resume(name = "")] //~ empty
    let d = add(c, 1).await;
    #[resume(named = "payment")] //~ not an option
    let e = add(d, 1).await;
    e
}

fn main() {}

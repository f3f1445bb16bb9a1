//! Refused: a task in a helper that is declared for critical sections.
//! Why: a task hides what it waits for; it could be a lock that is held here.
//! Instead: await the call itself, or the task before the section.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[resumable(section)]
async fn held(n: u64) -> u64 {
    let task = add(n, 1).spawn().await;
    task.await //~ may wait for what is held
}

fn main() {}

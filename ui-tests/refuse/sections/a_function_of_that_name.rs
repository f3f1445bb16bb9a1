//! Refused: an activity of the name `lock`, awaited in a `let` of its own.
//! Why: `let .. = lock(..).await` is how a critical section is entered.
//! Instead: give the activity another name.

use undying::{activity, orchestration};

#[activity]
async fn lock(door: u64) -> u64 {
    door
}

#[orchestration]
async fn locked() -> u64 {
    let door = lock(7).await; //~ looks like a critical section
    door
}

fn main() {}

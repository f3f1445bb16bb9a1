//! Refused: a timer in a helper that is declared for entities.
//! Why: while an operation waits, the entity takes no other message.
//! Instead: `#[resumable(orchestration)]`, and do the waiting in an orchestration.

use undying::prelude::*;

#[resumable(orchestration, entity)]
async fn pause(n: u64) -> u64 {
    sleep(secs(n)).await; //~ in an entity's operation?
    n
}

fn main() {}

//! Refused: an event in a helper that is declared for entities.
//! Why: while an operation waits, the entity takes no other message.
//! Instead: make what the event brings an operation of the entity.

use undying::prelude::*;

#[resumable(orchestration, entity)]
async fn told() -> u64 {
    event::<u64>("number").await //~ in an entity's operation?
}

fn main() {}

//! Refused: a value whose type is not serialisable, across an `.await`.
//! Why: it must be saved with the instance.
//! Instead: derive `Serialize` and `Deserialize`, or end its life before the `.await`.

use undying::prelude::*;
use undying_ui_tests::shop::*;

struct Socket(u64);

#[orchestration]
async fn connected(n: u64) -> u64 {
    let socket = Socket(n); //~ has no `Serialize`
    add(n, 1).await + socket.0
}

fn main() {}

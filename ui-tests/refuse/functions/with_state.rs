//! Refused: `State(..)` in an orchestration.
//! Why: an orchestration may resume in another process; what it knows is saved, the state is not.
//! Instead: use the state in an `#[activity]`.

use undying::prelude::*;

#[derive(Clone)]
struct Pool;

#[orchestration]
async fn stored(n: u64, State(pool): State<Pool>) -> u64 { //~ belongs into an activity
    n
}

fn main() {}

//! Refused: beginning again in an operation of an entity.
//! Why: an entity never ends, so it has nothing to begin again.
//! Instead: change the state; or start an orchestration.

use undying::prelude::*;

#[orchestration]
async fn other(n: u64) -> u64 {
    n
}

#[entity]
#[derive(Default, Serialize, Deserialize)]
pub struct Account(u64);

#[entity]
impl Account {
    pub async fn again(&mut self) -> u64 {
        continue_as_new(other(self.0)).await //~ only an orchestration begins again
    }
}

fn main() {}

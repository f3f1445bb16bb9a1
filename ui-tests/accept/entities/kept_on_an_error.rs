//! Accepted: `#[entity(keep_on_error)]`, for operations that change the state and fail.
//! Why: an attempt that failed is something to remember here.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[entity(keep_on_error)]
#[derive(Default, Serialize, Deserialize)]
pub struct Door {
    attempts: u64,
}

#[entity]
impl Door {
    pub fn open(&mut self, code: u64) -> Result<u64, Declined> {
        self.attempts += 1;
        if code != 4711 {
            return Err(Declined::NoMoney);
        }
        Ok(self.attempts)
    }
}

#[orchestration]
async fn guess() -> Result<u64, Declined> {
    let door = Door::at("vault");
    door.open(1).await.ok();
    door.open(4711).await
}

pub fn main() {
    assert_eq!(run(guess()), Ok(2));
}

//! Accepted: an operation that deletes its entity.
//! Why: an entity always exists; from the end of the operation on it is as if it had never been used.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[entity]
#[derive(Default, Serialize, Deserialize)]
pub struct Session {
    pages: u64,
}

#[entity]
impl Session {
    pub fn visit(&mut self) -> u64 {
        self.pages += 1;
        self.pages
    }
    pub fn leave(&mut self, cx: &mut EntityContext) -> u64 {
        cx.delete();
        self.pages
    }
}

#[orchestration]
async fn surf() -> (u64, u64, u64) {
    let session = Session::at("anna");
    (session.visit().await, session.leave().await, session.visit().await)
}

pub fn main() {
    assert_eq!(run(surf()), (1, 1, 1));
}

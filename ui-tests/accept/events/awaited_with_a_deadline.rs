//! Accepted: `event::<T>(name)`: a named message from outside, awaited like anything else.
//! Why: events of one name are taken in order, an early one waits, and one not awaited any more stays.

use undying::prelude::*;
use undying_ui_tests::run;

#[orchestration]
async fn events_awaited_with_a_deadline() -> Option<bool> {
    timeout(days(3), event::<bool>("approval")).await.ok()
}

pub fn main() {
    assert_eq!(run(events_awaited_with_a_deadline()), None);
}

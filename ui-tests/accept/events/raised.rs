//! Accepted: `raise(id, name, value)`: an event for another instance, or for this one.
//! Why: it goes one way, takes no time, and arrives once, with the commit of the turn that raised it.

use undying::prelude::*;
use undying_ui_tests::run;

#[orchestration]
async fn events_raised(cx: &mut Context) -> Vec<u8> {
    let own = cx.instance_id().to_owned();
    for number in 1..=2u8 {
        raise(own.clone(), "number", number).await;
    }
    let (one, two) = join((event("number"), event("number"))).await;
    vec![one, two]
}

pub fn main() {
    assert_eq!(run(events_raised()), [1, 2]);
}

//! Refused: `engine.start(id, activity(..))`.
//! Why: only orchestrations have an identity from outside.
//! Instead: an orchestration that awaits the activity.

use undying::Engine;
use undying_ui_tests::shop::*;

async fn outside(engine: Engine) {
    let _ = engine.start("order-17", charge(7)).await; //~ an activity
}

fn main() {
    let _ = outside;
}

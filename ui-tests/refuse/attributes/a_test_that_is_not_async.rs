//! Refused: a test in the simulation that is not `async`.
//! Why: it awaits what the engine does, and the clock moves while it waits.
//! Instead: `async fn`; a plain `#[test]` for `crash_everywhere` and `Sim`.

#[undying::test]
fn an_order_is_shipped(engine: undying::Engine) { //~ not `async`
    drop(engine);
}

fn main() {}

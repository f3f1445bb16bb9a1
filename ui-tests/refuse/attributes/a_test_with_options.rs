//! Refused: options of a test in the simulation.
//! Why: what can be chosen is the engine's.
//! Instead: take a `Test`, which opens engines with options.

#[undying::test(shards = 2)] //~ no options
async fn an_order_is_shipped(engine: undying::Engine) {
    drop(engine);
}

fn main() {}

//! Accepted: a state chart with every kind of row.
//! Why: it says in one table what is done about which event in which state.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[derive(Serialize, Deserialize)]
pub struct Press;
#[derive(Serialize, Deserialize)]
pub struct Break;
#[derive(Serialize, Deserialize)]
pub struct Repair;

#[rsm]
pub struct Lamp { pressed: u64 }

#[rsm]
impl Lamp {
    chart! {
        pub enum LampState;
        start Off { exit => count, Press => goto On, Repair => ignore, }
        On { entry => glow, Press => goto Off, Break => push Broken, _ => ignore, }
        Broken { Press => defer, Repair => pop, default => dark, _ => halt, }
        always { Break => halt }
    }
    fn new() -> Self { Lamp { pressed: 0 } }
    fn count(&mut self) { self.pressed += 1; }
    fn glow(&mut self) {}
    fn dark(&mut self) -> Next<Self> { Next::pop() }
}

#[tokio::main]
pub async fn main() -> undying::Result<()> {
    let engine = Engine::builder().state(Rates { percent: 0 }).open_in_memory().await?;
    let lamp = Lamp::at("kitchen");
    engine.create(&lamp, ()).await?;
    engine.send(&lamp, &Press).await?;
    assert_eq!(engine.fields(&lamp).await?.map(|lamp| lamp.pressed), Some(1));
    engine.shutdown().await
}

//! Accepted: handlers that are run for several events, and `entry` handlers that look at what led there.
//! Why: `pub enum ScaleEvent;` names the enum of all events; at creation there is none.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[derive(Serialize, Deserialize)]
pub struct Put(u64);
#[derive(Serialize, Deserialize)]
pub struct Take(u64);

#[rsm]
pub struct Scale { load: u64, entered: Vec<String> }

#[rsm]
impl Scale {
    chart! {
        pub enum ScaleState;
        pub enum ScaleEvent;
        start Ready { entry => begin, Put => change, Take => change, _ => other }
    }
    fn new(load: u64) -> Self { Scale { load, entered: Vec::new() } }
    fn begin(&mut self, event: Option<ScaleEvent>) {
        let by = if event.is_none() { "its creation" } else { "an event" };
        self.entered.push(by.to_owned());
    }
    fn change(&mut self, event: ScaleEvent) -> Next<Self> {
        match event {
            ScaleEvent::Put(Put(load)) => self.load += load,
            ScaleEvent::Take(Take(load)) => self.load -= load,
            ScaleEvent::Halt(_) => {}
        }
        Next::goto(ScaleState::Ready)
    }
    fn other(&mut self, _event: ScaleEvent) -> Next<Self> { Next::halt() }
}

#[tokio::main]
pub async fn main() -> undying::Result<()> {
    let engine = Engine::builder().state(Rates { percent: 0 }).open_in_memory().await?;
    let scale = Scale::at("a");
    engine.create(&scale, 5).await?;
    engine.send(&scale, &Put(3)).await?;
    engine.send(&scale, &Take(1)).await?;
    let fields = engine.fields(&scale).await?;
    let fields = fields.map(|scale| (scale.load, scale.entered.join(", ")));
    assert_eq!(fields, Some((7, "its creation, an event, an event".to_owned())));
    engine.shutdown().await
}

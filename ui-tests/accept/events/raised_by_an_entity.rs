//! Accepted: an operation that raises an event, of an orchestration that is started later.
//! Why: an event waits for its instance; it does not leave if the operation fails.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[entity]
#[derive(Default, Serialize, Deserialize)]
pub struct GardenGate(u64);

#[entity]
impl GardenGate {
    pub fn press(&mut self, cx: &mut EntityContext, by: String) {
        self.0 += 1;
        cx.raise("visit", "rung", by);
    }
}

#[orchestration]
async fn events_visit() -> String { event::<String>("rung").await }

#[tokio::main]
pub async fn main() -> undying::Result<()> {
    let engine = Engine::builder().state(Rates { percent: 19 }).open_in_memory().await?;
    engine.call(GardenGate::at("front").press("Ada".to_owned())).await?;
    let visit = engine.start("visit", events_visit()).await?;
    assert_eq!(visit.result().await?, "Ada");
    engine.shutdown().await
}

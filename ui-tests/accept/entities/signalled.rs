//! Accepted: operations that are signalled: sent one way.
//! Why: nobody waits, so entities may do it too; what one caller sends to one entity arrives in order.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[entity]
#[derive(Default, Serialize, Deserialize)]
pub struct Level(u64);

#[entity]
impl Level {
    pub fn rise(&mut self, cx: &mut EntityContext, by: u64) {
        self.0 += by;
        if cx.key() != "total" {
            cx.signal(Level::at("total").rise(by));
        }
    }
    pub fn height(&self) -> u64 {
        self.0
    }
}

#[orchestration]
async fn flood(by: u64) -> u64 {
    Level::at("east").rise(by).signal().await;
    Level::at("east").rise(by).signal_after(minutes(5)).await;
    sleep(minutes(6)).await;
    Level::at("total").height().await
}

pub fn main() { assert_eq!(run(flood(3)), 6); }

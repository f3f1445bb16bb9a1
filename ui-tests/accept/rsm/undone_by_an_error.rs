//! Accepted: a handler that returns a `Result`.
//! Why: an `Err` undoes the event, with all that its handlers changed and sent; it is handled again later.

use std::sync::atomic::{AtomicBool, Ordering};

use undying::prelude::*;
use undying_ui_tests::shop::*;

static FAILED: AtomicBool = AtomicBool::new(false);

#[derive(Serialize, Deserialize)]
pub struct Add(u64);

#[rsm]
pub struct Sum { sum: u64 }

#[rsm]
impl Sum {
    chart! { pub enum SumState; start Adding { Add => add, Halt => halt } }
    fn new() -> Self { Sum { sum: 0 } }
    fn add(&mut self, Add(n): Add, cx: &mut Cx<Self>) -> Result<Next<Self>, String> {
        self.sum += n;
        cx.send(&cx.me(), Halt);
        match FAILED.swap(true, Ordering::Relaxed) {
            false => Err("the first attempt fails".to_owned()),
            true if self.sum == n => Ok(Next::stay()),
            true => Err("the first attempt was not undone".to_owned()),
        }
    }
}

#[tokio::main]
pub async fn main() -> undying::Result<()> {
    let engine = Engine::builder().state(Rates { percent: 0 }).open_in_memory().await?;
    engine.create(&Sum::at("a"), ()).await?;
    engine.send(&Sum::at("a"), &Add(7)).await?;
    engine.halted(&Sum::at("a")).await?;
    assert!(FAILED.load(Ordering::Relaxed));
    engine.shutdown().await
}

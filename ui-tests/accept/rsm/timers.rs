//! Accepted: timers by name, whose timeouts are events.
//! Why: they start and stop with the commit; a periodic one counts again when its timeout was handled.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[derive(Serialize, Deserialize)]
pub struct Ticks;
impl Question for Ticks {
    type Answer = u64;
}

#[rsm]
#[derive(Default)]
pub struct Clock { ticks: u64, asked: Vec<Reply<u64>> }

#[rsm]
impl Clock {
    chart! {
        pub enum ClockState;
        start Running { entry => begin, Timeout => tick, Ticks => asked }
        Stopped {}
    }
    fn new() -> Self { Clock::default() }
    fn begin(&mut self, cx: &mut Cx<Self>) {
        cx.start_timer("tick", every(millis(1)));
        cx.start_timer("never", once(days(9)));
    }
    fn asked(&mut self, asked: Asked<Ticks>) { self.asked.push(asked.reply_to); }
    fn tick(&mut self, Timeout { timer }: Timeout, cx: &mut Cx<Self>) -> Next<Self> {
        self.ticks += 1;
        if self.ticks < 3 || self.asked.is_empty() { return Next::stay() }
        cx.stop_timer(&timer);
        self.asked.drain(..).for_each(|asked| cx.reply(asked, self.ticks));
        Next::goto(ClockState::Stopped)
    }
}

#[tokio::main]
pub async fn main() -> undying::Result<()> {
    let engine = Engine::builder().state(Rates { percent: 0 }).open_in_memory().await?;
    engine.create(&Clock::at("a"), ()).await?;
    assert!(engine.ask(&Clock::at("a"), &Ticks).await? >= 3);
    engine.shutdown().await
}

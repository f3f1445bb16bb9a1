//! Accepted: machines that create others, know each other from the start, and send each other events.
//! Why: an address is given at once; who it is of exists when the turn is durable, and nothing overtakes its creation.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[derive(Serialize, Deserialize)]
pub struct Ping(RsmRef<Pinger>);
#[derive(Serialize, Deserialize)]
pub struct Pong;

#[rsm]
pub struct Pinger { pongs: u64 }

#[rsm]
impl Pinger {
    chart! {
        pub enum PingerState;
        start Playing { entry => serve, Pong => pong }
    }
    fn new() -> Self { Pinger { pongs: 0 } }
    fn serve(&mut self, cx: &mut Cx<Self>) {
        let (one, other) = (cx.create::<Ponger>(2), cx.promise::<Ponger>());
        cx.send(&one, Ping(cx.me()));
        cx.create_at(&other, 3);
        cx.send(&other, Ping(cx.me()));
    }
    fn pong(&mut self) -> Next<Self> {
        self.pongs += 1;
        if self.pongs == 5 { Next::halt() } else { Next::stay() }
    }
}

#[rsm]
pub struct Ponger { times: u64 }

#[rsm]
impl Ponger {
    chart! { pub enum PongerState; start Playing { Ping => ping } }
    fn new(times: u64) -> Self { Ponger { times } }
    fn ping(&mut self, Ping(to): Ping, cx: &mut Cx<Self>) -> Next<Self> {
        for _ in 0..self.times { cx.send(&to, Pong); }
        Next::halt()
    }
}

#[tokio::main]
pub async fn main() -> undying::Result<()> {
    let engine = Engine::builder().state(Rates { percent: 0 }).open_in_memory().await?;
    engine.create(&Pinger::at("a"), ()).await?;
    engine.halted(&Pinger::at("a")).await?;
    engine.shutdown().await
}

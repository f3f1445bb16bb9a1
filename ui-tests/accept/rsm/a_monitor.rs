//! Accepted: a monitor, which is told what others do and judges it.
//! Why: `assert` says what must never happen, `hot` what must not last for ever, or for so many events.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[derive(Serialize, Deserialize)]
pub struct Lent;
#[derive(Serialize, Deserialize)]
pub struct Returned;

#[monitor(temperature_max = 100)]
#[derive(Default)]
pub struct Lending { lent: u64 }

#[monitor]
impl Lending {
    chart! {
        pub enum LendingState;
        start cold Home { Lent => lent }
        hot Away { Lent => lent, Returned => returned }
    }
    fn lent(&mut self, cx: &mut Cx<Self>) -> Next<Self> {
        self.lent += 1;
        cx.assert(self.lent == 1, "it was lent twice");
        Next::goto(LendingState::Away)
    }
    fn returned(&mut self) -> Next<Self> {
        self.lent -= 1;
        Next::goto(LendingState::Home)
    }
}

#[rsm]
pub struct Book {}

#[rsm]
impl Book {
    chart! { pub enum BookState; start There { Lent => lend, Returned => back } }
    fn new() -> Self { Book {} }
    fn lend(&mut self, cx: &mut Cx<Self>) { cx.monitor::<Lending, _>(|| Lent); }
    fn back(&mut self, cx: &mut Cx<Self>) { cx.monitor::<Lending, _>(|| Returned); }
}

#[tokio::main]
pub async fn main() -> undying::Result<()> {
    let engine = Engine::builder().state(Rates { percent: 0 }).open_in_memory().await?;
    engine.create(&Book::at("ulysses"), ()).await?;
    engine.send(&Book::at("ulysses"), &Lent).await?;
    engine.send(&Book::at("ulysses"), &Returned).await?;
    assert!(engine.monitors().await?.iter().all(|monitor| monitor.violation.is_none()));
    engine.shutdown().await
}

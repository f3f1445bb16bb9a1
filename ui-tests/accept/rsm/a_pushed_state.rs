//! Accepted: a state on top of another one, which inherits what that does.
//! Why: what is common to several states is said once; `pop` goes back, without the `entry` of the state below.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[derive(Serialize, Deserialize)]
pub struct Call;
#[derive(Serialize, Deserialize)]
pub struct Done;
#[derive(Serialize, Deserialize)]
pub struct Ask;
impl Question for Ask {
    type Answer = String;
}

#[rsm]
#[derive(Default)]
pub struct Desk { said: String }

#[rsm]
impl Desk {
    chart! {
        pub enum DeskState;
        start Open { entry => opened, exit => closed, Call => push Busy, Ask => answer }
        Busy { entry => busy, Call => defer, Done => pop }
    }
    fn new() -> Self { Desk::default() }
    fn opened(&mut self) { self.said += "open "; }
    fn closed(&mut self) { self.said += "closed "; }
    fn busy(&mut self) { self.said += "busy "; }
    fn answer(&mut self, asked: Asked<Ask>, cx: &mut Cx<Self>) { cx.reply(asked.reply_to, self.said.clone()); }
}

#[tokio::main]
pub async fn main() -> undying::Result<()> {
    let engine = Engine::builder().state(Rates { percent: 0 }).open_in_memory().await?;
    let desk = Desk::at("front");
    engine.create(&desk, ()).await?;
    for _ in 0..2 { engine.send(&desk, &Call).await? }
    assert_eq!(engine.ask(&desk, &Ask).await?, "open busy ");
    engine.send(&desk, &Done).await?;
    assert_eq!(engine.ask(&desk, &Ask).await?, "open busy busy ");
    engine.shutdown().await
}

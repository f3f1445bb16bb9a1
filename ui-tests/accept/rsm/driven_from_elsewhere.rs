//! Accepted: machines that an orchestration creates, sends to and asks; in a critical section, and from an entity, too.
//! Why: creating and sending take no time; asking waits for the answer, or for the failure that there is none.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[derive(Serialize, Deserialize)]
pub struct Mark;
#[derive(Serialize, Deserialize)]
pub struct Marks;
impl Question for Marks {
    type Answer = u64;
}

#[rsm]
pub struct Tally { marks: u64 }

#[rsm]
impl Tally {
    chart! { pub enum TallyState; start Open { Mark => mark, Marks => marks } }
    fn new(marks: u64) -> Self { Tally { marks } }
    fn mark(&mut self) { self.marks += 1; }
    fn marks(&mut self, asked: Asked<Marks>, cx: &mut Cx<Self>) { cx.reply(asked.reply_to, self.marks); }
}

#[entity]
#[derive(Default, Serialize, Deserialize)]
pub struct Pen(Option<RsmRef<Tally>>);
#[entity]
impl Pen {
    pub async fn take(&mut self) -> RsmRef<Tally> {
        let tally = create::<Tally>(1).await;
        tally.send(Mark).await;
        self.0.insert(tally).clone()
    }
}

#[orchestration]
async fn tallied() -> Result<(u64, u64), Failure> {
    let own = create::<Tally>(7).at(Tally::at("own")).await;
    own.send(Mark).await;
    let of_the_pen = Pen::at("red").take().await;
    {
        let _pen = lock(Pen::at("red")).await;
        create::<Tally>(0).at(Tally::at("other")).await;
        of_the_pen.send(Mark).await;
    }
    Ok((own.ask(Marks).await?, of_the_pen.ask(Marks).await?))
}

#[tokio::main]
pub async fn main() -> undying::Result<()> {
    let engine = Engine::builder().state(Rates { percent: 0 }).open_in_memory().await?;
    let tallied = engine.start("tallied", tallied()).await?;
    assert_eq!(tallied.result().await?, Ok((8, 3)));
    engine.shutdown().await
}

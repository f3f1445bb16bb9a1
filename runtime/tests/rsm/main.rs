//! Reliable state machines on an engine: what `chart!` says is what happens.

#![allow(
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    reason = "the attributes make public items"
)]

mod creation;
mod failing;
mod lives;
mod mailbox;
mod monitors;
mod support;
mod talking;
mod timers;
mod transitions;

use undying::prelude::*;

#[derive(Serialize, Deserialize)]
pub struct Add(u64);
#[derive(Serialize, Deserialize)]
pub struct Lock;
#[derive(Serialize, Deserialize)]
pub struct Unlock;
#[derive(Serialize, Deserialize)]
pub struct HowMuch;
impl Question for HowMuch {
    type Answer = u64;
}
#[derive(Serialize, Deserialize)]
pub struct Where;
impl Question for Where {
    type Answer = SafeState;
}

#[rsm]
pub struct Safe {
    gold: u64,
    #[volatile]
    cache: u64,
}

#[rsm]
impl Safe {
    chart! {
        pub enum SafeState;
        start Open {
            Add     => add,
            Lock    => push Locked,
            HowMuch => how_much,
        }
        Locked {
            Add    => defer,
            Unlock => pop,
        }
        always {
            Where => place,
        }
    }

    fn new(gold: u64) -> Self {
        Safe { gold, cache: 0 }
    }

    #[activate]
    fn warm(&mut self) {
        self.cache = self.gold;
    }

    fn add(&mut self, event: Add) {
        self.gold += event.0;
        self.cache = self.gold;
    }

    fn how_much(&mut self, asked: Asked<HowMuch>, cx: &mut Cx<Self>) {
        assert_eq!(self.cache, self.gold, "the cache is made anew");
        cx.reply(asked.reply_to, self.gold);
    }

    fn place(&mut self, asked: Asked<Where>, cx: &mut Cx<Self>) {
        cx.reply(asked.reply_to, cx.state());
    }
}

#[tokio::test]
async fn a_machine_defers_what_it_does_not_take_yet() -> undying::Result<()> {
    let engine = Engine::open_in_memory().await?;
    let safe = Safe::at("main");
    engine.create(&safe, 5).await?;
    assert_eq!(engine.ask(&safe, &HowMuch).await?, 5);
    engine.send(&safe, &Lock).await?;
    engine.send(&safe, &Add(3)).await?;
    assert_eq!(engine.ask(&safe, &HowMuch).await?, 5);
    let status = engine.describe(safe.id()).await?.custom_status;
    assert_eq!(status.as_deref(), Some("Open > Locked"));
    engine.send(&safe, &Unlock).await?;
    assert_eq!(engine.ask(&safe, &HowMuch).await?, 8);
    assert_eq!(engine.fields(&safe).await?.map(|safe| safe.gold), Some(8));
    engine.send(&safe, &Halt).await?;
    engine.halted(&safe).await?;
    let sent = engine.send(&safe, &Add(1)).await;
    assert!(matches!(sent, Err(undying::Error::NotFound { .. })));
    engine.shutdown().await
}

#[tokio::test]
async fn a_machine_shows_its_fields_and_its_state_in_a_store_that_was_opened_again()
-> undying::Result<()> {
    let folder = tempfile::tempdir().expect("a folder");
    let store = folder.path().join("store");
    let safe = Safe::at("main");
    let engine = Engine::open(&store).await?;
    engine.create(&safe, 5).await?;
    engine.send(&safe, &Lock).await?;
    engine.shutdown().await?;
    let engine = Engine::open(&store).await?;
    assert_eq!(engine.fields(&safe).await?.map(|safe| safe.gold), Some(5));
    assert_eq!(engine.describe(safe.id()).await?.parked, None);
    assert_eq!(engine.ask(&safe, &Where).await?, SafeState::Locked);
    engine.shutdown().await
}

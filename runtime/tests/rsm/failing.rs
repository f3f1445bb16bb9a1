//! Handlers that fail: everything of their event is undone, and they are tried again (1.2 rows 11 to
//! 13, 1.5 FP-Abort).

use std::time::SystemTime;

use undying::prelude::*;

use crate::mailbox::{Line, Log, lines};
use crate::support::{World, events, note, noted};

events! { Tick Raised Idle }

/// How a handler fails.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub enum How {
    Panic,
    Error,
    /// In the handler of the event that it raises.
    Raised,
    /// In the entry action of the state that it goes to.
    Entry,
    /// Where it goes on after an activity.
    Resumed,
}

/// Fails so often.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Try(usize, How);

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TryAsync(usize);

#[derive(Debug, thiserror::Error, Serialize, Deserialize)]
pub enum Declined {
    #[error("not today: {0}")]
    NotToday(u64),
    #[error(transparent)]
    Failed(#[from] Failure),
}

#[activity]
async fn look(id: String) -> u64 {
    note(&format!("{id} looks"), "look".to_owned());
    1
}

#[entity]
#[derive(Debug, Default, Serialize, Deserialize)]
struct Jar {
    coins: u64,
}

#[entity]
impl Jar {
    pub fn put(&mut self) {
        self.coins += 1;
    }
}

/// Fails as it is told.
#[rsm]
pub struct Flaky {
    done: u64,
    children: Vec<RsmRef<Log>>,
    fails: usize,
    born: SystemTime,
    /// Always as `done`.
    #[volatile]
    shadow: u64,
}

#[rsm]
impl Flaky {
    chart! {
        pub enum FlakyState;
        start Ready {
            Try      => attempt,
            TryAsync => attempt_async,
            Raised   => raised,
            Tick     => tick,
            Timeout  => tick,
            Idle     => ignore,
        }
        Entered {
            entry    => entered,
            Tick     => tick,
            Timeout  => tick,
        }
    }
    fn new((): (), cx: &mut Cx<Self>) -> Self {
        let born = cx.now();
        Flaky {
            done: 0,
            children: vec![],
            fails: 0,
            born,
            shadow: 0,
        }
    }
    #[activate]
    fn warm(&mut self) {
        self.shadow = self.done;
    }
    /// Everything that is undone if it fails.
    fn work(&mut self, cx: &mut Cx<Self>) {
        assert_eq!(self.shadow, self.done, "the volatile field is made anew");
        self.done += 1;
        self.shadow += 1;
        let age = cx.now().duration_since(self.born).expect("time goes on");
        note(cx.me().id(), format!("{}", age.as_millis()));
        cx.send(&Log::at("log"), Line("done".to_owned()));
        self.children.push(cx.create::<Log>(()));
        cx.signal(Jar::at("jar").put());
        cx.start_timer("timer", once(hours(1)));
    }
    fn has_to_fail(&self, cx: &Cx<Self>) -> bool {
        noted(cx.me().id()).len() <= self.fails
    }
    fn attempt(&mut self, event: Try, cx: &mut Cx<Self>) -> Result<Next<Self>, String> {
        self.work(cx);
        self.fails = event.0;
        match event.1 {
            How::Panic if self.has_to_fail(cx) => panic!("a turn that panics"),
            How::Error if self.has_to_fail(cx) => Err("not today".to_owned()),
            How::Raised => Ok(Next::raise(Raised)),
            How::Entry => Ok(Next::goto(FlakyState::Entered)),
            _ => Ok(Next::stay()),
        }
    }
    fn raised(&mut self, cx: &mut Cx<Self>) {
        assert!(!self.has_to_fail(cx), "a turn that panics");
    }
    fn entered(&mut self, cx: &mut Cx<Self>) {
        assert!(!self.has_to_fail(cx), "a turn that panics");
    }
    async fn attempt_async(&mut self, event: TryAsync, cx: &mut Cx<Self>) -> Result<(), Declined> {
        let seen = look(cx.me().id().to_owned()).await;
        self.work(cx);
        self.fails = event.0;
        match self.has_to_fail(cx) {
            true => Err(Declined::NotToday(seen)),
            false => Ok(()),
        }
    }
    fn tick(&mut self, cx: &mut Cx<Self>) {
        cx.send(&Log::at("log"), Line("tick".to_owned()));
    }
}

async fn flaky(world: &World, name: &str) -> RsmRef<Flaky> {
    world.create(&Log::at("log"), ()).await;
    let flaky = Flaky::at(name);
    world.create(&flaky, ()).await;
    flaky
}

async fn tell<E: Persist>(world: &World, flaky: &RsmRef<Flaky>, event: E)
where
    Flaky: undying::Takes<E>,
{
    let sent = world.engine.send(flaky, &event).await;
    sent.expect("it is sent");
    world.settle().await;
}

/// How much there is of what one try does.
async fn traces(world: &World, flaky: &RsmRef<Flaky>) -> (u64, usize, u64, usize) {
    let fields = world.fields(flaky).await;
    let jar = world.engine.state::<Jar>("jar").await.expect("it is read");
    let mut children = 0;
    for page in world
        .engine
        .list(Default::default())
        .await
        .expect("a page")
        .instances
    {
        children += usize::from(page.id.starts_with("#Log##"));
    }
    let told = lines(world).await.len();
    assert_eq!(children, fields.children.len());
    (fields.done, children, jar.unwrap_or_default().coins, told)
}

#[tokio::test]
async fn a_handler_that_fails_is_undone_with_all_it_did_and_tried_again_after_growing_pauses() {
    for how in [How::Panic, How::Error, How::Raised, How::Entry] {
        for (n, world) in World::each().await.into_iter().enumerate() {
            let name = format!("{how:?} {n}");
            let flaky = flaky(&world, &name).await;
            tell(&world, &flaky, Try(2, how)).await;
            tell(&world, &flaky, Tick).await;
            assert_eq!(traces(&world, &flaky).await, (0, 0, 0, 0), "{how:?}");
            world.clock.advance(millis(100)).await;
            assert_eq!(traces(&world, &flaky).await, (0, 0, 0, 0), "{how:?}");
            world.clock.advance(millis(200)).await;
            // It is done, and what waited meanwhile came after it.
            assert_eq!(traces(&world, &flaky).await, (1, 1, 1, 2), "{how:?}");
            assert_eq!(lines(&world).await, ["done", "tick"]);
            let tries = noted(flaky.id());
            assert_eq!(tries, ["0", "100", "300"], "{how:?}");
            world.clock.advance(hours(1)).await;
            assert_eq!(lines(&world).await, ["done", "tick", "tick"], "one timer");
        }
    }
}

#[tokio::test]
async fn what_fails_too_often_is_parked_and_goes_on_after_a_retry() {
    for (how, said) in [
        (How::Panic, "a turn that panics"),
        (How::Error, "not today"),
    ] {
        let world = World::new().await;
        let flaky = flaky(&world, &format!("often {how:?}")).await;
        tell(&world, &flaky, Try(4, how)).await;
        tell(&world, &flaky, Tick).await;
        world.clock.advance(hours(1)).await;
        let why = world.parked(&flaky).await.to_string();
        assert!(why.contains(said), "{why}");
        assert_eq!(noted(flaky.id()).len(), 3);
        assert_eq!(traces(&world, &flaky).await, (0, 0, 0, 0));

        let world = world.killed().await;
        let why = world.parked(&flaky).await.to_string();
        assert!(why.contains(said), "{why}");
        world.engine.retry(flaky.id()).await.expect("it goes on");
        world.clock.advance(minutes(1)).await;
        assert_eq!(traces(&world, &flaky).await, (1, 1, 1, 2));
        assert_eq!(lines(&world).await, ["done", "tick"]);
    }
}

#[tokio::test]
async fn a_machine_whose_creation_fails_is_tried_again_too() {
    let world = World::new().await;
    let fragile = Fragile::at("it");
    world.create(&fragile, ()).await;
    world.clock.advance(secs(10)).await;
    assert_eq!(world.fields(&fragile).await.born, 1);
    assert_eq!(noted(fragile.id()).len(), 3);
}

/// Its entry action fails twice.
#[rsm]
pub struct Fragile {
    born: u64,
}

#[rsm]
impl Fragile {
    chart! {
        pub enum FragileState;
        start Born {
            entry => born,
        }
    }
    fn new() -> Self {
        Fragile { born: 0 }
    }
    fn born(&mut self, cx: &mut Cx<Self>) {
        self.born += 1;
        note(cx.me().id(), "born".to_owned());
        assert!(noted(cx.me().id()).len() > 2, "a turn that panics");
    }
}

#[tokio::test]
async fn an_async_handler_that_fails_goes_back_to_where_it_waited_last() {
    let world = World::new().await;
    let flaky = flaky(&world, "async").await;
    tell(&world, &flaky, TryAsync(2)).await;
    tell(&world, &flaky, Tick).await;
    world.clock.advance(secs(1)).await;
    assert_eq!(traces(&world, &flaky).await, (1, 1, 1, 2));
    assert_eq!(lines(&world).await, ["done", "tick"]);
    assert_eq!(noted(flaky.id()).len(), 3);
    let looks = noted(&format!("{} looks", flaky.id()));
    assert_eq!(looks.len(), 1, "the activity is not done again");
}

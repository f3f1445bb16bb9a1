//! Creation: addresses first, events right after it, and what becomes of those to nobody (1.2 rows
//! 15 to 20, 1.3 rules 8 and 10).

use std::collections::BTreeSet;

use undying::Error;
use undying::prelude::*;

use crate::support::{World, events, rewritten, signs};

events! { Bear Promise Keep Couple Twice Adopt Greet Meet Misname }

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Word(pub String);

fn word(word: &str) -> Word {
    Word(word.to_owned())
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Birth {
    name: String,
    friend: Option<RsmRef<Child>>,
}

fn birth(name: &str) -> Birth {
    let (name, friend) = (name.to_owned(), None);
    Birth { name, friend }
}

/// Writes down what it hears.
#[rsm]
pub struct Child {
    name: String,
    friend: Option<RsmRef<Child>>,
    log: Vec<String>,
}

#[rsm]
impl Child {
    chart! {
        pub enum ChildState;
        start Alive {
            entry => born,
            Word  => word,
            Meet  => meet,
        }
    }
    fn new(birth: Birth) -> Self {
        let Birth { name, friend } = birth;
        let log = vec![];
        Child { name, friend, log }
    }
    fn born(&mut self) {
        self.log.push(format!("born {}", self.name));
    }
    fn word(&mut self, word: Word) {
        self.log.push(word.0);
    }
    fn meet(&mut self, cx: &mut Cx<Self>) {
        if let Some(friend) = &self.friend {
            cx.send(friend, Word(format!("{} says hello", self.name)));
        }
    }
}

/// Creates children.
#[rsm]
pub struct Family {
    children: BTreeSet<RsmRef<Child>>,
    promised: Option<RsmRef<Child>>,
}

#[rsm]
impl Family {
    chart! {
        pub enum FamilyState;
        start Home {
            Bear    => bear,
            Promise => promise,
            Keep    => keep,
            Couple  => couple,
            Twice   => twice,
            Adopt   => adopt,
            Greet   => greet,
            Misname => misname,
        }
    }
    fn new() -> Self {
        Family {
            children: BTreeSet::new(),
            promised: None,
        }
    }
    fn bear(&mut self, cx: &mut Cx<Self>) {
        let child = cx.create::<Child>(birth("a"));
        for n in 1..=3 {
            cx.send(&child, Word(format!("{n}")));
        }
        self.children.insert(child);
    }
    fn misname(&mut self, cx: &mut Cx<Self>) {
        cx.create_at(&Child::at("a".repeat(600)), birth("a"));
    }
    fn promise(&mut self, cx: &mut Cx<Self>) {
        let child = cx.promise::<Child>();
        cx.send(&child, word("before it was born"));
        self.promised = Some(child);
    }
    fn keep(&mut self, cx: &mut Cx<Self>) {
        if let Some(child) = self.promised.take() {
            cx.create_at(&child, birth("b"));
            cx.send(&child, word("after it was born"));
            self.children.insert(child);
        }
    }
    fn couple(&mut self, cx: &mut Cx<Self>) {
        let (one, other) = (cx.promise::<Child>(), cx.promise::<Child>());
        for (me, name, friend) in [(&one, "one", &other), (&other, "other", &one)] {
            let (name, friend) = (name.to_owned(), Some(friend.clone()));
            cx.create_at(me, Birth { name, friend });
            cx.send(me, Meet);
        }
        self.children.extend([one, other]);
    }
    fn twice(&mut self, cx: &mut Cx<Self>) {
        for name in ["first", "second"] {
            cx.create_at(&Child::at("it"), birth(name));
        }
    }
    fn adopt(&mut self, cx: &mut Cx<Self>) {
        cx.send(&Child::at("it"), word("you are adopted"));
    }
    fn greet(&mut self, cx: &mut Cx<Self>) {
        for child in &self.children {
            cx.send(child, word("good morning"));
        }
    }
}

signs! { send to Family: Bear Promise Keep Couple Twice Adopt Greet }

async fn family(world: &World, events: &str) -> RsmRef<Family> {
    let family = Family::at("it");
    world.create(&family, ()).await;
    for event in events.split(' ') {
        send(world, &family, event).await;
    }
    family
}

/// What the children have written down.
async fn logs(world: &World, family: &RsmRef<Family>) -> Vec<Vec<String>> {
    let mut logs = Vec::new();
    for child in world.fields(family).await.children {
        logs.push(world.fields(&child).await.log);
    }
    logs
}

#[tokio::test]
async fn what_is_sent_right_after_creation_is_handled_in_order_after_the_entry_action() {
    let world = World::new().await;
    let family = family(&world, "Bear").await;
    assert_eq!(logs(&world, &family).await, [["born a", "1", "2", "3"]]);
}

#[tokio::test]
async fn what_is_sent_to_a_promised_machine_waits_for_its_creation() {
    for world in World::each().await {
        let family = family(&world, "Promise").await;
        let world = world.killed().await;
        send(&world, &family, "Keep").await;
        let log = ["born b", "before it was born", "after it was born"];
        assert_eq!(logs(&world, &family).await, [log]);
    }
}

#[tokio::test]
async fn two_machines_can_know_each_other_from_the_start() {
    let world = World::new().await;
    let family = family(&world, "Couple").await;
    let expected = [
        ["born one", "other says hello"],
        ["born other", "one says hello"],
    ];
    assert_eq!(logs(&world, &family).await, expected);
}

#[tokio::test]
async fn creating_a_machine_that_is_there_does_nothing() {
    let world = World::new().await;
    family(&world, "Twice Twice").await;
    world.create(&Child::at("it"), birth("third")).await;
    let child = world.fields(&Child::at("it")).await;
    assert_eq!((child.name.as_str(), child.log.len()), ("first", 1));
}

#[tokio::test]
async fn addresses_are_distinct_comparable_storable_and_never_given_again() {
    for world in World::each().await {
        let family = family(&world, "Bear Bear").await;
        let before = world.fields(&family).await.children;
        assert_eq!(rewritten(&before), before);
        for child in &before {
            world.engine.send(child, &Halt).await.expect("it is sent");
        }
        world.settle().await;
        let world = world.killed().await;
        send(&world, &family, "Bear").await;
        let after = world.fields(&family).await.children;
        assert_eq!((before.len(), after.len()), (2, 3));
        for child in &after {
            assert_eq!(world.is_gone(child).await, before.contains(child));
        }
    }
}

#[tokio::test]
async fn an_address_that_was_stored_is_good_in_later_lives() {
    for world in World::each().await {
        let family = family(&world, "Bear").await;
        let world = world.killed().await;
        send(&world, &family, "Greet").await;
        let log = ["born a", "1", "2", "3", "good morning"];
        assert_eq!(logs(&world, &family).await, [log]);
    }
}

#[tokio::test]
async fn what_is_sent_to_a_name_waits_a_day_for_its_creation_and_is_then_dropped() {
    for (wait, log) in [
        (hours(23), &["born it", "you are adopted"][..]),
        (hours(49), &["born it"]),
    ] {
        let world = World::new().await;
        family(&world, "Adopt").await;
        world.clock.advance(wait).await;
        world.create(&Child::at("it"), birth("it")).await;
        assert_eq!(world.fields(&Child::at("it")).await.log, log);
    }
}

#[tokio::test]
async fn a_client_is_told_that_there_is_no_such_machine() {
    let world = World::new().await;
    let sent = world.engine.send(&Child::at("nobody"), &Meet).await;
    assert!(matches!(sent, Err(Error::NotFound { .. })), "{sent:?}");
}

#[tokio::test]
async fn a_halted_machine_is_not_raised_by_what_is_sent_to_it() {
    let world = World::new().await;
    let family = family(&world, "Bear Couple").await;
    for child in world.fields(&family).await.children {
        world.engine.send(&child, &Halt).await.expect("it is sent");
    }
    world.settle().await;
    send(&world, &family, "Greet").await;
    world.clock.advance(days(3)).await;
    for child in world.fields(&family).await.children {
        assert!(world.is_gone(&child).await);
    }
}

#[tokio::test]
async fn a_machine_whose_name_is_too_long_is_not_created_and_who_asks_for_it_is_parked() {
    let world = World::new().await;
    let family = Family::at("it");
    world.create(&family, ()).await;
    world
        .engine
        .send(&family, &Misname)
        .await
        .expect("it is sent");
    world.settle().await;
    let why = world.parked(&family).await.to_string();
    assert!(why.contains("more than 512"), "{why}");
    assert!(world.is_gone(&Child::at("a".repeat(600))).await);
}

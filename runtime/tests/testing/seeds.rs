//! `Sim`: the same seed is the same run, and other seeds are other ones.

use std::collections::BTreeSet;
use std::panic::catch_unwind;
use std::sync::Mutex;

use undying::prelude::*;
use undying::testing::{Explored, Scenario, Sim};

#[entity]
#[derive(Default, Serialize, Deserialize)]
struct Account(i64);

#[entity]
impl Account {
    pub fn add(&mut self, amount: i64) -> i64 {
        self.0 += amount;
        self.0
    }
}

#[activity]
async fn audit(amount: i64) -> i64 {
    amount
}

#[orchestration]
async fn transfer(from: String, to: String, amount: i64) -> i64 {
    let audited = audit(amount).await;
    let (from, to) = lock((Account::at(from), Account::at(to))).await;
    from.add(-audited).await;
    to.add(audited).await;
    audited
}

async fn bank(engine: Engine) -> undying::Result<(i64, i64)> {
    let names = ["ann", "bob", "cid"];
    let mut transfers = Vec::new();
    for n in 0..4_usize {
        let (from, to) = (names[n % 3].to_owned(), names[(n + 1) % 3].to_owned());
        transfers.push(engine.start(format!("t{n}"), transfer(from, to, 5)).await?);
    }
    let mut moved = 0;
    for transfer in transfers {
        moved += transfer.result().await?;
    }
    let mut sum = 0;
    for name in names {
        sum += engine.state::<Account>(name).await?.map_or(0, |it| it.0);
    }
    Ok((moved, sum))
}

fn explore(seeds: u64) -> Explored {
    Sim::new(|| bank).seeds(seeds).run()
}

#[test]
fn the_same_seeds_are_the_same_runs_step_by_step() {
    let (first, second) = (explore(20), explore(20));
    assert_eq!(first, second);
    assert!(first.crashes > 5, "{first}");
    assert_ne!(first.trace, explore(21).trace);
}

thread_local! { static ORDERS: Mutex<BTreeSet<String>> = const { Mutex::new(BTreeSet::new()) }; }

#[orchestration]
async fn racer(name: String) -> String {
    audit(1).await;
    name
}

async fn race_of_two(engine: Engine) -> undying::Result<()> {
    let a = engine.start("a", racer("a".to_owned())).await?;
    let b = engine.start("b", racer("b".to_owned())).await?;
    let first = tokio::select! {
        biased;
        a = a.result() => a?,
        b = b.result() => b?,
    };
    ORDERS.with(|orders| orders.lock().unwrap().insert(first));
    Ok(())
}

#[test]
fn other_seeds_are_other_orders() {
    Sim::new(|| race_of_two).seeds(40).crashes(0).run();
    let orders = ORDERS.with(|orders| orders.lock().unwrap().clone());
    assert_eq!(orders, BTreeSet::from(["a".to_owned(), "b".to_owned()]));
}

// What monitors say.

#[derive(Serialize, Deserialize)]
struct Lend;
#[derive(Serialize, Deserialize)]
struct GiveBack;
#[derive(Serialize, Deserialize)]
struct Lent;
#[derive(Serialize, Deserialize)]
struct Back;

#[rsm]
struct Shelf {
    books: u32,
    forgets: bool,
}

#[rsm]
impl Shelf {
    chart! {
        enum ShelfState;
        start Open {
            Lend     => lend,
            GiveBack => give_back,
        }
    }

    fn new(forgets: bool) -> Self {
        Shelf { books: 1, forgets }
    }

    fn lend(&mut self, cx: &mut Cx<Self>) {
        self.books = self.books.saturating_sub(1);
        cx.monitor::<Lending, _>(|| Lent);
    }

    fn give_back(&mut self, cx: &mut Cx<Self>) {
        self.books += 1;
        if !self.forgets {
            cx.monitor::<Lending, _>(|| Back);
        }
    }
}

/// What is lent comes back, and is not lent twice.
#[monitor]
#[derive(Default)]
struct Lending;

#[monitor]
impl Lending {
    chart! {
        enum LendingState;
        start cold Home {
            Lent => goto Away,
            Back => ignore,
        }
        hot Away {
            Back => goto Home,
            Lent => twice,
        }
    }

    fn twice(&mut self, cx: &mut Cx<Self>) {
        cx.assert(false, "the only book is lent twice");
    }
}

struct Library {
    forgets: bool,
    lends: u32,
}

impl Scenario for Library {
    type Outcome = ();

    async fn run(&self, engine: Engine) -> undying::Result<()> {
        let shelf = RsmRef::<Shelf>::named("main");
        engine.create(&shelf, self.forgets).await?;
        for n in 0..self.lends {
            engine
                .send(&shelf, &Lend)
                .idempotency_key(format!("lend-{n}"))
                .await?;
        }
        engine
            .send(&shelf, &GiveBack)
            .idempotency_key("back")
            .await?;
        Ok(())
    }
}

fn message_of(forgets: bool, lends: u32) -> String {
    let ended = catch_unwind(|| {
        Sim::new(|| Library { forgets, lends }).seeds(20).run();
    });
    *ended.unwrap_err().downcast::<String>().unwrap()
}

#[test]
fn monitors_that_are_satisfied_let_a_run_be() {
    let explored = Sim::new(|| Library {
        forgets: false,
        lends: 1,
    })
    .seeds(20)
    .run();
    assert_eq!(explored.runs, 20);
}

#[test]
fn a_monitor_that_stays_hot_fails_the_run() {
    let message = message_of(true, 1);
    assert!(
        message.contains("the monitor Lending is hot, in Away"),
        "{message}"
    );
}

#[test]
fn a_monitor_that_is_violated_fails_the_run_with_its_words() {
    let message = message_of(false, 2);
    assert!(message.contains("the only book is lent twice"), "{message}");
}

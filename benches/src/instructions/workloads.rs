//! The workloads whose instructions are counted.

use anyhow::{Result, bail};
use tokio::task::JoinSet;
use undying::prelude::*;
use undying::testing;

/// One of them.
#[derive(Debug)]
pub(crate) struct Workload {
    /// Its name.
    pub(crate) name: &'static str,
    /// What one unit is.
    pub(crate) unit: &'static str,
    /// How many units are counted.
    pub(crate) units: u64,
}

const fn workload(name: &'static str, unit: &'static str, units: u64) -> Workload {
    Workload { name, unit, units }
}

/// All of them.
pub(crate) const WORKLOADS: &[Workload] = &[
    workload("hello-3", "per orchestration", 200),
    workload("steps", "per step", 500),
    workload("fan-out", "per activity", 1_000),
    workload("children", "per child", 200),
    workload("timers", "per timer", 500),
    workload("signals", "per signal", 1_000),
    workload("calls", "per call", 500),
    workload("transfers", "per transfer", 100),
    workload("messages", "per message", 2_000),
    workload("keyed-signals", "per signal", 1_000),
    workload("keyed-calls", "per call", 1_000),
];

#[activity]
async fn greet(city: String) -> String {
    format!("Hello {city}!")
}

#[orchestration]
async fn hello() -> String {
    let tokyo = greet("Tokyo".to_owned()).await;
    let seattle = greet("Seattle".to_owned()).await;
    let london = greet("London".to_owned()).await;
    format!("{tokyo} {seattle} {london}")
}

#[activity]
async fn next(step: u64) -> u64 {
    step + 1
}

#[orchestration]
async fn steps(count: u64) -> u64 {
    let mut step = 0;
    while step < count {
        step = next(step).await;
    }
    step
}

#[orchestration]
async fn fan_out(count: u64) -> u64 {
    let mut calls = Vec::new();
    for n in 0..count {
        calls.push(next(n));
    }
    join_all(calls).await.into_iter().sum()
}

#[orchestration]
async fn child(n: u64) -> u64 {
    n
}

#[orchestration]
async fn children(count: u64) -> u64 {
    let mut sum = 0;
    for n in 0..count {
        sum += child(n).await;
    }
    sum
}

#[orchestration]
async fn timers(count: u64) {
    for _ in 0..count {
        sleep(millis(1)).await;
    }
}

#[entity]
#[derive(Default, Serialize, Deserialize)]
struct Account {
    balance: i64,
}

#[entity]
impl Account {
    pub fn add(&mut self, amount: i64) -> i64 {
        self.balance += amount;
        self.balance
    }
}

#[orchestration]
async fn signals(count: u64) {
    for n in 0..count {
        Account::at("a").add(1).signal().await;
        if n % 64 == 63 {
            Account::at("a").add(0).await;
        }
    }
}

#[orchestration]
async fn calls(count: u64) -> i64 {
    let mut balance = 0;
    for _ in 0..count {
        balance = Account::at("a").add(1).await;
    }
    balance
}

#[orchestration]
async fn transfers(count: u64) {
    for _ in 0..count {
        let (from, to) = lock((Account::at("a"), Account::at("b"))).await;
        from.add(-1).await;
        to.add(1).await;
    }
}

/// A ball on its way, to be returned so many times.
#[derive(Serialize, Deserialize)]
struct Ball {
    left: u64,
    from: RsmRef<Player>,
}

/// Asks who has the ball at the end.
#[derive(Serialize, Deserialize)]
struct WhenOver;
impl Question for WhenOver {
    type Answer = ();
}

#[rsm]
struct Player {}

#[rsm]
impl Player {
    chart! {
        enum PlayerState;
        start Playing {
            Ball     => give_back,
            WhenOver => defer,
        }
        Over {
            WhenOver => answer,
        }
    }

    fn new() -> Self {
        Player {}
    }

    fn give_back(&mut self, ball: Ball, cx: &mut Cx<Self>) -> Next<Self> {
        if ball.left == 0 {
            return Next::goto(PlayerState::Over);
        }
        let (left, from) = (ball.left - 1, cx.me());
        cx.send(&ball.from, Ball { left, from });
        Next::stay()
    }

    fn answer(&mut self, asked: Asked<WhenOver>, cx: &mut Cx<Self>) {
        cx.reply(asked.reply_to, ());
    }
}

/// Does so many units of one.
///
/// # Errors
/// There is none of this name, or the engine fails.
pub(crate) fn work(name: &str, units: u64) -> Result<()> {
    testing::run(async |test| {
        let engine = test.open(Engine::builder()).await?;
        match name {
            "hello-3" => hellos(&engine, units).await?,
            "steps" => drop(engine.start("1", steps(units)).await?.result().await?),
            "fan-out" => drop(engine.start("1", fan_out(units)).await?.result().await?),
            "children" => drop(engine.start("1", children(units)).await?.result().await?),
            "timers" => engine.start("1", timers(units)).await?.result().await?,
            "signals" => engine.start("1", signals(units)).await?.result().await?,
            "calls" => drop(engine.start("1", calls(units)).await?.result().await?),
            "transfers" => engine.start("1", transfers(units)).await?.result().await?,
            "messages" => messages(&engine, units).await?,
            "keyed-signals" => keyed_signals(&engine, units).await?,
            "keyed-calls" => keyed_calls(&engine, units).await?,
            _ => bail!("there is no workload {name}"),
        }
        engine.shutdown().await?;
        Ok(())
    })
}

/// Some at a time.
async fn hellos(engine: &Engine, count: u64) -> Result<()> {
    const IN_FLIGHT: u64 = 20;
    for batch in 0..count / IN_FLIGHT {
        let mut begun = Vec::new();
        for n in 0..IN_FLIGHT {
            begun.push(engine.start(format!("hello-{batch}-{n}"), hello()).await?);
        }
        for one in begun {
            one.result().await?;
        }
    }
    Ok(())
}

/// How many requests of clients are under way together.
const REQUESTS: u64 = 50;

/// Of one entity, each with an idempotency key.
async fn keyed_signals(engine: &Engine, count: u64) -> Result<()> {
    for batch in 0..count / REQUESTS {
        let mut begun = JoinSet::new();
        for n in 0..REQUESTS {
            let signal = engine.signal(Account::at("a").add(1));
            begun.spawn(signal.idempotency_key(format!("{batch}-{n}")));
        }
        while let Some(done) = begun.join_next().await {
            done??;
        }
    }
    Ok(())
}

/// Of as many entities as there are requests under way, each with an idempotency key.
async fn keyed_calls(engine: &Engine, count: u64) -> Result<()> {
    for batch in 0..count / REQUESTS {
        let mut begun = JoinSet::new();
        for n in 0..REQUESTS {
            let call = engine.call(Account::at(n.to_string()).add(1));
            begun.spawn(call.idempotency_key(format!("{batch}-{n}")));
        }
        while let Some(done) = begun.join_next().await {
            done??;
        }
    }
    Ok(())
}

/// Two machines, one ball: whoever gets it with nothing left is the second, for the count is even.
async fn messages(engine: &Engine, count: u64) -> Result<()> {
    let (one, two) = (Player::at("one"), Player::at("two"));
    engine.create(&one, ()).await?;
    engine.create(&two, ()).await?;
    let (left, from) = (count, one);
    engine.send(&two, &Ball { left, from }).await?;
    engine.ask(&two, &WhenOver).await?;
    Ok(())
}

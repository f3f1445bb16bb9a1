//! A machine that gives work to many others, and begins anew when all of them have answered.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Instant;

use anyhow::Result;
use undying::prelude::*;

use super::Setting;
use crate::row::Row;

/// Whether the time is over.
static OVER: AtomicBool = AtomicBool::new(false);

#[derive(Debug, Serialize, Deserialize)]
struct Work {
    from: RsmRef<Hub>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Done;

/// Answered with the rounds that were done.
#[derive(Debug, Serialize, Deserialize)]
struct Rounds;
impl Question for Rounds {
    type Answer = u64;
}

#[rsm]
#[derive(Debug)]
struct Hub {
    leaves: Vec<RsmRef<Leaf>>,
    done: u64,
    rounds: u64,
}

#[rsm]
impl Hub {
    chart! {
        enum HubState;
        start Busy {
            entry  => give,
            Done   => done,
            Rounds => defer,
        }
        Over {
            Rounds => answer,
        }
    }

    fn new(leaves: u64, cx: &mut Cx<Self>) -> Self {
        Hub {
            leaves: (0..leaves).map(|_| cx.create::<Leaf>(())).collect(),
            done: 0,
            rounds: 0,
        }
    }

    fn give(&mut self, cx: &mut Cx<Self>) {
        for leaf in &self.leaves {
            let from = cx.me();
            cx.send(leaf, Work { from });
        }
    }

    fn done(&mut self, cx: &mut Cx<Self>) -> Next<Self> {
        self.done += 1;
        if self.done < self.leaves.len() as u64 {
            return Next::stay();
        }
        self.done = 0;
        self.rounds += 1;
        if OVER.load(Relaxed) {
            return Next::goto(HubState::Over);
        }
        self.give(cx);
        Next::stay()
    }

    fn answer(&mut self, asked: Asked<Rounds>, cx: &mut Cx<Self>) {
        cx.reply(asked.reply_to, self.rounds);
    }
}

#[rsm]
#[derive(Debug)]
struct Leaf {}

#[rsm]
impl Leaf {
    chart! {
        enum LeafState;
        start Ready {
            Work => work,
        }
    }

    fn new() -> Self {
        Leaf {}
    }

    fn work(&mut self, work: Work, cx: &mut Cx<Self>) {
        cx.send(&work.from, Done);
    }
}

/// So many machines that are given work.
pub(crate) async fn run(setting: &Setting, leaves: u64) -> Result<Vec<Row>> {
    let subject = setting.open(super::builder()).await?;
    let engine = subject.engine.clone();
    let started = Instant::now();
    let hub = Hub::at("hub");
    engine.create(&hub, leaves).await?;
    let rounds = tokio::spawn(async move { engine.ask(&hub, &Rounds).await });
    tokio::time::sleep(setting.time).await;
    OVER.store(true, Relaxed);
    let rounds = rounds.await??;
    let took = started.elapsed();
    subject.close().await?;
    Ok(vec![setting.row("").rate(2 * leaves * rounds, took)])
}

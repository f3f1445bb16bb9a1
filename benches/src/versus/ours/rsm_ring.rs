//! A ring of machines, round which some messages go until they are taken out.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use undying::prelude::*;

use super::Setting;
use crate::row::Row;

/// Whether the time is over.
static OVER: AtomicBool = AtomicBool::new(false);
/// How many messages were taken out.
static TAKEN: AtomicU64 = AtomicU64::new(0);
/// How long the last message may take to its next machine when the time is over.
const GRACE: Duration = Duration::from_secs(30);

#[derive(Debug, Serialize, Deserialize)]
struct Token;

/// Answered with how often a token was here.
#[derive(Debug, Serialize, Deserialize)]
struct Passed;
impl Question for Passed {
    type Answer = u64;
}

/// Which node it is, and of how many.
#[derive(Debug, Serialize, Deserialize)]
struct Place(u64, u64);

#[rsm]
#[derive(Debug)]
struct Node {
    next: RsmRef<Node>,
    passed: u64,
}

#[rsm]
impl Node {
    chart! {
        enum NodeState;
        start Ready {
            Token  => pass,
            Passed => answer,
        }
    }

    fn new(place: Place) -> Self {
        let Place(me, of) = place;
        Node {
            next: Node::at((me + 1) % of),
            passed: 0,
        }
    }

    fn pass(&mut self, cx: &mut Cx<Self>) {
        self.passed += 1;
        if OVER.load(Relaxed) {
            TAKEN.fetch_add(1, Relaxed);
        } else {
            cx.send(&self.next, Token);
        }
    }

    fn answer(&mut self, asked: Asked<Passed>, cx: &mut Cx<Self>) {
        cx.reply(asked.reply_to, self.passed);
    }
}

/// So many machines, and so many messages alive.
pub(crate) async fn run(setting: &Setting, machines: u64, alive: u64) -> Result<Vec<Row>> {
    let subject = setting.open(super::builder()).await?;
    let engine = &subject.engine;
    for me in 0..machines {
        engine.create(&Node::at(me), Place(me, machines)).await?;
    }
    let started = Instant::now();
    // All at once: the ring turns as soon as the first has come.
    let sent = (0..alive).map(|token| engine.send(&Node::at(token * machines / alive), &Token));
    let sent: Vec<_> = sent.map(tokio::spawn).collect();
    for sent in sent {
        sent.await??;
    }
    tokio::time::sleep(setting.time).await;
    OVER.store(true, Relaxed);
    let over = Instant::now();
    while TAKEN.load(Relaxed) < alive {
        let taken = TAKEN.load(Relaxed);
        ensure!(over.elapsed() < GRACE, "{taken} of {alive} tokens are left");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    // An answer is durable, and so is what the machine did before.
    let asked = (0..machines).map(|me| engine.ask(&Node::at(me), &Passed));
    let asked: Vec<_> = asked.map(tokio::spawn).collect();
    let mut passed = 0;
    for asked in asked {
        passed += asked.await??;
    }
    let took = started.elapsed();
    subject.close().await?;
    Ok(vec![setting.row("").rate(passed, took)])
}

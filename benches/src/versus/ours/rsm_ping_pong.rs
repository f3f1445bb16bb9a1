//! Ping-pong: pairs of machines, each with one ball, which play until they are told to stop.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Instant;

use anyhow::Result;
use undying::prelude::*;

use super::Setting;
use crate::row::Row;

/// Whether the time is over.
static OVER: AtomicBool = AtomicBool::new(false);

#[derive(Debug, Serialize, Deserialize)]
struct Ball {
    from: RsmRef<Ping>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Back;

/// Answered with the rounds that were played.
#[derive(Debug, Serialize, Deserialize)]
struct WhenOver;
impl Question for WhenOver {
    type Answer = u64;
}

#[rsm]
#[derive(Debug)]
struct Ping {
    pong: RsmRef<Pong>,
    played: u64,
}

#[rsm]
impl Ping {
    chart! {
        enum PingState;
        start Playing {
            entry    => serve,
            Back     => back,
            WhenOver => defer,
        }
        Over {
            WhenOver => answer,
        }
    }

    fn new(cx: &mut Cx<Self>) -> Self {
        Ping {
            pong: cx.create::<Pong>(()),
            played: 0,
        }
    }

    fn serve(&mut self, cx: &mut Cx<Self>) {
        let from = cx.me();
        cx.send(&self.pong, Ball { from });
    }

    fn back(&mut self, cx: &mut Cx<Self>) -> Next<Self> {
        self.played += 1;
        if OVER.load(Relaxed) {
            return Next::goto(PingState::Over);
        }
        self.serve(cx);
        Next::stay()
    }

    fn answer(&mut self, asked: Asked<WhenOver>, cx: &mut Cx<Self>) {
        cx.reply(asked.reply_to, self.played);
    }
}

#[rsm]
#[derive(Debug)]
struct Pong {}

#[rsm]
impl Pong {
    chart! {
        enum PongState;
        start Ready {
            Ball => give_back,
        }
    }

    fn new() -> Self {
        Pong {}
    }

    fn give_back(&mut self, ball: Ball, cx: &mut Cx<Self>) {
        cx.send(&ball.from, Back);
    }
}

/// So many machines: half of them serve. A message is counted when it is durable that it was handled.
pub(crate) async fn run(setting: &Setting, machines: usize) -> Result<Vec<Row>> {
    let subject = setting.open(super::builder()).await?;
    let pairs = machines as u64 / 2;
    let started = Instant::now();
    let players: Vec<_> = (0..pairs)
        .map(|pair| {
            let engine = subject.engine.clone();
            tokio::spawn(async move {
                let ping = Ping::at(pair);
                engine.create(&ping, ()).await?;
                engine.ask(&ping, &WhenOver).await
            })
        })
        .collect();
    tokio::time::sleep(setting.time).await;
    OVER.store(true, Relaxed);
    let mut rounds = 0;
    for player in players {
        rounds += player.await??;
    }
    let took = started.elapsed();
    subject.close().await?;
    Ok(vec![setting.row("").rate(2 * rounds, took)])
}

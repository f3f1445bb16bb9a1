//! State machines: one creates another, they send each other events, and one waits for its timer.

use undying::Result;
use undying::prelude::*;

use super::Work;
use crate::client::Client;

pub(super) const WORK: Work = Work {
    name: "machines",
    play: |client| Box::pin(play(client)),
    check: |client| Box::pin(check(client)),
};

const ROUNDS: u64 = 4;

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Ball {
    from: RsmRef<Server>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Back;

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct WhenOver;
impl Question for WhenOver {
    type Answer = (u64, u64);
}

/// Serves, waits a moment after each ball, and counts.
#[rsm]
#[derive(Debug)]
pub(crate) struct Server {
    wall: RsmRef<Wall>,
    came_back: u64,
    rested: u64,
}

#[rsm]
impl Server {
    chart! {
        pub enum ServerState;
        start Playing {
            entry    => serve,
            Back     => back,
            WhenOver => defer,
        }
        Resting {
            entry    => rest,
            Timeout  => rested,
            WhenOver => defer,
        }
        Over {
            entry    => end,
            WhenOver => answer,
        }
    }

    fn new(_: (), cx: &mut Cx<Self>) -> Self {
        Server {
            wall: cx.create::<Wall>(()),
            came_back: 0,
            rested: 0,
        }
    }

    fn serve(&mut self, cx: &mut Cx<Self>) {
        let from = cx.me();
        cx.send(&self.wall, Ball { from });
    }

    fn back(&mut self) -> Next<Self> {
        self.came_back += 1;
        Next::goto(ServerState::Resting)
    }

    fn rest(&mut self, cx: &mut Cx<Self>) {
        cx.start_timer("rest", once(millis(1)));
    }

    fn rested(&mut self) -> Next<Self> {
        self.rested += 1;
        match self.came_back < ROUNDS {
            true => Next::goto(ServerState::Playing),
            false => Next::goto(ServerState::Over),
        }
    }

    fn end(&mut self, cx: &mut Cx<Self>) {
        cx.send(&self.wall, Halt);
    }

    fn answer(&mut self, asked: Asked<WhenOver>, cx: &mut Cx<Self>) {
        cx.reply(asked.reply_to, (self.came_back, self.rested));
    }
}

/// Gives balls back.
#[rsm]
#[derive(Debug)]
pub(crate) struct Wall {}

#[rsm]
impl Wall {
    chart! {
        pub enum WallState;
        start Standing {
            Ball => give_back,
            Halt => halt,
        }
    }

    fn new() -> Self {
        Wall {}
    }

    fn give_back(&mut self, ball: Ball, cx: &mut Cx<Self>) {
        cx.send(&ball.from, Back);
    }
}

async fn play(client: &Client) -> Result<()> {
    let server = Server::at("one");
    client.engine.create(&server, ()).await?;
    let number = client.engine.describe(server.id()).await?.number;
    client
        .notes
        .told(&format!("started {}", server.id()), &number);
    let asked = client
        .engine
        .ask(&server, &WhenOver)
        .idempotency_key("over");
    let counted = client.once("over", asked).await?;
    assert_eq!(
        counted,
        (ROUNDS, ROUNDS),
        "each ball, and each timeout, once"
    );
    Ok(())
}

async fn check(client: &Client) {
    let fields = client.engine.fields(&Server::at("one")).await;
    let server = fields.expect("it is open").expect("it stays");
    assert_eq!((server.came_back, server.rested), (ROUNDS, ROUNDS));
    client.engine.halted(&server.wall).await.expect("it halts");
    assert_eq!(client.all().await.len(), 1, "the wall has gone");
}

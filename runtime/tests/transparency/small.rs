//! Ping-pong, and simple timers.

use undying::core::{Outcome, StartAttempt};
use undying::prelude::*;
use undying::schema::Stored;

use crate::hooked::{Items, hooked, may_fail};
use crate::transparent;
use crate::world::{Case, create};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Ping(u64, RsmRef<Player>);
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Pong(u64);

#[rsm]
pub struct Wall {
    hits: u64,
}

#[rsm]
impl Wall {
    chart! {
        pub enum WallState;
        start Up {
            Ping => ping,
        }
    }
    fn new() -> Self {
        Wall { hits: 0 }
    }
    fn ping(&mut self, ping: Ping, cx: &mut Cx<Self>) {
        self.hits += 1;
        may_fail();
        cx.send(&ping.1, Pong(ping.0));
    }
}

#[rsm]
pub struct Player {
    wall: Option<RsmRef<Wall>>,
    rounds: u64,
    log: Vec<u64>,
}

#[rsm]
impl Player {
    chart! {
        pub enum PlayerState;
        start Playing {
            entry => serve,
            Pong  => pong,
        }
        Over {
            entry => tidy,
        }
    }
    fn new(rounds: u64) -> Self {
        Player {
            wall: None,
            rounds,
            log: vec![],
        }
    }
    fn serve(&mut self, cx: &mut Cx<Self>) {
        let wall = cx.create::<Wall>(());
        may_fail();
        // Two balls at a time.
        cx.send(&wall, Ping(0, cx.me()));
        cx.send(&wall, Ping(1, cx.me()));
        self.wall = Some(wall);
    }
    fn pong(&mut self, pong: Pong, cx: &mut Cx<Self>) -> Next<Self> {
        self.log.push(pong.0);
        let next = pong.0 + 2;
        may_fail();
        if next < self.rounds
            && let Some(wall) = &self.wall
        {
            cx.send(wall, Ping(next, cx.me()));
        }
        match self.log.len() as u64 == self.rounds {
            true => Next::goto(PlayerState::Over),
            false => Next::stay(),
        }
    }
    fn tidy(&mut self, cx: &mut Cx<Self>) {
        if let Some(wall) = &self.wall {
            cx.send(wall, Halt);
        }
    }
}

fn no_activities(_: &StartAttempt) -> Outcome {
    Outcome::Done(Stored::write(&()).unwrap())
}

#[test]
fn every_ping_has_its_pong_in_order() {
    let case = Case {
        items: Items::new([hooked::<Wall>(), hooked::<Player>()]),
        clients: vec![
            vec![create(&Player::at("a"), 9)],
            vec![create(&Player::at("b"), 4)],
        ],
        attempt: no_activities,
        takes_ms: 0,
        is_late: false,
        view: |world| {
            for (name, rounds) in [("a", 9), ("b", 4)] {
                let log = world.fields(&Player::at(name)).unwrap().log;
                assert_eq!(log, (0..rounds).collect::<Vec<_>>());
            }
            world.ids()
        },
        until_ms: 100_000,
    };
    transparent("ping-pong", &case);
}

#[rsm]
pub struct Clocks {
    log: Vec<String>,
    ticks: u64,
}

#[rsm]
impl Clocks {
    chart! {
        pub enum ClocksState;
        start Running {
            entry   => start,
            Timeout => rang,
        }
        Stopped {
            Timeout => rang,
        }
    }
    fn new() -> Self {
        Clocks {
            log: vec![],
            ticks: 0,
        }
    }
    fn start(&mut self, cx: &mut Cx<Self>) {
        cx.start_timer("a", once(secs(25)));
        may_fail();
        cx.start_timer("tick", every(secs(10)));
        cx.start_timer("never", once(secs(45)));
    }
    fn rang(&mut self, timeout: Timeout, cx: &mut Cx<Self>) -> Next<Self> {
        self.log.push(timeout.timer.clone());
        may_fail();
        if timeout.timer != "tick" {
            return Next::stay();
        }
        self.ticks += 1;
        if self.ticks < 4 {
            return Next::stay();
        }
        cx.stop_timer("tick");
        cx.stop_timer("never");
        cx.start_timer("last", once(secs(1)));
        Next::goto(ClocksState::Stopped)
    }
}

#[test]
fn timers_run_out_once_each_and_in_order() {
    let case = Case {
        items: Items::new([hooked::<Clocks>()]),
        clients: vec![vec![create(&Clocks::at("it"), ())]],
        attempt: no_activities,
        takes_ms: 0,
        is_late: false,
        view: |world| {
            let log = world.fields(&Clocks::at("it")).unwrap().log;
            assert_eq!(log, ["tick", "tick", "a", "tick", "tick", "last"]);
            world.ids()
        },
        until_ms: 200_000,
    };
    transparent("simple timers", &case);
}

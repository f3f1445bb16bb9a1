//! Ping-pong: a machine creates another one and plays some rounds with it.

use undying::prelude::*;

/// What a ping is created with: how many rounds it plays.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Rounds(pub u64);

/// The ball, on its way to a pong.
#[derive(Debug, Serialize, Deserialize)]
pub struct Ball {
    /// Who wants it back.
    pub from: RsmRef<Ping>,
}

/// The ball, on its way back.
#[derive(Debug, Serialize, Deserialize)]
pub struct Back;

/// Asks a ping when it is done, and how many rounds it has played.
#[derive(Debug, Serialize, Deserialize)]
pub struct WhenOver;
impl Question for WhenOver {
    type Answer = u64;
}

/// Serves.
#[rsm]
#[derive(Debug)]
pub struct Ping {
    pong: RsmRef<Pong>,
    rounds: u64,
    /// How many it has played.
    pub played: u64,
}

#[rsm]
impl Ping {
    chart! {
        /// Where a ping is.
        pub enum PingState;
        /// The ball is under way.
        start Playing {
            entry    => serve,
            Back     => back,
            WhenOver => defer,
        }
        /// All rounds are played.
        Over {
            entry    => end,
            WhenOver => answer,
        }
    }

    fn new(rounds: Rounds, cx: &mut Cx<Self>) -> Self {
        Ping {
            pong: cx.create::<Pong>(()),
            rounds: rounds.0,
            played: 0,
        }
    }

    fn serve(&mut self, cx: &mut Cx<Self>) {
        let from = cx.me();
        cx.send(&self.pong, Ball { from });
        let (round, of) = (self.played + 1, self.rounds);
        cx.monitor::<RoundTrips, _>(|| Pinged { round, of });
    }

    fn back(&mut self) -> Next<Self> {
        self.played += 1;
        match self.played < self.rounds {
            true => Next::goto(PingState::Playing), // which serves again
            false => Next::goto(PingState::Over),
        }
    }

    fn end(&mut self, cx: &mut Cx<Self>) {
        cx.send(&self.pong, Halt);
    }

    fn answer(&mut self, asked: Asked<WhenOver>, cx: &mut Cx<Self>) {
        cx.reply(asked.reply_to, self.played);
    }
}

/// Returns.
#[rsm]
#[derive(Debug)]
pub struct Pong {}

#[rsm]
impl Pong {
    chart! {
        /// Where a pong is.
        pub enum PongState;
        /// It waits for the ball.
        start Ready {
            Ball => give_back,
            Halt => halt,
        }
    }

    fn new() -> Self {
        Pong {}
    }

    fn give_back(&mut self, ball: Ball, cx: &mut Cx<Self>) {
        cx.monitor::<RoundTrips, _>(|| Ponged);
        cx.send(&ball.from, Back);
    }
}

/// A ball was served.
#[derive(Debug, Serialize, Deserialize)]
pub struct Pinged {
    round: u64,
    of: u64,
}

/// A ball was given back.
#[derive(Debug, Serialize, Deserialize)]
pub struct Ponged;

/// Every ball that is served is given back, once, and nobody plays more rounds than were agreed.
#[monitor]
#[derive(Debug, Default)]
pub struct RoundTrips {
    pings: u64,
    pongs: u64,
}

#[monitor]
impl RoundTrips {
    chart! {
        /// What is owed.
        pub enum RoundTripsState;
        /// Nothing is under way.
        start cold Even {
            Pinged => pinged,
            Ponged => ponged,
        }
        /// Some ball is.
        hot Odd {
            Pinged => pinged,
            Ponged => ponged,
        }
    }

    fn pinged(&mut self, pinged: Pinged, cx: &mut Cx<Self>) -> Next<Self> {
        let Pinged { round, of } = pinged;
        cx.assert(round <= of, format!("round {round} of {of} was played"));
        self.pings += 1;
        self.judged()
    }

    fn ponged(&mut self, cx: &mut Cx<Self>) -> Next<Self> {
        self.pongs += 1;
        cx.assert(self.pongs <= self.pings, "a ball came back twice");
        self.judged()
    }

    fn judged(&self) -> Next<Self> {
        match self.pings == self.pongs {
            true => Next::goto(RoundTripsState::Even),
            false => Next::goto(RoundTripsState::Odd),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::violation;
    use super::*;

    #[tokio::test]
    async fn a_ball_that_nobody_served_is_noticed() {
        let event = Ponged;
        let why = violation::<RoundTrips, _>(event).await;
        assert!(why.contains("a ball came back twice"), "{why}");
    }
}

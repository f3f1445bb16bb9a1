//! Machines that say whether an event was lost, came twice or out of order: a ring, and one that defers,
//! waits for its timer and answers late.

use undying::durable::rsm::create;
use undying::prelude::*;

use super::bodies::{PANICS, spend, step};
use super::events::WRONG;

fn may_panic() {
    assert!(!spend(&PANICS), "a turn that panics");
}

/// A number that goes round.
#[derive(Serialize, Deserialize)]
pub struct Token(u64);
/// A question: when all have come round.
#[derive(Serialize, Deserialize)]
pub struct Finished;
impl Question for Finished {
    type Answer = u64;
}

/// Sends numbers round a ring of nodes that it creates, two for each that comes back.
#[rsm]
pub struct Hub {
    nodes: u64,
    tokens: u64,
    sent: u64,
    seen: u64,
    first: Option<RsmRef<Node>>,
    asked: Option<Reply<u64>>,
}

#[rsm]
impl Hub {
    chart! {
        pub enum HubState;
        start Turning {
            entry    => begin,
            Token    => token,
            Finished => finished,
        }
    }

    fn new(size: (u64, u64)) -> Self {
        let (nodes, tokens) = size;
        Hub {
            nodes,
            tokens,
            sent: 0,
            seen: 0,
            first: None,
            asked: None,
        }
    }

    fn begin(&mut self, cx: &mut Cx<Self>) {
        let mut next = None;
        for _ in 0..=self.nodes {
            next = Some(cx.create::<Node>((next, cx.me())));
        }
        self.first = next;
        may_panic();
        self.send(1, cx);
    }

    fn send(&mut self, most: u64, cx: &mut Cx<Self>) {
        if let Some(first) = &self.first {
            for _ in 0..most.min(self.tokens - self.sent) {
                self.sent += 1;
                cx.send(first, Token(self.sent));
            }
        }
    }

    fn token(&mut self, token: Token, cx: &mut Cx<Self>) {
        self.seen = match self.seen + 1 == token.0 {
            true => token.0,
            false => WRONG,
        };
        self.send(2, cx);
        may_panic();
        self.answer(cx);
    }

    fn finished(&mut self, asked: Asked<Finished>, cx: &mut Cx<Self>) {
        self.asked = Some(asked.reply_to);
        self.answer(cx);
    }

    fn answer(&mut self, cx: &mut Cx<Self>) {
        if self.seen >= self.tokens
            && let Some(asked) = self.asked.take()
        {
            cx.reply(asked, self.seen);
            if let Some(first) = &self.first {
                cx.send(first, Halt);
            }
        }
    }
}

/// Passes numbers on, and its end too.
#[rsm]
pub struct Node {
    next: Option<RsmRef<Node>>,
    hub: RsmRef<Hub>,
    seen: u64,
    #[volatile]
    shadow: u64,
}

#[rsm]
impl Node {
    chart! {
        pub enum NodeState;
        start Passing {
            Token => token,
            Halt  => end,
        }
    }

    fn new(place: (Option<RsmRef<Node>>, RsmRef<Hub>)) -> Self {
        let (next, hub) = place;
        Node {
            next,
            hub,
            seen: 0,
            shadow: 0,
        }
    }

    #[activate]
    fn warm(&mut self) {
        self.shadow = self.seen;
    }

    fn token(&mut self, token: Token, cx: &mut Cx<Self>) {
        self.shadow += 1;
        self.seen += 1;
        let right = self.seen == token.0 && self.shadow == self.seen;
        let token = if right { token } else { Token(WRONG) };
        match &self.next {
            Some(next) => cx.send(next, token),
            None => cx.send(&self.hub, token),
        }
        may_panic();
    }

    fn end(&mut self, cx: &mut Cx<Self>) -> Next<Self> {
        if let Some(next) = &self.next {
            cx.send(next, Halt);
        }
        may_panic();
        Next::halt()
    }
}

/// Numbers that go round a ring: how many came back, each once and in order.
#[orchestration]
pub async fn rings(nodes: u64, tokens: u64) -> u64 {
    let hub = create::<Hub>((nodes, tokens)).await;
    let seen = hub.ask(Finished).await;
    hub.send(Halt).await;
    seen.unwrap_or(WRONG)
}

/// One of several.
#[derive(Serialize, Deserialize)]
pub struct Number(u64);
/// Takes them now.
#[derive(Serialize, Deserialize)]
pub struct Open;
/// A question: how many there were, and how often the timer ran out.
#[derive(Serialize, Deserialize)]
pub struct Sum;
impl Question for Sum {
    type Answer = u64;
}

/// Takes numbers when it is opened, and answers when its timer has run out so often.
#[rsm]
pub struct Desk {
    seen: u64,
    ticks: u64,
}

/// How often the timer of a desk runs out.
pub const TICKS: u64 = 3;

#[rsm]
impl Desk {
    chart! {
        pub enum DeskState;
        start Shut {
            Open    => goto Opened,
            Halt    => halt,
            _       => defer,
        }
        Opened {
            entry   => begin,
            Number  => number,
            Timeout => tick,
            Sum     => defer,
        }
        Done {
            Number  => number,
            Sum     => sum,
        }
    }

    fn new() -> Self {
        Desk { seen: 0, ticks: 0 }
    }

    fn begin(&mut self, cx: &mut Cx<Self>) {
        cx.start_timer("tick", every(millis(7)));
        may_panic();
    }

    fn number(&mut self, number: Number) {
        self.seen = match self.seen + 1 == number.0 {
            true => number.0,
            false => WRONG,
        };
        may_panic();
    }

    fn tick(&mut self, cx: &mut Cx<Self>) -> Next<Self> {
        self.ticks += 1;
        may_panic();
        if self.ticks < TICKS {
            return Next::stay();
        }
        cx.stop_timer("tick");
        Next::goto(DeskState::Done)
    }

    fn sum(&mut self, asked: Asked<Sum>, cx: &mut Cx<Self>) -> Next<Self> {
        cx.reply(asked.reply_to, self.seen + self.ticks);
        Next::halt()
    }
}

/// Numbers that are deferred, and a question that is answered late: how many there were.
#[orchestration]
pub async fn works(numbers: u64, before: u64) -> u64 {
    let desk = create::<Desk>(()).await;
    for number in 1..=numbers {
        if number == before {
            desk.send(Open).await;
        }
        desk.send(Number(number)).await;
    }
    if before == 0 || before > numbers {
        desk.send(Open).await;
    }
    desk.ask(Sum).await.unwrap_or(WRONG)
}

/// Sends so many events to a machine that has halted.
#[orchestration]
pub async fn mourns(events: u64, _b: u64) -> u64 {
    let desk = create::<Desk>(()).await;
    desk.send(Halt).await;
    step(0).await;
    for _ in 0..events {
        desk.send(Open).await;
    }
    events
}

//! The machine that all random programs run on: its chart is that of its number, its handlers write a log.

use std::fmt::Debug;

use undying::durable::rsm::{
    Chart, Cx, Fields, Handler, Next, Returned, Rsm, RsmRef, States, Takes, Timeout, Trigger, once,
};
use undying::durable::{Refusal, millis};
use undying::prelude::{Deserialize, Serialize};
use undying::schema::Stored;

use super::behaviour::{Act, Move, Ran, behave};
use super::charts::{self, EVENTS};
use crate::functions::Book;
use crate::panics::may_fail;

/// An event of one of three kinds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Event<const K: usize> {
    pub tag: String,
    pub fuel: u64,
}

/// What a machine is created with.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Init {
    pub name: String,
    pub fuel: u64,
}

/// What is read of a machine, whatever its chart is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Told {
    pub name: String,
    pub log: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Random<const S: u64> {
    name: String,
    log: Vec<String>,
    fuel: u64,
    sent: u64,
    created: u64,
    child: Option<(String, RsmRef<Random<S>>)>,
}

/// The states, by their places.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum State {
    S0,
    S1,
    S2,
    S3,
}

impl States for State {
    const ALL: &'static [State] = &[State::S0, State::S1, State::S2, State::S3];
    fn place(self) -> usize {
        self as usize
    }
}

impl<const S: u64> Fields for Random<S> {
    const NAME: &'static str = "random";
    const MONITOR: bool = false;
}

impl<const S: u64> Rsm for Random<S> {
    const CHART: &'static Chart = charts::Numbered::<S>::CHART;
    const HANDLERS: &'static [Handler<Self>] = &[
        Handler::Sync(|machine, cx, trigger| machine.ran("h0", cx, trigger)),
        Handler::Sync(|machine, cx, trigger| machine.ran("h1", cx, trigger)),
        Handler::Sync(|machine, cx, trigger| machine.ran("h2", cx, trigger)),
        Handler::Sync(|machine, cx, trigger| machine.ran("h3", cx, trigger)),
        Handler::Sync(|machine, cx, trigger| machine.ran("entry", cx, trigger)),
        Handler::Sync(|machine, cx, trigger| machine.ran("exit", cx, trigger)),
    ];
    type State = State;
    type Event = ();
    type Init = Init;

    fn create(init: Init, _: &mut Cx<Self>) -> Self {
        Random {
            name: init.name,
            log: Vec::new(),
            fuel: init.fuel,
            sent: 0,
            created: 0,
            child: None,
        }
    }

    fn activate(&mut self) {}

    fn read_event(_: &str, _: &Stored) -> Result<(), Refusal> {
        Ok(())
    }
}

impl<const S: u64, const K: usize> Takes<Event<K>> for Random<S> {
    const EVENT: &'static str = EVENTS[K];
    fn read(value: &Stored) -> Result<Event<K>, Refusal> {
        Ok(value.read().expect("an event"))
    }
}

impl<const S: u64> Takes<Timeout> for Random<S> {
    const EVENT: &'static str = "Timeout";
    fn read(value: &Stored) -> Result<Timeout, Refusal> {
        Ok(value.read().expect("a timeout"))
    }
}

/// A line of a log.
pub fn line(ran: &Ran<'_>) -> String {
    let Ran {
        handler,
        state,
        event,
        tag,
        fuel,
        ..
    } = ran;
    format!("{handler}|{state}|{event}|{tag}|{fuel}")
}

/// The name of a machine that has one.
pub fn named(nth: u64) -> String {
    format!("m{nth}")
}

impl<const S: u64> Random<S> {
    fn ran(
        &mut self,
        handler: &str,
        cx: &mut Cx<Self>,
        trigger: &Trigger,
    ) -> Result<Returned<Self>, Refusal> {
        may_fail();
        let (event, tag, fuel) = match trigger {
            Trigger::Event(name, value) if name == "Timeout" => {
                let Timeout { timer } = value.read().expect("a timeout");
                (name.clone().into_owned(), timer, 0)
            }
            Trigger::Event(name, value) => {
                let event: Event<0> = value.read().expect("an event");
                (name.clone().into_owned(), event.tag, event.fuel)
            }
            Trigger::Created | Trigger::Nothing => ("created".to_owned(), String::new(), self.fuel),
        };
        let ran = Ran {
            handler,
            state: cx.state().place(),
            event: &event,
            tag: &tag,
            fuel,
            nth: self.log.len(),
        };
        self.log.push(line(&ran));
        let (acts, wanted) = behave(S, &self.name, &ran);
        for act in acts {
            self.act(act, fuel, cx);
        }
        let at = |place: usize| State::ALL[place];
        let next = match wanted {
            Move::Stay => Next::stay(),
            Move::Goto(state) => Next::goto(at(state)),
            Move::Push(state) => Next::push(at(state)),
            Move::Pop => Next::pop(),
            Move::Raise => Next::raise(Event::<2> {
                tag: format!("{tag}^"),
                fuel: fuel - 1,
            }),
            Move::Halt => {
                // What it has done is told: its fields go.
                let log = format!("{}\n{}", self.name, self.log.join("\n"));
                cx.signal(Book::at("grave".to_owned()).note(log));
                Next::halt()
            }
        };
        may_fail();
        Ok(Ok(next))
    }

    fn act(&mut self, act: Act, fuel: u64, cx: &mut Cx<Self>) {
        match act {
            Act::Send(nth, kind) => {
                let to = named(nth);
                self.send(&RsmRef::named(&to), &to, kind, fuel, cx);
            }
            Act::SendToChild(kind) => {
                if let Some((name, child)) = self.child.take() {
                    self.send(&child, &name, kind, fuel, cx);
                    self.child = Some((name, child));
                }
            }
            Act::Create => {
                self.created += 1;
                let name = format!("{}/{}", self.name, self.created);
                let init = Init {
                    name: name.clone(),
                    fuel: fuel - 1,
                };
                self.child = Some((name, cx.create::<Self>(init)));
            }
            Act::Turn(nth) => {
                let timer = format!("t{nth}");
                match cx.has_timer(&timer) {
                    true => cx.stop_timer(&timer),
                    false => cx.start_timer(timer, once(millis(nth * 20))),
                }
            }
        }
    }

    fn send(&mut self, to: &RsmRef<Self>, name: &str, kind: u64, fuel: u64, cx: &mut Cx<Self>) {
        self.sent += 1;
        let tag = format!("{}>{name}#{}", self.name, self.sent);
        let fuel = fuel - 1;
        match kind {
            0 => cx.send(to, Event::<0> { tag, fuel }),
            1 => cx.send(to, Event::<1> { tag, fuel }),
            _ => cx.send(to, Event::<2> { tag, fuel }),
        }
    }
}

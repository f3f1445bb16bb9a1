//! The failure-free semantics of one Reliable State Machine (section 1.4 of the rules): what it does about the events
//! that it has handled, one after the other, from its creation on.
//!
//! A log says in which order events were handled; the model handles them so, and has to write the same log.

use std::collections::BTreeSet;

use undying::durable::rsm::{Chart, Does, On};

use super::behaviour::{Act, Move, Ran, behave};
use super::bodies::{line, named};
use super::charts::{ENTRY, EVENTS, EXIT, HANDLERS};

/// An event as it was sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Sent {
    pub tag: String,
    pub event: String,
    pub fuel: u64,
    /// By which of the events that its sender handled.
    pub by: usize,
}

/// One event that was handled, or a timeout, or the creation.
#[derive(Debug, Clone)]
pub struct Handled {
    pub event: String,
    pub tag: String,
    pub fuel: u64,
    /// The states before.
    pub stack: Vec<usize>,
}

/// What a machine has done.
#[derive(Debug)]
pub struct Done<'a> {
    chart: &'static Chart,
    class: u64,
    pub name: String,
    log: &'a [String],
    /// How much of the log the model has written.
    at: usize,
    pub stack: Vec<usize>,
    pub timers: BTreeSet<String>,
    pub handled: Vec<Handled>,
    pub sent: Vec<Sent>,
    /// The machines that it created: their names, and by which event.
    pub created: Vec<(String, u64, usize)>,
    pub halted: bool,
}

/// What is left to do about an event.
enum Step {
    Dispatch,
    Exit,
    Leave,
    Replace(usize),
    Push(usize),
    Enter,
}

/// What the states of a stack say about an event (rules 1 to 4).
pub fn verdict(chart: &Chart, stack: &[usize], event: usize) -> Option<Does> {
    let row = |state: usize, on: On| {
        let rows = chart.states[state].rows.iter();
        rows.clone().find(|row| row.on == on).map(|row| row.does)
    };
    let says = |state: usize| row(state, On::Event(event)).or_else(|| row(state, On::Any));
    let (top, below) = stack.split_last()?;
    if let Some(does) = says(*top) {
        return Some(does);
    }
    let inherited = |does: &Does| matches!(does, Does::Handle(_) | Does::Defer | Does::Ignore);
    let below = below
        .iter()
        .rev()
        .filter_map(|state| says(*state).filter(inherited));
    let always = chart.always.iter().filter(|row| row.on == On::Event(event));
    below.chain(always.map(|row| row.does)).next()
}

/// The place of an event in the chart.
pub fn place(event: &str) -> usize {
    let mut events = EVENTS.iter();
    events
        .position(|known| *known == event)
        .expect("an event of the chart")
}

impl<'a> Done<'a> {
    /// Does what the log says.
    pub fn replay(
        chart: &'static Chart,
        class: u64,
        name: &str,
        log: &'a [String],
    ) -> Result<Done<'a>, String> {
        let mut done = Done {
            chart,
            class,
            name: name.to_owned(),
            log,
            at: 0,
            stack: vec![chart.start],
            timers: BTreeSet::new(),
            handled: Vec::new(),
            sent: Vec::new(),
            created: Vec::new(),
            halted: false,
        };
        while done.at < log.len() {
            if done.halted {
                return Err(format!(
                    "{name} has halted and goes on: {:?}",
                    &log[done.at..]
                ));
            }
            done.next()?;
        }
        Ok(done)
    }

    /// FF-Init, FF-Handle, FF-Timeout: all of one event.
    fn next(&mut self) -> Result<(), String> {
        let parts: Vec<&str> = self.log[self.at].split('|').collect();
        let [_, _, event, tag, fuel] = parts[..] else {
            return Err(format!("{} is no line", self.log[self.at]));
        };
        let before = self.at;
        let mut event = event.to_owned();
        let (mut tag, mut fuel) = (tag.to_owned(), fuel.parse().map_err(|_| "no number")?);
        let begins = self.handled.is_empty();
        if begins != (event == "created") {
            return Err(format!(
                "{} handles {event} {tag} in place {}",
                self.name,
                self.handled.len()
            ));
        }
        if event == "Timeout" && !self.timers.remove(&tag) {
            return Err(format!("{} has no timer {tag}", self.name));
        }
        self.handled.push(Handled {
            event: event.clone(),
            tag: tag.clone(),
            fuel,
            stack: self.stack.clone(),
        });
        let mut steps = vec![if begins { Step::Enter } else { Step::Dispatch }];
        while let Some(step) = steps.pop() {
            let handler = match step {
                Step::Dispatch => match verdict(self.chart, &self.stack, place(&event)) {
                    Some(Does::Handle(handler)) => Some(handler),
                    Some(Does::Goto(state)) => {
                        steps.extend([Step::Enter, Step::Replace(state), Step::Exit]);
                        None
                    }
                    Some(Does::Push(state)) => {
                        steps.extend([Step::Enter, Step::Push(state)]);
                        None
                    }
                    Some(Does::Pop) => {
                        steps.extend([Step::Leave, Step::Exit]);
                        None
                    }
                    Some(Does::Ignore) => None,
                    None if self.stack.len() > 1 => {
                        steps.extend([Step::Dispatch, Step::Leave, Step::Exit]);
                        None
                    }
                    other => return Err(format!("{} cannot {other:?} {event} {tag}", self.name)),
                },
                Step::Enter => Some(ENTRY),
                Step::Exit => Some(EXIT),
                Step::Leave => {
                    self.stack.pop();
                    None
                }
                Step::Replace(state) => {
                    self.stack.pop();
                    self.stack.push(state);
                    None
                }
                Step::Push(state) => {
                    self.stack.push(state);
                    None
                }
            };
            let Some(handler) = handler else { continue };
            match self.run(handler, &event, &tag, fuel)? {
                Move::Stay => {}
                Move::Goto(state) => {
                    steps.extend([Step::Enter, Step::Replace(state), Step::Exit]);
                }
                Move::Push(state) => steps.extend([Step::Enter, Step::Push(state)]),
                Move::Pop => steps.extend([Step::Leave, Step::Exit]),
                Move::Raise => {
                    (event, tag, fuel) = ("C".to_owned(), format!("{tag}^"), fuel - 1);
                    steps.push(Step::Dispatch);
                }
                Move::Halt => {
                    self.halted = true;
                    return Ok(());
                }
            }
        }
        match self.at > before {
            true => Ok(()),
            false => Err(format!(
                "{} ignores {event} {tag}, and says that it did not",
                self.name
            )),
        }
    }

    /// Runs a handler.
    fn run(&mut self, handler: usize, event: &str, tag: &str, fuel: u64) -> Result<Move, String> {
        let ran = Ran {
            handler: HANDLERS[handler],
            state: *self.stack.last().ok_or("no state")?,
            event,
            tag,
            fuel,
            nth: self.at,
        };
        let expected = line(&ran);
        if self.log.get(self.at) != Some(&expected) {
            let wrote = self.log.get(self.at);
            return Err(format!(
                "{} in place {} is {wrote:?}, not {expected}",
                self.name, self.at
            ));
        }
        self.at += 1;
        let (acts, wanted) = behave(self.class, &self.name, &ran);
        let by = self.handled.len() - 1;
        for act in acts {
            let (to, kind) = match act {
                Act::Send(nth, kind) => (named(nth), kind),
                Act::SendToChild(kind) => match self.created.last() {
                    Some((child, ..)) => (child.clone(), kind),
                    None => continue,
                },
                Act::Create => {
                    let child = format!("{}/{}", self.name, self.created.len() + 1);
                    self.created.push((child, fuel - 1, by));
                    continue;
                }
                Act::Turn(nth) => {
                    let timer = format!("t{nth}");
                    if !self.timers.remove(&timer) {
                        self.timers.insert(timer);
                    }
                    continue;
                }
            };
            self.sent.push(Sent {
                tag: format!("{}>{to}#{}", self.name, self.sent.len() + 1),
                event: EVENTS[kind as usize].to_owned(),
                fuel: fuel - 1,
                by,
            });
        }
        Ok(wanted)
    }
}

//! One event of a machine, step by step: dispatch, exit, entry, and what handlers return.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::task::Poll;

use smallvec::SmallVec;

use super::chart::{Does, Heat};
use super::dispatch::{self, Verdict};
use super::next::Step as Wanted;
use super::timers::Timers;
use super::{Cx, Handler, HandlerFrame, Next, ReplyTo, Returned, Rsm, States, Timeout, Trigger};
use crate::durable::limits::{HANDLERS_PER_EVENT_MAX, STATE_STACK_MAX};
use crate::durable::{Completion, Context, Failure, Refusal, Request, Turn, Waits};
use crate::schema::Stored;

/// A step of an event that is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) enum Step<S> {
    /// Look up what the stack says about the trigger.
    Dispatch,
    /// Run the exit action of the top.
    Exit,
    /// Take the top away.
    Leave,
    /// Put this in place of the top.
    Replace(S),
    /// Put this on top.
    Push(S),
    /// Run the entry action of the top.
    Enter,
    /// Nothing more.
    Halt,
}

pub(super) struct Hot<M: Rsm> {
    /// Its fields and its context; lent to the turn while an `async` handler is polled.
    pub(super) pair: Option<Box<(M, Cx<M>)>>,
    /// Its states, the top last.
    pub(super) stack: Vec<M::State>,
    /// What is left to do about the trigger.
    pub(super) agenda: VecDeque<Step<M::State>>,
    pub(super) trigger: Trigger,
    /// The `async` handler under way.
    pub(super) running: Option<Running<M>>,
    /// Who waits for the answer to an event that was handled without one.
    pub(super) owed: ReplyTo,
    pub(super) halted: bool,
    /// Of a monitor: how many events came while something was owed, since nothing was.
    pub(super) temperature: u64,
    /// Its states are others than after the last turn.
    pub(super) is_moved: bool,
    /// What it waits for was asked, and follows from its states alone.
    pub(super) is_plain: bool,
}

/// The places of its states; most stacks are small.
type Places = SmallVec<[usize; 4]>;

pub(super) struct Running<M: Rsm> {
    pub(super) handler: &'static str,
    pub(super) frame: Box<dyn HandlerFrame<M>>,
}

impl<M: Rsm> Hot<M> {
    pub(super) fn create(init: &Stored, context: &Context) -> Result<Self, Refusal> {
        let init = init.read::<M::Init>().map_err(|error| {
            Refusal::value(format!("what `{}` is created with", M::NAME), error)
        })?;
        let mut cx = Cx::new(Timers::default(), 0);
        cx.top = M::CHART.start;
        cx.begin(context);
        let machine = M::create(init, &mut cx);
        Ok(Hot {
            pair: Some(Box::new((machine, cx))),
            stack: vec![M::State::ALL[M::CHART.start]],
            agenda: VecDeque::from([Step::Enter]),
            trigger: Trigger::Created,
            running: None,
            owed: ReplyTo::Nobody,
            halted: false,
            temperature: 0,
            is_moved: true,
            is_plain: false,
        })
    }

    fn pair(&mut self) -> Result<&mut (M, Cx<M>), Refusal> {
        self.pair.as_deref_mut().ok_or_else(gone::<M>)
    }

    pub(super) fn fields(&mut self) -> Result<&mut M, Refusal> {
        Ok(&mut self.pair()?.0)
    }

    pub(super) fn cx(&mut self) -> Result<&mut Cx<M>, Refusal> {
        Ok(&mut self.pair()?.1)
    }

    fn places(&self) -> Places {
        self.stack.iter().map(|state| state.place()).collect()
    }

    fn top(&self) -> usize {
        self.stack.last().map_or(M::CHART.start, |top| top.place())
    }

    /// Picks what is handled next, unless something is under way: a timeout, then the first event
    /// that no state defers, then the default.
    pub(super) fn next(&mut self, turn: &mut Turn) -> Result<(), Refusal> {
        if self.running.is_some() || !self.agenda.is_empty() {
            return Ok(());
        }
        let (chart, stack) = (M::CHART, self.places());
        let deferred = |name: &str| dispatch::is_deferred(chart, &stack, chart.event(name));
        let timers = &mut self.cx()?.timers;
        let ran_out = match timers.are_none() || deferred(TIMEOUT) {
            true => None,
            false => timers.run_out(|operation| turn.has_completed(operation)),
        };
        let trigger = if let Some((timer, operation)) = ran_out {
            turn.take(operation);
            let value = Stored::write(&Timeout { timer })
                .map_err(|error| Refusal::value(format!("the event `{TIMEOUT}`"), error))?;
            Trigger::Event(Cow::Borrowed(TIMEOUT), value)
        } else if let Some((name, letter)) = turn.mailbox.take_first(|name| !deferred(name)) {
            let name = match chart.event(&name) {
                Some(place) => Cow::Borrowed(chart.events[place]),
                None => Cow::Owned(name.to_string()),
            };
            let value = letter.value.clone();
            self.cx()?.reply_to = letter.reply_to.clone();
            Trigger::Event(name, value)
        } else if dispatch::on_default(chart, &stack).is_some() {
            Trigger::Nothing
        } else {
            return Ok(());
        };
        turn.handled = Some(trigger.own_name());
        self.trigger = trigger;
        self.agenda.push_back(Step::Dispatch);
        Ok(())
    }

    /// Does what is left to do, up to its end or to a handler that waits.
    pub(super) fn go_on(&mut self, turn: &mut Turn) -> Result<(), Refusal> {
        for _ in 0..HANDLERS_PER_EVENT_MAX {
            let returned = match self.running.take() {
                Some(running) => self.poll(running, turn)?,
                None => match self.agenda.pop_front() {
                    Some(step) => self.step(step, turn)?,
                    None => return Ok(()),
                },
            };
            let top = self.top();
            self.cx()?.top = top;
            if self.running.is_some() {
                return Ok(());
            }
            if let Some(refusal) = self.cx()?.effects.refusal.take() {
                return Err(refusal);
            }
            if let Some(next) = returned {
                self.apply(next)?;
            }
            if self.halted {
                self.agenda.clear();
                return Ok(());
            }
        }
        Err(stuck::<M>(format!(
            "one event ran {HANDLERS_PER_EVENT_MAX} handlers: what it raises or enters goes in a circle"
        )))
    }

    fn step(&mut self, step: Step<M::State>, turn: &mut Turn) -> Result<Option<Next<M>>, Refusal> {
        let state = &M::CHART.states[self.top()];
        match step {
            Step::Dispatch => return self.dispatch(turn),
            Step::Enter | Step::Exit => {
                let action = match step {
                    Step::Enter => state.entry,
                    _ => state.exit,
                };
                if let Some(handler) = action {
                    return self.run(handler, turn);
                }
            }
            Step::Halt => self.halted = true,
            Step::Leave => {
                self.is_moved = true;
                self.stack.pop();
                if self.stack.is_empty() {
                    return Err(stuck::<M>(format!(
                        "the last state on its stack, `{}`, was popped: go to another one, or halt",
                        state.name
                    )));
                }
            }
            Step::Replace(with) => {
                self.is_moved = true;
                self.stack.pop();
                self.stack.push(with);
            }
            Step::Push(with) => {
                if self.stack.len() >= STATE_STACK_MAX {
                    return Err(stuck::<M>(format!(
                        "{STATE_STACK_MAX} states are on its stack: pop some, or go instead of \
                         pushing"
                    )));
                }
                self.is_moved = true;
                self.stack.push(with);
            }
        }
        Ok(None)
    }

    fn dispatch(&mut self, turn: &mut Turn) -> Result<Option<Next<M>>, Refusal> {
        let (chart, stack) = (M::CHART, self.places());
        let verdict = match &self.trigger {
            Trigger::Event(name, _) => dispatch::verdict(chart, &stack, chart.event(name)),
            Trigger::Created | Trigger::Nothing => {
                dispatch::on_default(chart, &stack).map_or(Verdict::Unhandled, Verdict::Does)
            }
        };
        let at = |place: usize| M::State::ALL[place];
        match verdict {
            Verdict::Does(Does::Handle(handler)) => return self.run(handler, turn),
            Verdict::Does(Does::Goto(state)) => self.change(Wanted::Goto(at(state))),
            Verdict::Does(Does::Push(state)) => self.change(Wanted::Push(at(state))),
            Verdict::Does(Does::Pop) => self.change(Wanted::Pop),
            Verdict::Does(Does::Halt) => self.halted = true,
            Verdict::Does(Does::Ignore) => {}
            Verdict::Does(Does::Defer) => return Err(self.refuse("raised an event that it defers")),
            Verdict::Unhandled if stack.len() > 1 => {
                self.agenda
                    .extend([Step::Exit, Step::Leave, Step::Dispatch]);
            }
            Verdict::Unhandled if self.trigger.is(HALT) => {
                self.agenda.extend([Step::Exit, Step::Halt]);
            }
            Verdict::Unhandled => {
                return Err(self.refuse("was sent an event that it does not handle"));
            }
        }
        Ok(None)
    }

    /// What is wrong with the trigger in these states.
    fn refuse(&self, what: &str) -> Refusal {
        let event = self.trigger.name();
        let state = M::CHART.states[self.top()].name;
        stuck::<M>(format!(
            "in the state `{state}` it {what}, `{event}`: add a row to its chart"
        ))
    }

    fn run(&mut self, handler: usize, turn: &mut Turn) -> Result<Option<Next<M>>, Refusal> {
        let name = M::CHART.handlers[handler];
        let (machine, cx) = self.pair.as_deref_mut().ok_or_else(gone::<M>)?;
        match &M::HANDLERS[handler] {
            Handler::Sync(run) => next_of(name, run(machine, cx, &self.trigger)?).map(Some),
            Handler::Async { start, .. } => {
                let (handler, frame) = (name, start(cx, &self.trigger)?);
                self.poll(Running { handler, frame }, turn)
            }
        }
    }

    /// Polls the `async` handler under way, which is lent the machine meanwhile.
    fn poll(
        &mut self,
        mut running: Running<M>,
        turn: &mut Turn,
    ) -> Result<Option<Next<M>>, Refusal> {
        turn.entity = self.pair.take().map(|pair| pair as Box<_>);
        let polled = running.frame.poll(turn);
        let pair = turn.entity.take();
        self.pair = pair.and_then(|pair| pair.downcast().ok());
        match polled {
            Poll::Ready(returned) => next_of(running.handler, returned).map(Some),
            Poll::Pending => {
                if let Some(failure) = turn.unsaid.take() {
                    return Err(failed(running.handler, failure.to_string()));
                }
                self.running = Some(running);
                Ok(None)
            }
        }
    }

    fn apply(&mut self, next: Next<M>) -> Result<(), Refusal> {
        match next.0 {
            Wanted::Stay => {}
            _ if !self.agenda.is_empty() => {
                let state = M::CHART.states[self.top()].name;
                return Err(stuck::<M>(format!(
                    "the exit action of `{state}` wants another transition than the one under way"
                )));
            }
            Wanted::Halt => self.halted = true,
            Wanted::Raise(name, value) => {
                // The answer to what was asked is not the answer to what is raised.
                let reply_to = self.cx()?.take_reply_to();
                if reply_to != ReplyTo::Nobody {
                    self.owed = reply_to;
                }
                self.trigger = Trigger::Event(name, value);
                self.agenda.push_back(Step::Dispatch);
            }
            Wanted::Refused(refusal) => return Err(refusal),
            change => self.change(change),
        }
        Ok(())
    }

    fn change(&mut self, change: Wanted<M>) {
        match change {
            Wanted::Goto(state) => {
                self.agenda
                    .extend([Step::Exit, Step::Replace(state), Step::Enter]);
            }
            Wanted::Push(state) => self.agenda.extend([Step::Push(state), Step::Enter]),
            Wanted::Pop => self.agenda.extend([Step::Exit, Step::Leave]),
            Wanted::Stay | Wanted::Halt | Wanted::Raise(..) | Wanted::Refused(_) => {}
        }
    }

    /// Hands over what the handlers asked for, and arms the timers.
    pub(super) fn settle(&mut self, turn: &mut Turn) -> Result<(), Refusal> {
        let over = self.running.is_none();
        if M::MONITOR && over {
            self.judge()?;
        }
        if over {
            self.answer_nothing()?;
        }
        if std::mem::take(&mut self.is_moved) {
            turn.context.status = Some(self.status());
            self.is_plain = false;
        }
        let (halted, was_plain) = (self.halted, self.is_plain);
        let cx = self.cx()?;
        if halted {
            cx.timers.stop_all();
        }
        for operation in cx.timers.take_stopped() {
            turn.cancel(operation);
        }
        let now = turn.context.now;
        cx.timers.arm(now, |due| {
            let operation = turn.operation();
            turn.requests.push(Request::Timer { operation, due });
            operation
        });
        let before = turn.next_operation;
        let effects = &mut cx.effects;
        leave(&mut effects.signals, before, &mut turn.signals);
        leave(&mut effects.detached, before, &mut turn.detached);
        leave(&mut effects.raised, before, &mut turn.raised);
        turn.answers.append(&mut effects.answers);
        let is_plain = over && cx.timers.are_none();
        turn.waits_as_before = is_plain && was_plain;
        self.is_plain = is_plain;
        Ok(())
    }

    /// The event is over: who still waits for an answer to it is given none.
    fn answer_nothing(&mut self) -> Result<(), Refusal> {
        let owed = std::mem::take(&mut self.owed);
        let cx = self.cx()?;
        for reply_to in [owed, cx.take_reply_to()] {
            if reply_to != ReplyTo::Nobody {
                cx.effects.answers.push((reply_to, unanswered_by::<M>()));
            }
        }
        Ok(())
    }

    /// A monitor was told an event (P# rule 12): it is one degree hotter in a hot state, cold in a
    /// cold one, and as before in the others.
    fn judge(&mut self) -> Result<(), Refusal> {
        let state = &M::CHART.states[self.top()];
        match state.heat {
            Heat::Hot => self.temperature += 1,
            Heat::Warm => {}
            Heat::Cold => self.temperature = 0,
        }
        match self.temperature > M::TEMPERATURE_MAX {
            true => Err(stuck::<M>(format!(
                "its state `{}` is hot, and what is owed has not come in {} events",
                state.name, self.temperature
            ))),
            false => Ok(()),
        }
    }

    /// Its states, for people.
    fn status(&self) -> String {
        let names = self
            .stack
            .iter()
            .map(|state| M::CHART.states[state.place()].name);
        names.collect::<Vec<_>>().join(" > ")
    }

    pub(super) fn waits(&self, out: &mut Waits) {
        if let Some(running) = &self.running {
            running.frame.waits(out);
            return;
        }
        let (chart, stack) = (M::CHART, self.places());
        let deferred = |name: &str| dispatch::is_deferred(chart, &stack, chart.event(name));
        let Some(pair) = &self.pair else { return };
        if !deferred(TIMEOUT) {
            for operation in pair.1.timers.operations() {
                let mut one = Waits::default();
                one.one(operation);
                out.any(one);
            }
        }
        let names = chart.events.iter().filter(|name| deferred(name));
        out.event_besides(names.map(|name| (*name).to_owned()).collect());
        if dispatch::on_default(chart, &stack).is_some() {
            out.at_once();
        }
    }
}

/// The stored names of the events that the runtime itself makes.
const TIMEOUT: &str = "Timeout";
const HALT: &str = "Halt";

impl Trigger {
    /// For people.
    fn name(&self) -> &str {
        match self {
            Trigger::Event(name, _) => name,
            Trigger::Created => "its creation",
            Trigger::Nothing => "default",
        }
    }

    /// The same, to be kept.
    fn own_name(&self) -> Cow<'static, str> {
        match self {
            Trigger::Event(name, _) => name.clone(),
            Trigger::Created => Cow::Borrowed("its creation"),
            Trigger::Nothing => Cow::Borrowed("default"),
        }
    }

    fn is(&self, event: &str) -> bool {
        matches!(self, Trigger::Event(name, _) if name == event)
    }
}

/// What leaves before the call of this number. Most events make at most one kind of it.
fn leave<T>(left: &mut Vec<T>, before: u64, to: &mut Vec<(u64, T)>) {
    if !left.is_empty() {
        to.extend(left.drain(..).map(|it| (before, it)));
    }
}

fn gone<M: Rsm>() -> Refusal {
    Refusal::Damaged {
        body: M::NAME.to_owned(),
        what: "its fields went with a turn that failed".to_owned(),
    }
}

fn next_of<M: Rsm>(handler: &str, returned: Returned<M>) -> Result<Next<M>, Refusal> {
    returned.map_err(|message| failed(handler, message))
}

fn failed(handler: &str, message: String) -> Refusal {
    Refusal::Failed {
        handler: handler.to_owned(),
        message,
    }
}

fn stuck<M: Rsm>(why: String) -> Refusal {
    let body = M::NAME.to_owned();
    Refusal::Stuck { body, why }
}

fn unanswered_by<M: Rsm>() -> Completion {
    Completion::Failed(Failure::Failed {
        call: M::NAME.to_owned(),
        message: "it handled the event without an answer".to_owned(),
    })
}

//! `Cx`: what a handler knows about its machine, and what it does besides changing its fields.

use std::any::TypeId;
use std::borrow::Cow;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::SystemTime;

use super::timers::Timers;
use super::{Fields, MONITOR_NAME, Monitor, Reply, ReplyTo, Rsm, RsmRef, Takes, Timeout, Timer};
use crate::durable::detached::Detached;
use crate::durable::entity::{OneWay, Signals, payload};
use crate::durable::limits::INSTANCE_ID_BYTES_MAX;
use crate::durable::reserved::{created_id, promised_id};
use crate::durable::{
    Completion, Context, Orchestration, OrchestrationCall, Persist, Raised, Refusal, Target,
    Timestamp,
};
use crate::schema::Stored;

/// What a handler of the machine `M` takes besides the event, `cx: &mut Cx<Self>`: its address, and
/// what it sends, creates and starts. All of that leaves with the commit of the event, or not at all.
#[allow(missing_debug_implementations)]
pub struct Cx<M> {
    id: Arc<str>,
    number: (u16, u64),
    now: Timestamp,
    /// The place of the state on top of the stack.
    pub(super) top: usize,
    /// Who waits for the answer to the event that is handled, unless somebody has taken that.
    pub(super) reply_to: ReplyTo,
    /// How many ids this machine has given away.
    pub(super) ids: u64,
    pub(super) timers: Timers,
    pub(super) effects: Effects,
    machine: PhantomData<fn() -> M>,
}

/// What leaves with the commit.
#[derive(Debug, Default)]
pub(super) struct Effects {
    pub(super) signals: Vec<OneWay>,
    pub(super) detached: Vec<Detached>,
    pub(super) raised: Vec<Raised>,
    pub(super) answers: Vec<(ReplyTo, Completion)>,
    pub(super) refusal: Option<Refusal>,
}

impl<M> Cx<M> {
    pub(super) fn new(timers: Timers, ids: u64) -> Self {
        Cx {
            id: Arc::from(""),
            number: (0, 0),
            now: Timestamp(0),
            top: 0,
            reply_to: ReplyTo::Nobody,
            ids,
            timers,
            effects: Effects::default(),
            machine: PhantomData,
        }
    }

    /// A turn begins.
    pub(super) fn begin(&mut self, context: &Context) {
        if !Arc::ptr_eq(&self.id, &context.instance_id) {
            self.id = context.instance_id.clone();
        }
        (self.number, self.now) = (context.number, context.now);
    }

    pub(super) fn take_reply_to(&mut self) -> ReplyTo {
        std::mem::take(&mut self.reply_to)
    }

    pub(super) fn refuse(&mut self, refusal: Refusal) {
        self.effects.refusal.get_or_insert(refusal);
    }

    fn refuse_because(&mut self, why: String) {
        let body = self.id.to_string();
        self.refuse(Refusal::Stuck { body, why });
    }

    /// Engine time at the beginning of this turn; it never goes backwards.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        self.now.into()
    }

    /// Sends `event` to a machine, this one too: it arrives once, after what this machine has sent
    /// to the same one before. What is sent to a machine that has halted is dropped, counted and
    /// logged.
    pub fn send<T: Takes<E>, E: Persist>(&mut self, to: &RsmRef<T>, event: E) {
        match sent(to, &event) {
            Ok(sent) => self.effects.raised.push(sent),
            Err(refusal) => self.refuse(refusal),
        }
    }

    /// Creates a machine, and gives its address at once: what is sent to it waits for it. It exists
    /// when this turn is durable.
    pub fn create<T: Rsm>(&mut self, init: T::Init) -> RsmRef<T> {
        let machine = RsmRef::with_id(created_id(T::NAME, self.number, self.next_id()));
        self.create_at(&machine, init);
        machine
    }

    /// The address of a machine that is to be created later, by whoever calls
    /// [`create_at`](Self::create_at) with it: so two machines can know each other from the start.
    pub fn promise<T: Rsm>(&mut self) -> RsmRef<T> {
        RsmRef::with_id(promised_id(T::NAME, self.number, self.next_id()))
    }

    /// Creates the machine of this address, unless there is one. A name that makes an id of more
    /// than [`INSTANCE_ID_BYTES_MAX`](crate::durable::limits::INSTANCE_ID_BYTES_MAX) bytes is refused: the machine that asks is parked.
    pub fn create_at<T: Rsm>(&mut self, machine: &RsmRef<T>, init: T::Init) {
        match creation(machine, &init) {
            Ok(creation) => self.effects.detached.push(creation),
            Err(refusal) => self.refuse(refusal),
        }
    }

    fn next_id(&mut self) -> u64 {
        self.ids += 1;
        self.ids
    }

    /// Answers a [`Question`](super::Question), now or in a later event.
    pub fn reply<A: Persist>(&mut self, to: Reply<A>, answer: A) {
        if to.to == ReplyTo::Nobody {
            return;
        }
        match payload("an answer", Stored::write(&answer)) {
            Ok(value) => self.effects.answers.push((to.to, Completion::Value(value))),
            Err(refusal) => self.refuse(refusal),
        }
    }

    /// Signals an entity: `cx.signal(Account::at("bob").deposit(5))`.
    pub fn signal(&mut self, call: impl Signals) {
        match call.one_way(|| self.now) {
            Ok(signal) => self.effects.signals.push(signal),
            Err(refusal) => self.refuse(refusal),
        }
    }

    /// Starts an orchestration that nobody waits for, unless there is an instance of this id.
    pub fn start<O: OrchestrationCall>(&mut self, id: impl Into<String>, call: Orchestration<O>) {
        match Detached::new(id.into(), call) {
            Ok(start) => self.effects.detached.push(start),
            Err(refusal) => self.refuse(refusal),
        }
    }

    /// Raises an event of the orchestration `id`, which takes it by awaiting
    /// [`event::<T>(name)`](crate::event).
    pub fn raise<T: Persist>(&mut self, id: impl Into<String>, name: impl Into<String>, value: T) {
        match Raised::new(&self.id, id.into(), name.into(), &value) {
            Ok(raised) => self.effects.raised.push(raised),
            Err(refusal) => self.refuse(refusal),
        }
    }

    /// Tells a [monitor](crate::monitor) what has happened, when the commit is durable. In a build
    /// without debug assertions and without the feature `monitors` it is nothing at all: `event` is
    /// not even made.
    pub fn monitor<T: Monitor + Takes<E>, E: Persist>(&mut self, event: impl FnOnce() -> E) {
        if cfg!(any(debug_assertions, feature = "monitors")) {
            let monitor = RsmRef::<T>::named(MONITOR_NAME);
            self.create_at(&monitor, ());
            self.send(&monitor, event());
        }
    }

    /// Refuses to go on unless `holds`: the machine is parked, and nothing of this event happens.
    /// In a monitor that is how a safety property is said.
    pub fn assert(&mut self, holds: bool, why: impl Into<String>) {
        if !holds {
            self.refuse_because(why.into());
        }
    }
}

impl<M: Rsm> Cx<M> {
    /// The address of this machine.
    #[must_use]
    pub fn me(&self) -> RsmRef<M> {
        RsmRef::with_id(self.id.clone())
    }

    /// The state on top of the stack.
    #[must_use]
    pub fn state(&self) -> M::State {
        use super::States;
        M::State::ALL[self.top]
    }

    /// Starts a timer of this name: `every(secs(10))` or `once(secs(10))`. Its [`Timeout`] comes
    /// before what waits in the mailbox; a periodic one counts again from the turn in which that was
    /// handled. A timer that runs already is refused, and so is [stopping](Self::stop_timer) one
    /// that does not.
    pub fn start_timer(&mut self, name: impl Into<String>, timer: Timer)
    where
        M: Takes<Timeout>,
    {
        if let Err(why) = self.timers.start(name.into(), timer) {
            self.refuse_because(why);
        }
    }

    /// Stops a timer. A timeout of it that was not handled is dropped.
    pub fn stop_timer(&mut self, name: &str)
    where
        M: Takes<Timeout>,
    {
        if let Err(why) = self.timers.stop(name) {
            self.refuse_because(why);
        }
    }

    /// Whether a timer of this name runs.
    #[must_use]
    pub fn has_timer(&self, name: &str) -> bool {
        self.timers.has(name)
    }
}

/// The value of an event as it leaves.
pub(crate) fn event_value<E: Persist>(name: &str, event: &E) -> Result<Stored, Refusal> {
    payload(name, Stored::write(event))
}

/// An event for a machine as it leaves.
pub(super) fn sent<M: Takes<E>, E: Persist>(to: &RsmRef<M>, event: &E) -> Result<Raised, Refusal> {
    Ok(Raised {
        id: to.shared_id(),
        name: Cow::Borrowed(M::EVENT),
        value: event_value(M::EVENT, event)?,
    })
}

/// The creation of a machine as it leaves.
pub(crate) fn creation<T: Rsm>(machine: &RsmRef<T>, init: &T::Init) -> Result<Detached, Refusal> {
    let bytes = machine.id().len();
    if bytes > INSTANCE_ID_BYTES_MAX {
        return Err(Refusal::Stuck {
            body: T::NAME.to_owned(),
            why: format!(
                "the id of a machine, made of its type and its name, has {bytes} bytes, more than \
                 {INSTANCE_ID_BYTES_MAX}: give it a shorter name"
            ),
        });
    }
    Ok(Detached {
        id: machine.id().to_owned(),
        target: Target::Call {
            call: TypeId::of::<T>(),
            name: <T as Fields>::NAME,
        },
        args: payload(<T as Fields>::NAME, Stored::write(init))?,
    })
}

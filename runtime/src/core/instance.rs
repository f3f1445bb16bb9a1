//! `Instance`: one orchestration in memory; a state and one transition per event.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::asks::{Asks, WaitOver, World};
use super::events::Events;
use super::frames::PointOf;
use super::groups::Groups;
use super::happened::{Happened, cut, error_of_ending};
use super::history::History;
use super::message::Message;
use super::operation::{ActivityCall, Operation};
use super::operations::{Operations, Place};
use super::queue::Queue;
use super::rewind::Rewinds;
use super::section::Section;
use super::{Ending, Number, Parent, Status, Tags};
use crate::durable::{Completion, EntityMachine, Failure, Machine, Refusal, Timestamp, Waits};
use crate::planted::planted;
use crate::schema::Stored;

/// One orchestration.
pub(crate) struct Instance {
    pub(crate) number: Number,
    pub(crate) id: Arc<str>,
    pub(crate) orchestration: Cow<'static, str>,
    /// The version of the program that started it.
    pub(crate) version: Option<Arc<str>>,
    pub(crate) parent: Option<Parent>,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
    pub(crate) custom_status: Option<String>,
    pub(crate) tags: Tags,
    /// Its arguments, until the row of its name, which keeps them, is durable.
    pub(crate) origin: Option<Stored>,
    pub(crate) next_operation: u64,
    pub(crate) state: State,
    pub(crate) parked: Option<Refusal>,
    /// Why it gets no turns, if it is suspended.
    pub(crate) suspended: Option<String>,
    /// When it is purged by itself.
    pub(crate) expires: Option<Timestamp>,
    pub(crate) operations: Operations,
    pub(crate) events: Events,
    pub(crate) waits: Waits,
    pub(crate) groups: Groups,
    /// The critical sections it is in or wants to enter, by the operations that asked for them.
    pub(crate) sections: BTreeMap<u64, Section>,
    /// The requests of an entity that may be served, and its lock.
    pub(crate) queue: Queue,
    /// The request that an entity has begun to serve.
    pub(crate) serving: Option<u64>,
    /// Large slots in rows of their own.
    pub(crate) parts: Vec<u32>,
    /// Changes of those rows that are not written yet.
    pub(crate) part_writes: FxHashMap<u32, Option<Vec<u8>>>,
    /// Turns that failed in a row.
    pub(crate) failures: u32,
    /// It gets no turn before this time, because its last one failed.
    pub(crate) resting: Option<Timestamp>,
    /// How often the process died during a turn of it.
    pub(crate) deaths: u32,
    /// How often it has begun again.
    pub(crate) continued: u64,
    pub(crate) history: History,
    pub(crate) rewinds: Rewinds,
    pub(crate) marks: Marks,
}

/// Where an instance is.
pub(crate) enum State {
    /// It has not run.
    Begun(Stored),
    /// It waits, in memory.
    Hot(Box<dyn Machine>),
    /// An entity, in memory.
    Entity(Box<dyn EntityMachine>),
    /// It waits, as it was stored.
    Cold(Vec<u8>),
    /// A turn failed: its frame is the durable one, to be read again.
    Undone,
    /// It is over. Activities that were spawned may still be under way.
    Ended(Ending),
    /// Nobody has started it: events wait for it (rule 25).
    Unborn,
}

/// The shard's own notes about an instance.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    /// Its row has to be written.
    pub(crate) dirty: bool,
    /// It is in the list of those to write.
    pub(crate) listed: bool,
    /// It is in the ready queue.
    pub(crate) queued: bool,
    /// It was never written: it has no rows, and its name's has to be written.
    pub(crate) fresh: bool,
    /// Its name's row has to be written again, with what it was started with.
    pub(crate) born: bool,
    /// Its runnable row is durable, or in a batch that was sealed.
    pub(crate) run_row: bool,
    /// The epoch of its last write.
    pub(crate) written: u64,
    /// The epoch of the last turn that changed its frame.
    pub(crate) frame: u64,
    /// A turn of it failed when its state was not durable: from now on it runs only when it is.
    pub(crate) suspect: bool,
    /// Its first turn in this life is announced, in case it kills the process (rule 19).
    pub(crate) probation: bool,
    /// How much of the shard's work it was counted as.
    pub(crate) work: usize,
    /// Its size when it was last encoded.
    pub(crate) bytes: usize,
    /// A suspect's size after its last turn, which is not written yet.
    pub(crate) tried: usize,
    /// Where its frame waited then.
    pub(crate) point: Option<PointOf>,
    /// Its rows are deleted with the next seal: it is here only until that is durable.
    pub(crate) purged: bool,
}

impl Instance {
    /// An instance that begins.
    pub(crate) fn begin(
        number: Number,
        id: Arc<str>,
        orchestration: Cow<'static, str>,
        parent: Option<Parent>,
        args: Stored,
        now: Timestamp,
    ) -> Self {
        let marks = Marks {
            dirty: true,
            fresh: true,
            ..Marks::default()
        };
        Instance {
            number,
            id,
            orchestration,
            version: None,
            parent,
            created: now,
            updated: now,
            custom_status: None,
            tags: Tags::new(),
            origin: Some(args.clone()),
            next_operation: 0,
            state: State::Begun(args),
            parked: None,
            suspended: None,
            expires: None,
            operations: Operations::default(),
            events: Events::default(),
            waits: Waits::default(),
            groups: Groups::default(),
            sections: BTreeMap::new(),
            queue: Queue::default(),
            serving: None,
            parts: Vec::new(),
            part_writes: FxHashMap::default(),
            failures: 0,
            resting: None,
            deaths: 0,
            continued: 0,
            history: History::default(),
            rewinds: Rewinds::default(),
            marks,
        }
    }

    /// Whether a turn would advance it.
    pub(crate) fn is_ready(&self) -> bool {
        self.resting.is_none() && self.has_work()
    }

    /// The same, whether or not it rests after a turn that failed.
    fn has_work(&self) -> bool {
        if self.parked.is_some() || self.suspended.is_some() && !planted!(SuspendedRuns) {
            return false;
        }
        if self.is_entity() {
            return self.entity_is_ready();
        }
        match &self.state {
            State::Begun(_) => true,
            State::Hot(_) | State::Cold(_) if self.waits.besides().is_some() => self.has_letter(),
            State::Entity(_) | State::Hot(_) | State::Cold(_) | State::Undone => self.groups.hold(),
            State::Ended(_) | State::Unborn => false,
        }
    }

    pub(crate) fn has_ended(&self) -> bool {
        matches!(self.state, State::Ended(_))
    }

    /// Whether a row of it has to be written.
    pub(crate) fn is_changed(&self) -> bool {
        self.marks.dirty || self.operations.are_touched() || self.events.are_touched()
    }

    /// Whether it has to be found when the store is opened: the rest waits for timers, children
    /// and commands, which find it.
    pub(crate) fn is_runnable(&self) -> bool {
        self.operations.has_activities() || self.has_work() || self.waits_for_a_version()
    }

    /// Where it is in its life.
    pub(crate) fn status(&self) -> Status {
        match &self.state {
            State::Ended(ending) => ending.status(),
            _ if self.suspended.is_some() => Status::Suspended,
            _ if self.parked.is_some() => Status::Parked,
            _ => Status::Running,
        }
    }

    /// What someone who waits for it is told now, if anything.
    pub(crate) fn wait_over(&self) -> Option<WaitOver> {
        match (&self.state, &self.parked) {
            (State::Ended(ending), _) => Some(WaitOver::Ended(ending.clone())),
            (_, Some(why)) => Some(WaitOver::Parked(why.clone())),
            _ => None,
        }
    }

    /// A timer is due, or an attempt is to be made again.
    pub(crate) fn due(
        &mut self,
        operation: u64,
        at: Timestamp,
        world: World<'_>,
        asks: &mut Asks,
    ) -> bool {
        match self.operations.get(operation) {
            Some(Operation::Timer { due }) if *due == at => {
                self.tell_with(operation, Happened::TimerFired { operation });
                let unit = Stored::write(&()).expect("the unit can be stored");
                self.complete(operation, Completion::Value(unit));
                true
            }
            Some(Operation::Request(request)) if request.due == Some(at) => {
                self.request_due(operation);
                true
            }
            Some(Operation::Activity(call)) if call.retry_at == Some(at) => {
                self.change_activity(operation, |call| call.retry_at = None);
                self.start_attempt(operation, world, asks);
                true
            }
            _ => false,
        }
    }

    /// A child has ended.
    pub(crate) fn child_ended(&mut self, operation: u64, ending: Ending, world: World<'_>) -> bool {
        let Some(Operation::Child { name, id }) = self.operations.get(operation) else {
            return false;
        };
        if self.history.is_on() {
            let ended = Happened::ChildEnded {
                operation,
                name: name.clone(),
                id: id.clone(),
                status: ending.status(),
                error: error_of_ending(&ending),
            };
            self.history.add_loose(operation, &ended);
        }
        let completion = match ending {
            Ending::Completed(value) | Ending::Error(value) => Completion::Value(value),
            Ending::Failed(failure) => self.say(operation, failure, world),
            Ending::Cancelled => {
                let call = name.clone().into_owned();
                self.say(operation, Failure::Cancelled { call }, world)
            }
            Ending::Terminated { reason } => {
                let call = name.clone().into_owned();
                self.say(operation, Failure::Terminated { call, reason }, world)
            }
        };
        self.complete(operation, completion);
        true
    }

    /// It is parked no longer. Attempts that were refused are made again.
    pub(crate) fn retry(&mut self, world: World<'_>, asks: &mut Asks) {
        if self.parked.take().is_none() || self.has_ended() {
            return;
        }
        self.failures = 0;
        self.resting = None;
        self.deaths = 0;
        self.touch(world.now);
        self.tell(Happened::Retried);
        for operation in self.operations.numbers() {
            if let Some(Operation::Activity(call)) = self.operations.get(operation)
                && call.halted
            {
                self.change_activity(operation, |call| call.halted = false);
                self.start_attempt(operation, world, asks);
            }
        }
    }

    /// Parks it if the process died too often during its turns (rule 19).
    pub(crate) fn check_deaths(&mut self, asks: &mut Asks) {
        if self.deaths >= super::limits::DEATHS_MAX && self.parked.is_none() {
            let why = Refusal::Stuck {
                body: self.orchestration.clone().into_owned(),
                why: format!("the process ended during its turn {} times", self.deaths),
            };
            self.park(why, asks);
        }
    }

    /// Sets it aside with a reason.
    pub(crate) fn park(&mut self, why: Refusal, asks: &mut Asks) {
        if self.has_ended() {
            return;
        }
        self.marks.dirty = true;
        asks.outcome = Some(WaitOver::Parked(why.clone()));
        self.tell(Happened::Parked {
            why: cut(why.to_string()),
        });
        self.parked = Some(why);
    }

    /// It is over. Spawned activities and children go on; timers have nobody to wake.
    pub(crate) fn end(&mut self, ending: Ending, now: Timestamp, asks: &mut Asks) {
        for operation in self.operations.numbers() {
            match self.operations.get(operation) {
                Some(Operation::Activity(_)) | None => {}
                Some(
                    Operation::Timer { .. }
                    | Operation::Child { .. }
                    | Operation::Entity { .. }
                    | Operation::Ask { .. }
                    | Operation::Event { .. }
                    | Operation::Request(_)
                    | Operation::Lock(_)
                    | Operation::Section,
                ) => {
                    if let Some(Operation::Timer { due }) = self.operations.remove(operation) {
                        asks.disarm.push((due, operation));
                    }
                }
            }
        }
        self.leave_all(asks);
        self.operations.drop_completions();
        self.answer_nothing("it has halted", asks);
        self.events.clear();
        self.waits = Waits::default();
        self.groups = Groups::default();
        self.parked = None;
        self.suspended = None;
        self.tell(Happened::ended(&ending));
        self.state = State::Ended(ending.clone());
        self.touch(now);
        if let Some(parent) = self.parent
            && !planted!(ParentNotTold)
        {
            let ending = ending.clone();
            asks.messages.push(Message::ChildEnded { parent, ending });
        }
        asks.outcome = Some(WaitOver::Ended(ending));
        if self.is_rsm() && !planted!(HaltedStays) {
            self.purge(asks);
        }
    }

    /// Gives up a call: whatever it comes to, nobody waits for it.
    pub(crate) fn drop_operation(&mut self, operation: u64, asks: &mut Asks) {
        match self.operations.remove(operation) {
            Some(Operation::Activity(_)) => asks.cancels.push(operation),
            Some(Operation::Timer { due }) => asks.disarm.push((due, operation)),
            // What was sent is done; nobody waits for its result.
            Some(Operation::Entity { .. } | Operation::Ask { .. }) => {}
            Some(Operation::Request(request)) => {
                if let Some(due) = request.due {
                    asks.disarm.push((due, operation));
                }
            }
            Some(Operation::Child { id, .. }) => {
                let parent = Parent {
                    number: self.number,
                    operation,
                };
                asks.messages.push(Message::CancelChild { parent, id });
            }
            Some(Operation::Event { .. } | Operation::Section | Operation::Lock(_)) | None => {}
        }
        self.leave(operation, asks);
        self.marks.dirty = true;
    }

    pub(super) fn change_activity(
        &mut self,
        operation: u64,
        change: impl FnOnce(&mut ActivityCall),
    ) {
        let place = self.operations.change(operation, |operation| {
            if let Operation::Activity(call) = operation {
                change(call);
            }
        });
        self.marks.dirty |= place == Some(Place::Inline);
    }

    pub(super) fn complete(&mut self, operation: u64, completion: Completion) {
        if self.has_ended() || self.is_entity() && self.serving.is_none() {
            // Nobody takes it; the instance's row still lists the call.
            self.operations.remove(operation);
            self.marks.dirty = true;
        } else {
            self.operations.complete(operation, completion);
            self.groups.complete(operation);
        }
    }

    /// Says a failure in the words of the call's output type, if that has any.
    pub(super) fn say(&self, operation: u64, failure: Failure, world: World<'_>) -> Completion {
        let entry = match self.operations.get(operation) {
            Some(Operation::Activity(call)) => world.program.activity(&call.name),
            Some(Operation::Child { name, .. }) => world.program.orchestration(name),
            _ => None,
        };
        let Some(entry) = entry else {
            return Completion::Failed(failure);
        };
        in_words(entry.failed, failure)
    }

    /// Something happened, of which its row tells.
    pub(crate) fn tell(&mut self, what: Happened) {
        self.history.add(&what);
        self.marks.dirty = true;
    }

    /// Something happened, of which the row of this operation can tell.
    pub(crate) fn tell_with(&mut self, operation: u64, what: Happened) {
        self.history.add_loose(operation, &what);
    }

    pub(crate) fn touch(&mut self, now: Timestamp) {
        self.updated = self.updated.max(now);
        self.marks.dirty = true;
    }
}

/// A failure as a value of the call's output type, if that has a way to say it.
pub(super) fn in_words(
    failed: fn(Failure) -> Result<Stored, Failure>,
    failure: Failure,
) -> Completion {
    // The conversion is user code.
    match std::panic::catch_unwind(|| failed(failure.clone())) {
        Ok(Ok(value)) => Completion::Value(value),
        Ok(Err(failure)) => Completion::Failed(failure),
        Err(_) => Completion::Failed(failure),
    }
}

/// There is no such item in this program.
pub(crate) fn unregistered(kind: &str, name: &str) -> Refusal {
    Refusal::Unregistered {
        kind: kind.to_owned(),
        name: name.to_owned(),
    }
}

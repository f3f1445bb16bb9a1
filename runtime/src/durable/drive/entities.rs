//! The entities of a driver, and what is sent without anyone waiting for it.

use std::collections::VecDeque;
use std::sync::LazyLock;
use std::task::Poll;
use std::time::Duration;

use rustc_hash::FxHashMap;

use super::calls::Calls;
use super::instance::Instance;
use super::{Driver, Memory, Stop, stuck};
use crate::durable::detached::Detached;
use crate::durable::{
    Completion, Entity, EntityEntry, EntityMachine, Entry, EntryKind, OneWay, Operated, Operates,
    Operation, Parts, Refusal, Timestamp, Waits, Writing,
};
use crate::schema::Stored;

static REGISTERED: LazyLock<FxHashMap<&'static str, &'static Entry>> = LazyLock::new(|| {
    let entries = inventory::iter::<Entry>();
    entries
        .filter(|entry| matches!(entry.kind, EntryKind::Entity(_)))
        .map(|entry| (entry.name, entry))
        .collect()
});

/// All entities that were used, and what is on its way to them.
#[derive(Debug, Default)]
pub(super) struct Entities {
    all: FxHashMap<String, Living>,
    /// Signals that have arrived.
    signals: VecDeque<OneWay>,
    /// Signals for later, in the order in which they were sent.
    later: Vec<(Timestamp, OneWay)>,
    detached: VecDeque<Detached>,
    /// Whether an operation is under way: one at a time in this driver.
    operating: bool,
}

struct Living {
    entry: EntityEntry,
    machine: Box<dyn EntityMachine>,
    parts: Parts,
    next_operation: u64,
}

impl std::fmt::Debug for Living {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Living").finish_non_exhaustive()
    }
}

impl Driver {
    /// Calls an operation, as a client does.
    ///
    /// # Errors
    /// See [`Stop`].
    pub fn call<E: Operates<O>, O: 'static>(
        &mut self,
        call: Operation<E, O>,
    ) -> Result<E::Output, Stop> {
        let args = Stored::write(call.arguments())
            .map_err(|error| Refusal::value(format!("the arguments of `{}`", E::CALL), error))?;
        match operate(self, call.entity_id(), E::NAME, E::METHOD, &args)? {
            Completion::Value(stored) => Ok(stored
                .read()
                .map_err(|error| Refusal::value(format!("the result of `{}`", E::CALL), error))?),
            Completion::Failed(failure) => Err(Stop::Failed(failure)),
        }
    }

    /// The state of an entity, as a reader sees it.
    ///
    /// # Errors
    /// See [`Stop`].
    pub fn state<E: Entity>(&self, key: &E::Key) -> Result<E, Stop> {
        let id = crate::durable::entity::id_of(E::NAME, key);
        let Some(living) = self.entities.all.get(&id) else {
            return Ok(E::default());
        };
        let state = living.machine.state()?.read();
        Ok(state.map_err(|error| Refusal::value(format!("the state of `{id}`"), error))?)
    }

    /// Lets time pass: signals for later arrive.
    ///
    /// # Errors
    /// See [`Stop`].
    pub fn pass(&mut self, time: Duration) -> Result<(), Stop> {
        self.pass_to(self.now.after(time))
    }

    pub(super) fn pass_to(&mut self, due: Timestamp) -> Result<(), Stop> {
        while let Some(next) = self.next_signal(due) {
            self.now = self.now.max(next);
            let later = std::mem::take(&mut self.entities.later);
            let (now, later) = later.into_iter().partition(|(at, _)| *at <= next);
            self.entities.later = later;
            let now: Vec<(Timestamp, OneWay)> = now;
            let arrived = now.into_iter().map(|(_, signal)| signal);
            self.entities.signals.extend(arrived);
            self.deliver()?;
        }
        self.now = self.now.max(due);
        Ok(())
    }

    /// When the next of the signals for later arrives that do so until `due`.
    fn next_signal(&self, due: Timestamp) -> Option<Timestamp> {
        let times = self.entities.later.iter().map(|(at, _)| *at);
        times.filter(|at| *at <= due).min()
    }

    /// What a turn has sent.
    pub(super) fn post(&mut self, signals: Vec<OneWay>, detached: Vec<Detached>) {
        for signal in signals {
            match signal.at.filter(|at| *at > self.now) {
                Some(at) => self.entities.later.push((at, signal)),
                None => self.entities.signals.push_back(signal),
            }
        }
        self.entities.detached.extend(detached);
    }

    /// Runs the operations that were signalled, unless one is under way.
    pub(super) fn deliver(&mut self) -> Result<(), Stop> {
        while !self.entities.operating
            && let Some(signal) = self.entities.signals.pop_front()
        {
            // What becomes of it is nobody's business.
            run(
                self,
                signal.entity,
                signal.name,
                signal.method,
                &signal.args,
            )?;
        }
        Ok(())
    }

    /// Runs what was started without anyone waiting for it.
    pub(super) fn settle(&mut self) -> Result<(), Stop> {
        self.deliver()?;
        while let Some(start) = self.entities.detached.pop_front() {
            let entry = self.entry(&start.target, "orchestration")?;
            let ended = Instance::start(&entry, start.id, &start.args)?.run(self);
            match ended {
                Ok(_) | Err(Stop::Failed(_)) => self.deliver()?,
                Err(refused) => return Err(refused),
            }
        }
        Ok(())
    }
}

/// Runs one operation to its end, and what it has signalled after it.
pub(super) fn operate(
    driver: &mut Driver,
    id: String,
    name: &str,
    method: &str,
    args: &Stored,
) -> Result<Completion, Stop> {
    driver.deliver()?;
    let completion = run(driver, id, name, method, args)?;
    driver.deliver()?;
    Ok(completion)
}

fn run(
    driver: &mut Driver,
    id: String,
    name: &str,
    method: &str,
    args: &Stored,
) -> Result<Completion, Stop> {
    let mut living = match driver.entities.all.remove(&id) {
        Some(living) => living,
        None => Living::fresh(name)?,
    };
    driver.entities.operating = true;
    let ended = living.run(driver, &id, method, args);
    driver.entities.operating = false;
    let failed = living.entry.method(method).map(|method| method.failed);
    driver.entities.all.insert(id, living);
    Ok(match (ended?.completion, failed) {
        (Completion::Failed(failure), Some(failed)) => match failed(failure) {
            Ok(output) => Completion::Value(output),
            Err(failure) => Completion::Failed(failure),
        },
        (completion, _) => completion,
    })
}

impl Living {
    fn fresh(name: &str) -> Result<Self, Stop> {
        let entry = REGISTERED.get(name).map(|entry| &entry.kind);
        let Some(EntryKind::Entity(entry)) = entry else {
            return Err(Stop::Refused(Refusal::Unregistered {
                kind: "entity".to_owned(),
                name: name.to_owned(),
            }));
        };
        Ok(Living {
            machine: (entry.fresh)(),
            entry: entry.clone(),
            parts: Parts::default(),
            next_operation: 0,
        })
    }

    fn run(
        &mut self,
        driver: &mut Driver,
        id: &str,
        method: &str,
        args: &Stored,
    ) -> Result<Operated, Stop> {
        let mut calls = Calls::of(id.to_owned());
        calls.next_operation = self.next_operation;
        let mut begun = false;
        loop {
            let mut turn = calls.turn(driver, None);
            let polled = match begun {
                false => self.machine.begin(method, args, &mut turn),
                true => self.machine.poll(&mut turn),
            };
            begun = true;
            let refused = turn.refusal.take().map(Stop::Refused);
            let ended = match polled {
                _ if refused.is_some() => refused.map(Err),
                Poll::Ready(ended) => Some(ended.map_err(Stop::Refused)),
                Poll::Pending => None,
            };
            if let Some(Err(stop)) = ended {
                self.machine.roll_back();
                return Err(stop);
            }
            calls.take_over(turn, driver);
            self.next_operation = calls.next_operation;
            if ended.is_none() {
                driver.suspensions += 1;
                let mut waits = Waits::default();
                self.machine.waits(&mut waits);
                if waits.is_empty() {
                    return Err(stuck(method, "it waits for nothing".to_owned()));
                }
                calls.wait_for(waits);
            }
            self.keep(driver.memory)?;
            if let Some(Ok(operated)) = ended {
                return Ok(operated);
            }
            calls.serve(method, driver)?;
        }
    }

    /// Writes it, and reads it back when nothing stays in memory.
    fn keep(&mut self, memory: Memory) -> Result<(), Stop> {
        if memory == Memory::Hot {
            return Ok(());
        }
        let mut writing = Writing::default();
        self.machine.save(&mut writing)?;
        for (part, bytes) in writing.parts {
            match bytes {
                Some(bytes) => self.parts.insert(part, bytes),
                None => self.parts.remove(&part),
            };
        }
        if memory == Memory::Cold {
            self.machine = (self.entry.load)(writing.bytes, self.parts.clone());
        }
        Ok(())
    }
}

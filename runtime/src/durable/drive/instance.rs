//! One driven instance: its machine, what it waits for, what has arrived.

use rustc_hash::FxHashMap;

use super::open::Open;
use super::{DEPTH_MAX, Driver, Memory, Save, Stop, attempt, stuck};
use crate::durable::save::Writing;
use crate::durable::{
    Completion, Context, Entry, EntryKind, Failure, Machine, OrchestrationEntry, Parts, Request,
    Turn, Waits,
};
use crate::schema::Stored;

/// An instance that was written while it waits.
#[derive(Debug)]
pub struct AtRest {
    /// The frame.
    pub bytes: Vec<u8>,
    /// The locals in rows of their own.
    pub parts: Parts,
    id: String,
    next_operation: u64,
    completions: FxHashMap<u64, Completion>,
    open: Open,
}

/// An instance under way.
pub(super) struct Instance {
    id: String,
    name: &'static str,
    load: fn(Vec<u8>, Parts) -> Box<dyn Machine>,
    machine: Box<dyn Machine>,
    waits: Waits,
    parts: Parts,
    next_operation: u64,
    completions: FxHashMap<u64, Completion>,
    open: Open,
    status: Option<String>,
}

fn orchestration(entry: &Entry) -> Result<&OrchestrationEntry, Stop> {
    match &entry.kind {
        EntryKind::Orchestration(orchestration) => Ok(orchestration),
        EntryKind::Activity(_) | EntryKind::Entity(_) => {
            Err(stuck(entry.name, "it is not an orchestration".to_owned()))
        }
    }
}

impl Instance {
    pub(super) fn start(entry: &Entry, id: String, args: &Stored) -> Result<Self, Stop> {
        let orchestration = orchestration(entry)?;
        Ok(Instance {
            id,
            name: entry.name,
            load: orchestration.load,
            machine: (orchestration.start)(args)?,
            waits: Waits::default(),
            parts: Parts::default(),
            next_operation: 0,
            completions: FxHashMap::default(),
            open: Open::default(),
            status: None,
        })
    }

    pub(super) fn load(entry: &Entry, rest: AtRest) -> Result<Self, Stop> {
        let load = orchestration(entry)?.load;
        Ok(Instance {
            id: rest.id,
            name: entry.name,
            load,
            machine: load(rest.bytes, rest.parts.clone()),
            waits: Waits::default(),
            parts: rest.parts,
            next_operation: rest.next_operation,
            completions: rest.completions,
            open: rest.open,
            status: None,
        })
    }

    /// Writes it.
    pub(super) fn rest(mut self, driver: &mut Driver) -> Result<AtRest, Stop> {
        Ok(AtRest {
            bytes: self.write(driver)?,
            parts: self.parts,
            id: self.id,
            next_operation: self.next_operation,
            completions: self.completions,
            open: self.open,
        })
    }

    /// Advances it to its end.
    pub(super) fn run(mut self, driver: &mut Driver) -> Result<Stored, Stop> {
        loop {
            if let Some(output) = self.turn(driver)? {
                return Ok(output);
            }
            match driver.memory {
                Memory::Hot => {}
                Memory::Written => drop(self.write(driver)?),
                Memory::Cold => {
                    let bytes = self.write(driver)?;
                    self.machine = (self.load)(bytes, self.parts.clone());
                }
            }
            self.serve(driver)?;
        }
    }

    /// Advances it by one turn; `Some` when it has ended.
    pub(super) fn turn(&mut self, driver: &mut Driver) -> Result<Option<Stored>, Stop> {
        let completions = std::mem::take(&mut self.completions);
        let context = Context::new(self.id.clone(), driver.now, self.status.take());
        let under_way = self.open.len() + completions.len();
        let mut turn = Turn::new(context, self.next_operation, completions, under_way);
        let polled = self.machine.poll(&mut turn);
        if let Some(refusal) = turn.refusal {
            return Err(refusal.into());
        }
        if let std::task::Poll::Ready(output) = polled {
            return Ok(Some(output?));
        }
        if let Some(failure) = turn.unsaid {
            return Err(Stop::Failed(failure));
        }
        self.status = turn.context.status;
        self.next_operation = turn.next_operation;
        self.completions = turn.completions;
        turn.requests
            .into_iter()
            .for_each(|request| self.open.add(request));
        for operation in turn.cancels {
            self.open.cancel(operation);
            self.completions.remove(&operation);
        }
        self.waits = Waits::default();
        self.machine.waits(&mut self.waits);
        driver.suspensions += 1;
        Ok(None)
    }

    /// Completes operations until the instance has to be polled again.
    pub(super) fn serve(&mut self, driver: &mut Driver) -> Result<(), Stop> {
        loop {
            let chosen = self.open.take(driver.picks.as_mut());
            let nothing = chosen.is_empty();
            for request in chosen {
                let (operation, completion) = self.complete(driver, request)?;
                self.completions.insert(operation, completion);
            }
            // A machine that was read back does not know yet what it waits for.
            let holds = self
                .waits
                .hold(|operation| self.completions.contains_key(&operation));
            if holds || (self.waits.is_empty() && !nothing) {
                return Ok(());
            }
            if nothing {
                return Err(stuck(
                    self.name,
                    "it waits for nothing that is under way".to_owned(),
                ));
            }
        }
    }

    fn complete(&self, driver: &mut Driver, request: Request) -> Result<(u64, Completion), Stop> {
        match request {
            Request::Timer { operation, due } => {
                driver.now = driver.now.max(due);
                Ok((operation, Completion::Value(unit()?)))
            }
            Request::Activity {
                operation,
                call,
                name,
                args,
                retry,
                ..
            } => {
                let entry = driver.entry(call, "activity", name)?;
                let EntryKind::Activity(activity) = &entry.kind else {
                    return Err(stuck(name, "it is not an activity".to_owned()));
                };
                let key = format!("{}/{operation}", self.id);
                let done = attempt::run(&entry, activity, &args, retry, &key)?;
                Ok((operation, done))
            }
            Request::Operate { name, .. } => Err(stuck(name, "entities are not driven".to_owned())),
            Request::Child {
                operation,
                call,
                name,
                id,
                args,
            } => {
                let entry = driver.entry(call, "orchestration", name)?;
                let id = id.unwrap_or_else(|| format!("{}/{operation}", self.id));
                Ok((operation, child(driver, &entry, id, &args)?))
            }
        }
    }

    fn write(&mut self, driver: &mut Driver) -> Result<Vec<u8>, Stop> {
        let mut writing = Writing::default();
        self.machine.save(&mut writing)?;
        driver.saves.push(Save {
            frame: writing.bytes.len(),
            parts: writing
                .parts
                .iter()
                .map(|(part, bytes)| (*part, bytes.as_ref().map(Vec::len)))
                .collect(),
        });
        for (part, bytes) in writing.parts {
            match bytes {
                Some(bytes) => self.parts.insert(part, bytes),
                None => self.parts.remove(&part),
            };
        }
        Ok(writing.bytes)
    }
}

fn unit() -> Result<Stored, Stop> {
    let stored = Stored::write(&());
    Ok(stored.map_err(|error| crate::durable::Refusal::value("the result of a timer", error))?)
}

fn child(
    driver: &mut Driver,
    entry: &Entry,
    id: String,
    args: &Stored,
) -> Result<Completion, Stop> {
    if driver.depth >= DEPTH_MAX {
        return Err(stuck(
            entry.name,
            format!("it has more than {DEPTH_MAX} parents"),
        ));
    }
    driver.depth += 1;
    let ended = Instance::start(entry, id, args).and_then(|instance| instance.run(driver));
    driver.depth -= 1;
    let failure: Failure = match ended {
        Ok(output) => return Ok(Completion::Value(output)),
        Err(Stop::Refused(refusal)) => return Err(refusal.into()),
        Err(Stop::Failed(failure)) => failure,
    };
    Ok(match (entry.failed)(failure) {
        Ok(output) => Completion::Value(output),
        Err(failure) => Completion::Failed(failure),
    })
}

//! One driven instance: its machine, what it waits for, what has arrived.

use super::calls::Calls;
use super::{Driver, Memory, Save, Stop, stuck};
use crate::durable::save::Writing;
use crate::durable::{Again, Entry, EntryKind, Machine, OrchestrationEntry, Parts, Refusal, Waits};
use crate::schema::Stored;

/// An instance that was written while it waits.
#[derive(Debug)]
pub struct AtRest {
    /// The frame.
    pub bytes: Vec<u8>,
    /// The locals in rows of their own.
    pub parts: Parts,
    calls: Calls,
}

/// An instance under way.
pub(super) struct Instance {
    calls: Calls,
    name: &'static str,
    start: fn(&Stored) -> Result<Box<dyn Machine>, Refusal>,
    load: fn(Vec<u8>, Parts) -> Box<dyn Machine>,
    machine: Box<dyn Machine>,
    parts: Parts,
    status: Option<String>,
}

/// How a turn came out.
enum Came {
    Ended(Stored),
    Waiting,
    Again,
}

fn orchestration(entry: &Entry) -> Result<&OrchestrationEntry, Stop> {
    match &entry.kind {
        EntryKind::Orchestration(orchestration) => Ok(orchestration),
        EntryKind::Activity(_) | EntryKind::Entity(_) | EntryKind::Rsm(_) => {
            Err(stuck(entry.name, "it is not an orchestration".to_owned()))
        }
    }
}

impl Instance {
    pub(super) fn start(entry: &Entry, id: String, args: &Stored) -> Result<Self, Stop> {
        let orchestration = orchestration(entry)?;
        Ok(Instance {
            calls: Calls::of(id),
            name: entry.name,
            start: orchestration.start,
            load: orchestration.load,
            machine: (orchestration.start)(args)?,
            parts: Parts::default(),
            status: None,
        })
    }

    pub(super) fn load(entry: &Entry, rest: AtRest) -> Result<Self, Stop> {
        let OrchestrationEntry { start, load, .. } = *orchestration(entry)?;
        let mut calls = rest.calls;
        calls.wait_for(Waits::default());
        Ok(Instance {
            calls,
            name: entry.name,
            start,
            load,
            machine: load(rest.bytes, rest.parts.clone()),
            parts: rest.parts,
            status: None,
        })
    }

    /// Writes it.
    pub(super) fn rest(mut self, driver: &mut Driver) -> Result<AtRest, Stop> {
        Ok(AtRest {
            bytes: self.write(driver)?,
            parts: self.parts,
            calls: self.calls,
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

    /// Advances it by one turn, or by more if it begins again; `Some` when it has ended.
    pub(super) fn turn(&mut self, driver: &mut Driver) -> Result<Option<Stored>, Stop> {
        loop {
            match self.advance(driver)? {
                Came::Ended(output) => return Ok(Some(output)),
                Came::Waiting => return Ok(None),
                Came::Again => {}
            }
        }
    }

    fn advance(&mut self, driver: &mut Driver) -> Result<Came, Stop> {
        let mut turn = self.calls.turn(driver, self.status.take());
        let polled = self.machine.poll(&mut turn);
        if let Some(refusal) = turn.refusal {
            return Err(refusal.into());
        }
        if let std::task::Poll::Ready(output) = polled {
            self.calls.take_over(turn, driver);
            assert!(self.calls.is_free(), "a section ends with its block");
            driver.deliver()?;
            return Ok(Came::Ended(output?));
        }
        if let Some(failure) = turn.unsaid {
            self.calls.leave_all(driver);
            return Err(Stop::Failed(failure));
        }
        self.status = turn.context.status.take();
        let again = turn.again.take();
        self.calls.take_over(turn, driver);
        driver.deliver()?;
        if let Some(again) = again {
            self.begin_again(&again)?;
            self.calls.leave_all(driver);
            return Ok(Came::Again);
        }
        let mut waits = Waits::default();
        self.machine.waits(&mut waits);
        self.calls.wait_for(waits);
        driver.suspensions += 1;
        Ok(Came::Waiting)
    }

    fn begin_again(&mut self, again: &Again) -> Result<(), Stop> {
        if again.name != self.name {
            let why = format!("it cannot begin again as a `{}`", again.name);
            return Err(stuck(self.name, why));
        }
        self.machine = (self.start)(&again.args)?;
        self.calls.give_up();
        self.parts.clear();
        Ok(())
    }

    /// Completes operations until the instance has to be polled again.
    pub(super) fn serve(&mut self, driver: &mut Driver) -> Result<(), Stop> {
        self.calls.serve(self.name, driver)
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

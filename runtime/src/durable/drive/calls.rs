//! What one driven instance has asked for, and what has arrived.

use rustc_hash::FxHashMap;

use super::open::Open;
use super::{DEPTH_MAX, Driver, Stop, attempt, entities, stuck};
use crate::durable::{
    Completion, Context, Entry, EntryKind, Failure, Letter, Mailbox, Refusal, Request, Turn, Waits,
};
use crate::schema::Stored;

use super::instance::Instance;

/// The calls of an instance.
#[derive(Debug, Default)]
pub(super) struct Calls {
    pub(super) id: String,
    pub(super) next_operation: u64,
    completions: FxHashMap<u64, Completion>,
    mailbox: Mailbox,
    open: Open,
    waits: Waits,
    /// The ids of what its critical sections have locked.
    sections: FxHashMap<u64, Vec<String>>,
}

impl Calls {
    pub(super) fn of(id: String) -> Self {
        Calls {
            id,
            ..Calls::default()
        }
    }

    /// The next turn, which is lent what has arrived.
    pub(super) fn turn(&mut self, driver: &Driver, status: Option<String>) -> Turn {
        let completions = std::mem::take(&mut self.completions);
        let context = Context::new(self.id.clone(), (0, 0), driver.now, status);
        let under_way = self.open.len() + completions.len();
        Turn::new(context, self.next_operation, completions, under_way)
            .with_mailbox(std::mem::take(&mut self.mailbox))
    }

    /// Takes over what a turn asked for.
    pub(super) fn take_over(&mut self, turn: Turn, driver: &mut Driver) {
        self.next_operation = turn.next_operation;
        self.completions = turn.completions;
        self.mailbox = turn.mailbox;
        self.mailbox.commit(|_, _| {});
        for request in turn.requests {
            self.open.add(request);
        }
        for operation in turn.cancels {
            self.open.cancel(operation);
            self.completions.remove(&operation);
            for id in self.sections.remove(&operation).into_iter().flatten() {
                driver.locked.remove(&id);
            }
        }
        driver.post(
            turn.signals.into_iter().map(|(_, signal)| signal).collect(),
            turn.detached.into_iter().map(|(_, start)| start).collect(),
        );
        let raised = turn.raised.into_iter();
        driver
            .events
            .extend(raised.map(|(_, raised)| (raised.name.into_owned(), raised.value)));
    }

    /// Gives up what is under way. Events that have arrived stay.
    pub(super) fn give_up(&mut self) {
        self.completions.clear();
        self.open = Open::default();
        self.mailbox.forget_awaits();
    }

    /// The next event of this name comes, if one is left.
    fn arrive(&mut self, driver: &mut Driver, name: &str) {
        let at = driver.events.iter().position(|(other, _)| other == name);
        if let Some((name, value)) = at.and_then(|at| driver.events.remove(at)) {
            let number = self.next_operation;
            self.next_operation += 1;
            self.mailbox.arrive(number, &name, Letter::sent(value));
        }
    }

    /// Locks all of these, unless one of them has been locked meanwhile.
    fn lock(
        &mut self,
        driver: &mut Driver,
        operation: u64,
        entities: &[(String, &'static str)],
    ) -> bool {
        let ids: Vec<String> = entities.iter().map(|(id, _)| id.clone()).collect();
        let free = !ids.iter().any(|id| driver.locked.contains(id));
        if free {
            driver.locked.extend(ids.iter().cloned());
            self.sections.insert(operation, ids);
        }
        free
    }

    /// Whether it is in no critical section.
    pub(super) fn is_free(&self) -> bool {
        self.sections.is_empty()
    }

    /// What is locked is free again.
    pub(super) fn leave_all(&mut self, driver: &mut Driver) {
        for (_, ids) in self.sections.drain() {
            ids.iter().for_each(|id| {
                driver.locked.remove(id);
            });
        }
    }

    pub(super) fn wait_for(&mut self, waits: Waits) {
        self.waits = waits;
    }

    /// Completes operations until the instance has to be polled again.
    pub(super) fn serve(&mut self, name: &str, driver: &mut Driver) -> Result<(), Stop> {
        loop {
            let chosen = self
                .open
                .take(driver.picks.as_mut(), &driver.events, &driver.locked);
            let nothing = chosen.is_empty();
            for request in chosen {
                if let Request::Event { name, .. } = request {
                    self.arrive(driver, &name);
                    continue;
                }
                if let Request::Lock {
                    operation,
                    entities,
                } = &request
                    && !self.lock(driver, *operation, entities)
                {
                    self.open.add(request);
                    continue;
                }
                let (operation, completion) = complete(&self.id, driver, request)?;
                self.completions.insert(operation, completion);
            }
            // A machine that was read back does not know yet what it waits for.
            let holds = self.waits.hold(|operation| {
                self.completions.contains_key(&operation) || self.mailbox.has(operation)
            });
            if holds || (self.waits.is_empty() && !nothing) {
                return Ok(());
            }
            if nothing {
                return Err(stuck(
                    name,
                    "it waits for nothing that is under way".to_owned(),
                ));
            }
        }
    }
}

fn complete(id: &str, driver: &mut Driver, request: Request) -> Result<(u64, Completion), Stop> {
    match request {
        Request::Event { name, .. } => {
            Err(stuck(id, format!("the event `{name}` arrives otherwise")))
        }
        Request::Ask { machine, .. } => Err(stuck(
            id,
            format!("it asks `{machine}`: machines need an engine"),
        )),
        Request::Lock { operation, .. } => Ok((operation, Completion::Value(unit()?))),
        Request::Timer { operation, due } => {
            driver.pass_to(due)?;
            Ok((operation, Completion::Value(unit()?)))
        }
        Request::Activity {
            operation,
            target,
            args,
            retry,
            ..
        } => {
            let entry = driver.entry(&target, "activity")?;
            let EntryKind::Activity(activity) = &entry.kind else {
                return Err(stuck(entry.name, "it is not an activity".to_owned()));
            };
            let key = format!("{id}/{operation}");
            let done = attempt::run(&entry, activity, &args, retry, &key)?;
            Ok((operation, done))
        }
        Request::Child {
            operation,
            target,
            id: own,
            args,
        } => {
            let entry = driver.entry(&target, "orchestration")?;
            let id = own.unwrap_or_else(|| format!("{id}/{operation}"));
            Ok((operation, child(driver, &entry, id, &args)?))
        }
        Request::Operate {
            operation,
            entity,
            name,
            method,
            args,
        } => {
            let done = entities::operate(driver, entity, name, method, &args)?;
            Ok((operation, done))
        }
    }
}

fn unit() -> Result<Stored, Refusal> {
    Stored::write(&()).map_err(|error| Refusal::value("the result of a timer", error))
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

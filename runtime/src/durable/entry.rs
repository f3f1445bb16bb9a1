//! `Entry`: what the registry knows about one annotated function.

use std::any::TypeId;
use std::pin::Pin;
use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::call::Named;
use super::machine::Run;
use super::rsm::{Chart, Rsm, StateMachine};
use super::{
    ActivityCall, ActivityOptions, Call, EntityBody, EntityMachine, Failure, Machine, MethodEntry,
    OrchestrationCall, Parts, Refusal, Resident, StateNeed,
};
use crate::engine::Scope;
use crate::schema::{Json, Stored, ValueError};

/// One attempt of an activity under way.
pub type Running = Pin<Box<dyn Future<Output = Attempt> + Send>>;

/// How one attempt of an activity ended.
#[derive(Debug)]
pub enum Attempt {
    /// It returned.
    Done(Stored),
    /// It returned an `Err`: the retry policy decides whether that is the result.
    Error(Stored),
    /// It returned an `Err` that the retry policy is not for: it is the result.
    Final(Stored),
    /// Its arguments could not be read, or its output not be written.
    Refused(Refusal),
}

/// An annotated function as the engine sees it. Made by the macros, collected at start-up.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The stored name.
    pub name: &'static str,
    /// The source file.
    pub file: &'static str,
    /// The line in it.
    pub line: u32,
    /// The call type.
    pub call: fn() -> TypeId,
    /// Says a failure in the words of the call's output type, or gives it back.
    pub failed: fn(Failure) -> Result<Stored, Failure>,
    /// What it is.
    pub kind: EntryKind,
}

/// What an annotated function is.
#[derive(Debug, Clone)]
pub enum EntryKind {
    /// An `#[activity]`.
    Activity(ActivityEntry),
    /// An `#[orchestration]`.
    Orchestration(OrchestrationEntry),
    /// An `#[entity]`.
    Entity(EntityEntry),
    /// An `#[rsm]`.
    Rsm(RsmEntry),
}

impl EntryKind {
    /// The word for it.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            EntryKind::Activity(_) => "activity",
            EntryKind::Orchestration(_) => "orchestration",
            EntryKind::Entity(_) => "entity",
            EntryKind::Rsm(_) => "rsm",
        }
    }
}

/// How an activity is run.
#[derive(Debug, Clone)]
pub struct ActivityEntry {
    /// Its declared options.
    pub options: ActivityOptions,
    /// The application state it takes.
    pub needs: &'static [StateNeed],
    /// One attempt.
    pub run: fn(Stored, Scope) -> Running,
}

/// How an orchestration is begun and resumed.
#[derive(Debug, Clone)]
pub struct OrchestrationEntry {
    /// A machine that begins with these arguments.
    pub start: fn(&Stored) -> Result<Box<dyn Machine>, Refusal>,
    /// A machine that goes on from a stored frame.
    pub load: fn(Vec<u8>, Parts) -> Box<dyn Machine>,
    /// The arguments that a JSON object says.
    pub from_json: fn(Json) -> Result<Stored, ValueError>,
}

/// What an entity can do, and how it comes into memory.
#[derive(Debug, Clone)]
pub struct EntityEntry {
    /// Its operations.
    pub methods: &'static [MethodEntry],
    /// An entity that has never been used.
    pub fresh: fn() -> Box<dyn EntityMachine>,
    /// An entity as it was stored.
    pub load: fn(Vec<u8>, Parts) -> Box<dyn EntityMachine>,
    /// The key that a text says, as it is written in an id.
    pub key: fn(&str) -> Result<String, ValueError>,
}

/// How a state machine is created and resumed.
#[derive(Debug, Clone)]
pub struct RsmEntry {
    /// Its chart.
    pub chart: &'static Chart,
    /// Whether it is a monitor.
    pub is_monitor: bool,
    /// A machine that is to be created with this.
    pub start: fn(&Stored) -> Result<Box<dyn Machine>, Refusal>,
    /// A machine as it was stored.
    pub load: fn(Vec<u8>, Parts) -> Box<dyn Machine>,
}

impl EntityEntry {
    /// The operation of this name.
    #[must_use]
    pub fn method(&self, name: &str) -> Option<&'static MethodEntry> {
        self.methods.iter().find(|method| method.name == name)
    }
}

inventory::collect!(Entry);

/// What registered itself, by its call type. Generic functions are not among these.
pub(super) static LINKED: LazyLock<FxHashMap<TypeId, &'static Entry>> = LazyLock::new(|| {
    inventory::iter::<Entry>()
        .map(|entry| ((entry.call)(), entry))
        .collect()
});

/// The function of this call type, if it registered itself.
pub(super) fn linked(call: TypeId) -> Option<&'static Entry> {
    LINKED.get(&call).copied()
}

impl Entry {
    /// The entry of an activity.
    #[must_use]
    pub const fn activity<A: ActivityCall>(file: &'static str, line: u32) -> Self {
        let activity = ActivityEntry {
            options: A::OPTIONS,
            needs: A::NEEDS,
            run: run_activity::<A>,
        };
        Entry {
            name: A::NAME,
            file,
            line,
            call: TypeId::of::<A>,
            failed: failed::<A>,
            kind: EntryKind::Activity(activity),
        }
    }

    /// The entry of an orchestration.
    #[must_use]
    pub const fn orchestration<O: OrchestrationCall>(file: &'static str, line: u32) -> Self {
        let orchestration = OrchestrationEntry {
            start: |args| Ok(Box::new(O::Machine::start(args)?)),
            load: |bytes, parts| Box::new(O::Machine::load(bytes, parts)),
            from_json: super::from_json::arguments::<O>,
        };
        Entry {
            name: O::NAME,
            file,
            line,
            call: TypeId::of::<O>,
            failed: failed::<O>,
            kind: EntryKind::Orchestration(orchestration),
        }
    }

    /// The entry of an entity.
    #[must_use]
    pub const fn entity<E: EntityBody>(file: &'static str, line: u32) -> Self {
        let entity = EntityEntry {
            methods: E::METHODS,
            fresh: || Box::new(Resident::<E>::fresh()),
            load: |bytes, parts| Box::new(Resident::<E>::load(bytes, parts)),
            key: super::from_json::key::<E::Key>,
        };
        Entry {
            name: E::NAME,
            file,
            line,
            call: TypeId::of::<E>,
            failed: Err,
            kind: EntryKind::Entity(entity),
        }
    }

    /// The entry of a state machine.
    #[must_use]
    pub const fn rsm<M: Rsm>(file: &'static str, line: u32) -> Self {
        let rsm = RsmEntry {
            chart: M::CHART,
            is_monitor: M::MONITOR,
            start: |init| Ok(Box::new(StateMachine::<M>::begun(init.clone()))),
            load: |bytes, parts| Box::new(StateMachine::<M>::load(bytes, parts)),
        };
        Entry {
            name: M::NAME,
            file,
            line,
            call: TypeId::of::<M>,
            failed: Err,
            kind: EntryKind::Rsm(rsm),
        }
    }

    /// `file:line`, for messages.
    #[must_use]
    pub fn at(&self) -> String {
        format!("{}:{}", self.file, self.line)
    }
}

pub(super) fn failed<C: Call>(failure: Failure) -> Result<Stored, Failure> {
    let output = C::failed(failure)?;
    Stored::write(&output).map_err(|error| Failure::Failed {
        call: C::NAME.to_owned(),
        message: error.to_string(),
    })
}

fn run_activity<A: ActivityCall>(args: Stored, scope: Scope) -> Running {
    Box::pin(async move {
        let read = match args.read::<Named<A>>() {
            Ok(read) => read.0,
            Err(error) => {
                let place = format!("the arguments of `{}`", A::NAME);
                return Attempt::Refused(Refusal::value(place, error));
            }
        };
        let output = match scope.stub::<A>() {
            Some(stub) => stub.run(args, read, scope.context()).await,
            None => A::run(read, scope).await,
        };
        match Stored::write(&output) {
            Ok(stored) if A::is_error(&output) && A::again(&output) => Attempt::Error(stored),
            Ok(stored) if A::is_error(&output) => Attempt::Final(stored),
            Ok(stored) => Attempt::Done(stored),
            Err(error) => Attempt::Refused(Refusal::value(
                format!("the result of `{}`", A::NAME),
                error,
            )),
        }
    })
}

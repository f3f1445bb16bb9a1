//! `Operation`: the call of an operation of an entity, from inside and from outside.

use std::marker::PhantomData;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::signal::When;
use super::{EntityRef, Of, Operates, Signal};
use crate::durable::call::Named;
use crate::durable::callee::{Callee, HasName};
use crate::durable::{CallsEntities, CallsLocked, Durable, Request, Spawn, Ticket, Turn};

/// A reference to an entity that is not locked by its holder.
#[derive(Debug, Clone, Copy)]
pub struct Free;

/// A reference to an entity that a critical section has locked: what [`lock`](crate::lock) gives.
#[derive(Debug, Clone, Copy)]
pub struct Held;

/// Whether an entity may be signalled, or called without waiting, through a reference.
#[diagnostic::on_unimplemented(
    message = "a locked entity cannot be signalled or spawned a call of",
    label = "it is locked here",
    note = "call it and await the result; other entities may be signalled"
)]
pub trait Signallable {}
#[diagnostic::do_not_recommend]
impl Signallable for Free {}

/// The name of the method, by which a call that was kept is told from those of other operations.
struct MethodOf<E, O>(PhantomData<(E, O)>);

impl<E: Operates<O>, O: 'static> HasName for MethodOf<E, O> {
    const NAME: &'static str = E::METHOD;
}

/// A call of an operation of an `#[entity]`: nothing happens until it is awaited, spawned, signalled
/// or given to the engine. `E` is the entity, `O` stands for the method.
///
/// `.await` waits for the operation's result; `.signal().await` does not, and takes no time.
/// Operations of one entity are run one after the other, in the order in which one caller sent them.
/// One that returns an `Err`, or panics, changes nothing, unless the entity is declared
/// `#[entity(keep_on_error)]`; what an `async` operation sent before it waited has left.
///
/// ```
/// use undying::prelude::*;
///
/// #[activity]
/// async fn ring() {}
///
/// #[entity]
/// #[derive(Default, Serialize, Deserialize)]
/// struct Doorbell {
///     rung: u64,
/// }
///
/// #[entity]
/// impl Doorbell {
///     pub async fn press(&mut self, by: String) -> String {
///         self.rung += 1;
///         ring().await; // killed here? it goes on here, with the state as it was
///         self.told(&by)
///     }
///     pub fn rung(&self) -> u64 {
///         self.rung
///     }
///     fn told(&self, by: &str) -> String {
///         format!("{by} is visitor {}", self.rung)
///     }
/// }
///
/// #[orchestration]
/// async fn visit() -> (String, u64) {
///     let bell = Doorbell::at("front");
///     bell.press("anna".to_owned()).signal().await; // one way
///     (bell.press("bob".to_owned()).await, bell.rung().await)
/// }
///
/// # let mut driver = undying::__private::Driver::new(undying::__private::Memory::Cold);
/// # let visited = driver.run(visit());
/// # assert_eq!(visited, Ok(("bob is visitor 2".to_owned(), 2)));
/// ```
#[must_use = "an operation does nothing until it is awaited, spawned or signalled"]
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
#[allow(missing_debug_implementations)]
pub struct Operation<E: Operates<O>, O: 'static, M = Free> {
    entity: EntityRef<E, M>,
    method: Callee<MethodOf<E, O>>,
    arguments: Named<Of<E, O>>,
}

impl<E: Operates<O>, O: 'static, M> Operation<E, O, M> {
    pub(super) fn new(entity: EntityRef<E, M>, args: E::Args) -> Self {
        Operation {
            entity,
            method: Callee::new(),
            arguments: Named(args),
        }
    }

    /// The id of the entity, as an instance.
    pub(crate) fn entity_id(&self) -> String {
        self.entity.id()
    }

    fn ask(self, turn: &mut Turn) -> Ticket<E::Output> {
        let entity = self.entity_id();
        let operation = turn.call(&self.arguments, |operation, args| Request::Operate {
            operation,
            entity,
            name: E::NAME,
            method: E::METHOD,
            args,
        });
        Ticket::new(operation)
    }

    /// The arguments as one value.
    pub(crate) fn arguments(&self) -> &Named<Of<E, O>> {
        &self.arguments
    }
}

impl<E: Operates<O>, O: 'static, M> Operation<E, O, M> {
    /// One way: sends it when awaited, which takes no time. Its result is nobody's.
    pub fn signal(self) -> Signal<E, O>
    where
        M: Signallable,
    {
        Signal::new(self.free(), When::Now)
    }

    /// One way, to arrive at `at` or later; signals with a time may overtake each other.
    pub fn signal_at(self, at: SystemTime) -> Signal<E, O>
    where
        M: Signallable,
    {
        Signal::new(self.free(), When::At(at.into()))
    }

    /// One way, to arrive after `delay` or later; signals with a time may overtake each other.
    pub fn signal_after(self, delay: Duration) -> Signal<E, O>
    where
        M: Signallable,
    {
        Signal::new(self.free(), When::After(delay))
    }

    /// Calls it when awaited, and gives a [`Task`](crate::Task) to await later.
    pub fn spawn(self) -> Spawn<Operation<E, O>>
    where
        M: Signallable,
    {
        Spawn(self.free())
    }

    fn free(self) -> Operation<E, O> {
        Operation {
            entity: self.entity.with_mode(),
            method: self.method,
            arguments: self.arguments,
        }
    }
}

impl<C: CallsEntities, E: Operates<O>, O: 'static> Durable<C> for Operation<E, O> {
    type Output = E::Output;
    type Pending = Ticket<E::Output>;

    fn begin(self, turn: &mut Turn) -> Ticket<E::Output> {
        self.ask(turn)
    }
}

impl<C: CallsLocked, E: Operates<O>, O: 'static> Durable<C> for Operation<E, O, Held> {
    type Output = E::Output;
    type Pending = Ticket<E::Output>;

    fn begin(self, turn: &mut Turn) -> Ticket<E::Output> {
        self.ask(turn)
    }
}

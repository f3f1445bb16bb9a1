//! `lock`: critical sections over entities.

use std::task::Poll;

use serde::{Deserialize, Serialize};

use super::{Entity, EntityRef, Free, Held};
use crate::durable::limits::LOCKED_ENTITIES_MAX;
use crate::durable::{
    Completion, Durable, Loader, LocksInExpressions, Pending, Persist, Refusal, Request, Saver,
    Ticket, Turn, Waits,
};
use crate::planted::planted;
use crate::schema::Stored;

/// Enters a critical section: `let (from, to) = lock((Account::at("a"), Account::at("b"))).await;`
///
/// It takes a reference to an entity, a tuple or a `Vec` of them, and tuples of these; types may be
/// mixed. When it is ready all of them are locked, and it gives the same references, through which
/// they can be called. To the end of the enclosing block the entities serve nobody else: what others
/// ask of them waits in its order. The lock is stored with the frame, so it outlives the process, and
/// it is released in the commit of the turn that leaves the block: at its end, by `?`, `return`,
/// `break` or `continue`, when the function is given up as the loser of a race, and when the instance
/// is cancelled or terminated or fails. An instance that is parked or suspended stays in its section.
///
/// It is no transaction: what the operations did stays, whichever way the block is left.
///
/// The rules (of Durable Functions, OOPSLA 2021, section 3.4) hold at compile time: sections do not
/// nest, and in one only locked entities can be called, other entities signalled, and no
/// sub-orchestrations or tasks awaited, which could wait for what is locked. Activities, timers and
/// events may be awaited. Entities are locked one after the other in the order of their ids, so
/// sections cannot deadlock; but what waits for ever in a section holds its entities for ever.
///
/// The call stands in a `let` of its own, as above. At most
/// [`LOCKED_ENTITIES_MAX`](crate::durable::limits::LOCKED_ENTITIES_MAX) entities can be locked at
/// once: with more the turn is refused. An entity that is named twice is locked once.
///
/// ```
/// use undying::prelude::*;
///
/// #[entity]
/// #[derive(Default, Serialize, Deserialize)]
/// struct Wallet {
///     balance: i64,
/// }
///
/// #[entity]
/// impl Wallet {
///     pub fn balance(&self) -> i64 {
///         self.balance
///     }
///     pub fn deposit(&mut self, amount: i64) {
///         self.balance += amount;
///     }
/// }
///
/// #[orchestration]
/// async fn transfer(from: String, to: String, amount: i64) -> bool {
///     let (from, to) = lock((Wallet::at(from), Wallet::at(to))).await;
///     if from.balance().await < amount {
///         return false; // both are free again
///     }
///     from.deposit(-amount).await; // killed here? both are still locked when it goes on
///     to.deposit(amount).await;
///     true
/// }
///
/// # let mut driver = undying::__private::Driver::new(undying::__private::Memory::Cold);
/// # driver.call(Wallet::at("alice").deposit(5)).unwrap();
/// # assert_eq!(driver.run(transfer("alice".into(), "bob".into(), 3)), Ok(true));
/// # assert_eq!(driver.run(transfer("alice".into(), "bob".into(), 3)), Ok(false));
/// ```
pub fn lock<L>(entities: L) -> Lock<L> {
    Lock(entities)
}

/// A critical section that is not entered yet. See [`lock`].
#[must_use = "nothing is locked until this is awaited"]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Lock<L>(L);

/// What [`lock`] takes: references to entities, tuples and lists of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be locked",
    label = "not a reference to an entity",
    note = "lock references, and tuples or lists of them: `lock((Account::at(\"a\"), Account::at(\"b\")))`"
)]
pub trait Lockables: Persist {
    /// The same references, locked.
    type Held: Persist;
    /// Adds the id and the stored name of each entity.
    fn list(&self, out: &mut Vec<(String, &'static str)>);
    /// They are locked.
    fn hold(self) -> Self::Held;
}

impl<E: Entity> Lockables for EntityRef<E, Free> {
    type Held = EntityRef<E, Held>;
    fn list(&self, out: &mut Vec<(String, &'static str)>) {
        out.push((self.id(), E::NAME));
    }
    fn hold(self) -> EntityRef<E, Held> {
        self.with_mode()
    }
}

#[diagnostic::do_not_recommend]
impl<L: Lockables> Lockables for Vec<L> {
    type Held = Vec<L::Held>;
    fn list(&self, out: &mut Vec<(String, &'static str)>) {
        self.iter().for_each(|one| one.list(out));
    }
    fn hold(self) -> Vec<L::Held> {
        self.into_iter().map(L::hold).collect()
    }
}

macro_rules! tuples { ($($($L:ident)*;)*) => { $(
    #[diagnostic::do_not_recommend]
    #[allow(non_snake_case)]
    impl<$($L: Lockables),*> Lockables for ($($L,)*) {
        type Held = ($($L::Held,)*);
        fn list(&self, out: &mut Vec<(String, &'static str)>) {
            let ($($L,)*) = self;
            $($L.list(out);)*
        }
        fn hold(self) -> Self::Held {
            let ($($L,)*) = self;
            ($($L.hold(),)*)
        }
    }
)* } }
tuples! { A; A B; A B C; A B C D; A B C D E; A B C D E F; A B C D E F G; A B C D E F G H; }

/// What `let .. = lock(..).await;` enters.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a critical section",
    label = "not what `undying::lock` gives",
    note = "`let .. = lock(..).await;` enters a critical section: give a function of your own another name"
)]
pub trait EntersSection {
    /// What is saved while it waits, and the references and the section it gives.
    type Pending: Pending;
    /// Asks for the locks.
    fn enter(self, turn: &mut Turn) -> Self::Pending;
}

impl<L: Lockables> EntersSection for Lock<L> {
    type Pending = Locking<L::Held>;

    fn enter(self, turn: &mut Turn) -> Locking<L::Held> {
        let mut entities = Vec::new();
        self.0.list(&mut entities);
        let count = entities.len();
        if count > LOCKED_ENTITIES_MAX {
            turn.refuse_because(format!(
                "a critical section locks {count} entities, more than {LOCKED_ENTITIES_MAX}"
            ));
        }
        let operation = turn.operation();
        match Stored::write(&()) {
            Ok(unit) if count == 0 => {
                turn.completions.insert(operation, Completion::Value(unit));
            }
            _ => turn.requests.push(Request::Lock {
                operation,
                entities,
            }),
        }
        Locking {
            ticket: Ticket::new(operation),
            held: Some(self.0.hold()),
        }
    }
}

impl<C: LocksInExpressions, L: Lockables> Durable<C> for Lock<L> {
    type Output = (L::Held, Section);
    type Pending = Locking<L::Held>;
    fn begin(self, turn: &mut Turn) -> Locking<L::Held> {
        self.enter(turn)
    }
}

/// A critical section that is waited for.
#[derive(Debug)]
pub struct Locking<H> {
    ticket: Ticket<()>,
    /// The references to be given when they are true.
    held: Option<H>,
}

impl<H: Persist> Pending for Locking<H> {
    type Output = (H, Section);

    fn poll(&mut self, turn: &mut Turn) -> Poll<Self::Output> {
        match (self.ticket.poll(turn), self.held.take()) {
            (Poll::Ready(()), Some(held)) => Poll::Ready((held, Section(self.ticket.operation))),
            (_, held) => {
                self.held = held;
                Poll::Pending
            }
        }
    }

    fn cancel(&mut self, turn: &mut Turn) {
        self.ticket.cancel(turn);
    }

    fn waits(&self, out: &mut Waits) {
        self.ticket.waits(out);
    }

    fn save(&mut self, saver: &mut Saver<'_>) -> Result<(), Refusal> {
        self.ticket.save(saver)?;
        saver.value("what is locked", &self.held)
    }

    fn load(loader: &mut Loader<'_>) -> Result<Self, Refusal> {
        Ok(Locking {
            ticket: Ticket::load(loader)?,
            held: loader.value("what is locked")?,
        })
    }
}

/// A critical section that a frame is in: a hidden local of the block that entered it. It is saved
/// with the frame, and given up when the frame is.
#[derive(Debug, Serialize, Deserialize)]
pub struct Section(u64);

impl Section {
    /// Leaves it: the entities are free again when this turn is durable.
    pub fn leave(self, turn: &mut Turn) {
        if !planted!(LockNotReleased) {
            turn.cancel(self.0);
        }
    }
}

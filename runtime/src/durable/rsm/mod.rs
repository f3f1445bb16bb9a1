//! Reliable state machines: a state chart over persistent fields, advanced by one event at a time.
//!
//! The semantics are those of P# state machines made reliable (Reliable State Machines, ECOOP 2019):
//! an event, what its handlers change, send, create and start is one commit.
//!
//! ```standalone_crate
//! use undying::prelude::*;
//!
//! #[derive(Serialize, Deserialize)]
//! pub struct Ball {
//!     from: RsmRef<Player>,
//! }
//!
//! #[derive(Serialize, Deserialize)]
//! pub struct HowOften;
//! impl Question for HowOften {
//!     type Answer = u32;
//! }
//!
//! #[rsm]
//! pub struct Player {
//!     hits: u32,
//! }
//!
//! #[rsm]
//! impl Player {
//!     chart! {
//!         pub enum PlayerState;
//!         start Playing {
//!             Ball     => hit,
//!             HowOften => defer,
//!         }
//!         Resting {
//!             Ball     => ignore,
//!             HowOften => how_often,
//!         }
//!     }
//!
//!     fn new(hits: u32) -> Self {
//!         Player { hits }
//!     }
//!
//!     fn hit(&mut self, ball: Ball, cx: &mut Cx<Self>) -> Next<Self> {
//!         self.hits += 1;
//!         cx.send(&ball.from, Ball { from: cx.me() });
//!         match self.hits {
//!             3 => Next::goto(PlayerState::Resting),
//!             _ => Next::stay(),
//!         }
//!     }
//!
//!     fn how_often(&mut self, asked: Asked<HowOften>, cx: &mut Cx<Self>) {
//!         cx.reply(asked.reply_to, self.hits);
//!     }
//! }
//!
//! # #[tokio::main]
//! # async fn main() -> undying::Result<()> {
//! let engine = Engine::open_in_memory().await?;
//! let (ada, bob) = (Player::at("ada"), Player::at("bob"));
//! engine.create(&ada, 0).await?;
//! engine.create(&bob, 0).await?;
//! engine.send(&ada, &Ball { from: bob.clone() }).await?;
//! // Deferred until Bob rests.
//! assert_eq!(engine.ask(&bob, &HowOften).await?, 3);
//! engine.shutdown().await
//! # }
//! ```

mod calls;
mod chart;
mod context;
mod dispatch;
mod handler;
mod machine;
mod next;
mod print;
mod reference;
mod steps;
mod stored;
mod timers;
mod trigger;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Persist, Refusal};
use crate::schema::Stored;

pub use calls::{Ask, Asking, Create, SendEvent, create};
pub use chart::{Chart, ChartState, Does, Heat, On, Row};
pub use context::Cx;
pub(crate) use context::event_value;
pub use handler::{
    AsyncHandler, Handler, HandlerFrame, HandlerOf, Handles, Returned, RunHandler, StartHandler,
    SyncHandler,
};
pub use machine::StateMachine;
pub use next::{IntoNext, Next};
pub use reference::RsmRef;
pub(crate) use stored::stored_fields;
pub use timers::{Timer, every, once};
pub use trigger::{
    Asked, Event, FromEvent, Question, Reply, ReplyTo, Trigger, Volatile, given, perhaps, read,
    several, volatile,
};

/// An annotated struct: the persistent and volatile fields of the machines of one name.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a reliable state machine",
    label = "the struct has no `#[rsm]`",
    note = "write `#[rsm]` on the struct as well as on its `impl`"
)]
pub trait Fields: Serialize + DeserializeOwned + Send + Sized + 'static {
    /// The stored name.
    const NAME: &'static str;
    /// Whether it is a [monitor](crate::monitor).
    const MONITOR: bool;
    /// Of a monitor: how many events it may be told in a row while its state is hot.
    const TEMPERATURE_MAX: u64 = u64::MAX;
}

/// A reliable state machine: what `#[rsm]` says about an `impl` with a chart.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no state chart",
    label = "there is no `#[rsm] impl {Self}` with a `chart!`"
)]
pub trait Rsm: Fields {
    /// Its chart.
    const CHART: &'static Chart;
    /// Its handlers, in the order of the chart's.
    const HANDLERS: &'static [Handler<Self>];
    /// The enum of its states.
    type State: States;
    /// The enum of its events.
    type Event: Send + 'static;
    /// What it is created with.
    type Init: Persist;
    /// The constructor.
    fn create(init: Self::Init, cx: &mut Cx<Self>) -> Self;
    /// Makes the volatile fields anew.
    fn activate(&mut self);
    /// Reads the event of this name.
    ///
    /// # Errors
    /// It has none of this name, or the value is another's.
    fn read_event(name: &str, value: &Stored) -> Result<Self::Event, Refusal>;
}

/// The enum of the states of a chart, in its order.
pub trait States: Persist + Copy + PartialEq + std::fmt::Debug {
    /// All of them.
    const ALL: &'static [Self];
    /// The place in the chart.
    fn place(self) -> usize;
}

/// `Self` takes the event `E` in some state.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not take `{E}`",
    label = "no state of `{Self}` handles, defers or ignores this event",
    note = "add it to its chart: `{E} => handler,`"
)]
pub trait Takes<E>: Rsm {
    /// The event's stored name.
    const EVENT: &'static str;
    /// Reads an event that was stored.
    ///
    /// # Errors
    /// The value is another's.
    fn read(value: &Stored) -> Result<E, Refusal>;
}

/// The name under which there is a machine of each monitor.
pub(crate) const MONITOR_NAME: &str = "monitor";

/// A machine that is told what others do, and judges it.
pub trait Monitor: Rsm<Init = ()> {}

/// Ends a machine. Every machine takes it; one whose chart says nothing about it halts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Halt;

/// A timer of the machine has run out: what its handler takes.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Timeout {
    /// The timer's name.
    pub timer: String,
}

/// There is no event of this name in the chart of `M`.
///
/// # Errors
/// Always.
pub fn unknown_event<T, M: Rsm>(name: &str) -> Result<T, Refusal> {
    Err(Refusal::Stuck {
        body: M::NAME.to_owned(),
        why: format!(
            "its chart has no event `{name}`: add a row for it, or deploy the version that has one"
        ),
    })
}

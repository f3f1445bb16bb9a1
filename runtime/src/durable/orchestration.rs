//! `Orchestration`: the call of an `#[orchestration]`, from inside and from outside.

use serde::{Deserialize, Serialize};

use super::call::Named;
use super::callee::Callee;
use super::machine::Run;
use super::{AwaitsOrchestrations, Call, Durable, Request, Spawn, Target, Ticket, Turn};

/// The call type of an annotated orchestration.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an orchestration",
    label = "only orchestrations are started"
)]
pub trait OrchestrationCall: Call {
    /// How it is run: compiled ([`Root`](super::Root)) or replayed ([`Replayed`](super::Replayed)).
    type Machine: Run<Self>;
}

/// A call of an `#[orchestration]`: awaited or spawned inside another one, or given to
/// `Engine::start` from outside.
///
/// It has no retry policy, as an activity has: its activities are retried, and its result is meant. One
/// that may be begun again is begun again by its caller, which can look at the error:
///
/// ```
/// use undying::prelude::*;
///
/// #[orchestration]
/// async fn ship(order: String) -> Result<String, Failure> {
///     Ok(order)
/// }
///
/// #[orchestration]
/// async fn ship_somehow(order: String) -> Result<String, Failure> {
///     let policy = Retry::attempts(3).first(minutes(1));
///     let mut attempt = 1;
///     loop {
///         match ship(order.clone()).await {
///             Err(Failure::TimedOut { .. }) if attempt < policy.max_attempts() => {}
///             result => return result,
///         }
///         sleep(policy.delay(attempt)).await;
///         attempt += 1;
///     }
/// }
/// ```
#[must_use = "an orchestration does nothing until it is awaited, spawned or started"]
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
#[allow(missing_debug_implementations)]
pub struct Orchestration<O: OrchestrationCall> {
    call: Callee<O>,
    arguments: Named<O>,
    id: Option<String>,
}

/// Makes the call.
pub fn orchestration<O: OrchestrationCall>(args: O::Args) -> Orchestration<O> {
    Orchestration {
        call: Callee::new(),
        arguments: Named(args),
        id: None,
    }
}

impl<O: OrchestrationCall> Orchestration<O> {
    /// Chooses the id of the child instance; without it the id is made of the parent's.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Starts it when awaited, and gives a [`Task`](super::Task) to await later.
    pub fn spawn(self) -> Spawn<Self> {
        Spawn(self)
    }

    /// The id that was chosen for it, if one was.
    pub(super) fn own_id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The arguments as one value.
    pub(crate) fn into_args(self) -> Named<O> {
        self.arguments
    }
}

impl<C: AwaitsOrchestrations, O: OrchestrationCall> Durable<C> for Orchestration<O> {
    type Output = O::Output;
    type Pending = Ticket<O::Output>;

    fn begin(self, turn: &mut Turn) -> Ticket<O::Output> {
        let id = self.id;
        let operation = turn.call(&self.arguments, |operation, args| Request::Child {
            operation,
            target: Target::of::<O>(),
            id,
            args,
        });
        Ticket::new(operation)
    }
}

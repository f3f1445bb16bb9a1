//! `Activity`: the call of an `#[activity]`.

use std::any::{TypeId, type_name};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::call::Named;
use super::callee::Callee;
use super::{AwaitsActivities, Call, Durable, Request, Retry, Spawn, Target, Ticket, Turn};
use crate::engine::Scope;

/// What an activity declares about its attempts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ActivityOptions {
    /// When a failed attempt is made again.
    pub retry: Retry,
    /// How long one attempt may take.
    pub timeout: Option<Duration>,
    /// How many attempts may run at once in this process.
    pub concurrency: Option<usize>,
}

impl ActivityOptions {
    /// One attempt, no timeout, no limit.
    #[must_use]
    #[allow(clippy::new_without_default)]
    pub const fn new() -> Self {
        ActivityOptions {
            retry: Retry::never(),
            timeout: None,
            concurrency: None,
        }
    }

    /// Sets the retry policy.
    #[must_use]
    pub const fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// Sets the timeout of each attempt.
    #[must_use]
    pub const fn timeout(mut self, each: Duration) -> Self {
        self.timeout = Some(each);
        self
    }

    /// Sets how many attempts may run at once.
    #[must_use]
    pub const fn concurrency(mut self, limit: usize) -> Self {
        self.concurrency = Some(limit);
        self
    }
}

/// Application state an activity takes by `State(x): State<T>`.
#[derive(Debug, Clone, Copy)]
pub struct StateNeed {
    /// The type.
    pub type_id: fn() -> TypeId,
    /// Its name, for messages.
    pub type_name: fn() -> &'static str,
}

impl StateNeed {
    /// The need for a `T`.
    #[must_use]
    pub const fn of<T: 'static>() -> Self {
        StateNeed {
            type_id: TypeId::of::<T>,
            type_name: type_name::<T>,
        }
    }
}

/// The call type of an annotated activity.
#[diagnostic::on_unimplemented(message = "`{Self}` is not an activity")]
pub trait ActivityCall: Call {
    /// Its declared options.
    const OPTIONS: ActivityOptions;
    /// The application state it takes.
    const NEEDS: &'static [StateNeed];
    /// Whether the output of an attempt is a failed one.
    fn is_error(output: &Self::Output) -> bool;
    /// Whether the retry policy is for this failed attempt.
    fn again(_failed: &Self::Output) -> bool {
        true
    }
    /// One attempt.
    fn run(args: Self::Args, scope: Scope) -> impl Future<Output = Self::Output> + Send + 'static;
}

/// A call of an `#[activity]`: nothing happens until it is awaited or spawned.
///
/// It may run more than once; its completion is accepted once (Durable Functions, OOPSLA 2021, 4).
#[must_use = "an activity does nothing until it is awaited or spawned"]
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
#[allow(missing_debug_implementations)]
pub struct Activity<A: ActivityCall> {
    call: Callee<A>,
    arguments: Named<A>,
    retry: Option<Retry>,
    timeout: Option<Duration>,
}

/// Makes the call.
pub fn activity<A: ActivityCall>(args: A::Args) -> Activity<A> {
    Activity {
        call: Callee::new(),
        arguments: Named(args),
        retry: None,
        timeout: None,
    }
}

impl<A: ActivityCall> Activity<A> {
    /// Replaces the declared retry policy for this call.
    pub fn retry(mut self, policy: Retry) -> Self {
        self.retry = Some(policy);
        self
    }

    /// Replaces the declared timeout of each attempt for this call.
    pub fn timeout(mut self, each: Duration) -> Self {
        self.timeout = Some(each);
        self
    }

    /// The arguments as one value, and what this call replaces of the declared options.
    pub(super) fn into_parts(self) -> (Named<A>, Option<Retry>, Option<Duration>) {
        (self.arguments, self.retry, self.timeout)
    }

    /// Starts it when awaited, and gives a [`Task`](super::Task) to await later.
    pub fn spawn(self) -> Spawn<Self> {
        Spawn(self)
    }
}

impl<C: AwaitsActivities, A: ActivityCall> Durable<C> for Activity<A> {
    type Output = A::Output;
    type Pending = Ticket<A::Output>;

    fn begin(self, turn: &mut Turn) -> Ticket<A::Output> {
        let (retry, timeout) = (self.retry, self.timeout);
        let operation = turn.call(&self.arguments, |operation, args| Request::Activity {
            operation,
            target: Target::of::<A>(),
            args,
            retry,
            timeout,
        });
        Ticket::new(operation)
    }
}

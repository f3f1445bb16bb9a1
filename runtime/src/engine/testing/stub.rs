//! `Stub`: what an activity does in a test.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::durable::{ActivityCall, Arguments, Call, Named};
use crate::engine::{ActivityContext, EngineBuilder};
use crate::schema::Stored;

/// The arguments of a call, as one value: nothing, the argument itself, or a tuple of them.
pub type ArgumentsOf<A> = <<A as Call>::Args as Arguments>::Values;

type Answer<A> = Pin<Box<dyn Future<Output = <A as Call>::Output> + Send>>;
type Act<A> = dyn Fn(ArgumentsOf<A>, ActivityContext) -> Answer<A> + Send + Sync;

/// What the activity with the call type `A` does in a test, instead of what it does else; given to an
/// engine by [`EngineBuilder::stub`]. It keeps what it was called with.
///
/// Around it all is as ever: its retry policy, its timeout, its limits, and an `Err` or a panic of it is
/// one of the activity. The states that the activity takes need not be given.
///
/// ```standalone_crate
/// use undying::prelude::*;
/// use undying::testing::{self, Stub};
///
/// #[activity(retry(max_attempts = 5, first = "1h"))]
/// async fn charge(account: String, amount: u64) -> u64 {
///     panic!("no test asks the bank to charge {account} with {amount}")
/// }
///
/// #[orchestration]
/// async fn checkout(account: String) -> u64 {
///     charge(account, 20).await
/// }
///
/// # fn main() {
/// let bank = Stub::<ChargeCall>::with(|(_, amount), attempt| async move {
///     if attempt.attempt() < 3 { panic!("the bank is closed") } else { amount }
/// });
/// let paid = testing::run(async |test| {
///     let engine = test.open(Engine::builder().stub(&bank)).await?;
///     engine.start("order-17", checkout("ann".into())).await?.result().await
/// });
/// assert_eq!(paid.unwrap(), 20);
/// assert_eq!(bank.count(), 3);
/// assert_eq!(bank.calls()[2].arguments, ("ann".to_owned(), 20));
/// # }
/// ```
///
/// Cloning gives another name of the same stub.
pub struct Stub<A: ActivityCall> {
    act: Arc<Act<A>>,
    calls: Arc<Mutex<Vec<(Stored, ActivityContext)>>>,
}

/// One attempt that a [`Stub`] has made.
#[non_exhaustive]
pub struct StubCall<A: ActivityCall> {
    /// What it was called with.
    pub arguments: ArgumentsOf<A>,
    /// Which attempt it was, for whom.
    pub context: ActivityContext,
}

impl<A: ActivityCall> Stub<A> {
    /// It returns at once what `act` makes of the arguments: of one argument itself, of more a tuple.
    pub fn new(act: impl Fn(ArgumentsOf<A>) -> A::Output + Send + Sync + 'static) -> Self {
        Stub::with(move |arguments, _| std::future::ready(act(arguments)))
    }

    /// As [`new`](Self::new), with the context of the attempt, and it may wait: for
    /// [`testing::nap`](crate::testing::nap), say.
    pub fn with<R>(
        act: impl Fn(ArgumentsOf<A>, ActivityContext) -> R + Send + Sync + 'static,
    ) -> Self
    where
        R: Future<Output = A::Output> + Send + 'static,
    {
        Stub {
            act: Arc::new(move |arguments, context| Box::pin(act(arguments, context))),
            calls: Arc::default(),
        }
    }

    fn made(&self) -> MutexGuard<'_, Vec<(Stored, ActivityContext)>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many attempts it has begun.
    #[must_use]
    pub fn count(&self) -> usize {
        self.made().len()
    }

    /// The attempts it has begun, in order, those that died with their process too.
    #[must_use]
    pub fn calls(&self) -> Vec<StubCall<A>> {
        let made = self.made();
        let read = |(stored, context): &(Stored, ActivityContext)| {
            // They were read before they were kept.
            let arguments = stored.read::<Named<A>>().ok()?.0.values();
            let context = context.clone();
            Some(StubCall { arguments, context })
        };
        made.iter().filter_map(read).collect()
    }

    /// One attempt.
    pub(crate) fn run(&self, stored: Stored, args: A::Args, context: ActivityContext) -> Answer<A> {
        self.made().push((stored, context.clone()));
        (self.act)(args.values(), context)
    }
}

impl EngineBuilder {
    /// Has the activity with the call type `A` do what this stub does, in tests.
    ///
    /// Default = every activity does what it does.
    #[must_use]
    pub fn stub<A: ActivityCall>(mut self, stub: &Stub<A>) -> Self {
        self.states.stub(stub.clone());
        self
    }
}

impl<A: ActivityCall> Clone for Stub<A> {
    fn clone(&self) -> Self {
        Stub {
            act: self.act.clone(),
            calls: self.calls.clone(),
        }
    }
}

impl<A: ActivityCall> fmt::Debug for Stub<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stub")
            .field("activity", &A::NAME)
            .field("calls", &self.count())
            .finish_non_exhaustive()
    }
}

impl<A: ActivityCall> fmt::Debug for StubCall<A>
where
    ArgumentsOf<A>: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StubCall")
            .field("arguments", &self.arguments)
            .field("context", &self.context)
            .finish()
    }
}

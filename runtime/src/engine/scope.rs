//! `Scope`: what one attempt of an activity is given by the engine.

use std::any::{Any, TypeId};
use std::fmt;
use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;
use tokio_util::sync::CancellationToken;

use super::testing::Stub;
use crate::core::Number;
use crate::durable::ActivityCall;

/// Application state, taken by an activity's parameter `State(pool): State<Pool>`.
///
/// Given to the engine at build time with `Engine::builder().state(pool)`; a missing one is named
/// when the engine opens.
///
/// ```standalone_crate
/// use undying::prelude::*;
///
/// #[derive(Clone)]
/// struct Greeting(&'static str); // a connection pool, a client, a configuration
///
/// #[activity]
/// async fn greet(name: String, State(greeting): State<Greeting>) -> String {
///     format!("{}, {name}", greeting.0)
/// }
///
/// #[orchestration]
/// async fn welcome(name: String) -> String {
///     greet(name).await
/// }
///
/// # #[tokio::main]
/// # async fn main() -> undying::Result<()> {
/// let engine = Engine::builder().state(Greeting("hello")).open_in_memory().await?;
/// let handle = engine.start("1", welcome("Ann".into())).await?;
/// assert_eq!(handle.result().await?, "hello, Ann");
///
/// // A unit test of the activity brings its own.
/// assert_eq!(GreetCall::body("Bo".into(), State(Greeting("hi"))).await, "hi, Bo");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State<T>(pub T);

/// The application states of an engine, by type.
#[derive(Clone, Default)]
pub struct States {
    all: FxHashMap<TypeId, Arc<dyn Any + Send + Sync>>,
    /// Those of stubs, by the call types of their activities.
    stubs: FxHashMap<TypeId, Arc<dyn Any + Send + Sync>>,
    /// One that is missing is missed by the attempt that needs it.
    pub(super) may_miss: bool,
}

impl States {
    /// What every engine has, until it is given another.
    pub(super) fn initial() -> Self {
        #[allow(unused_mut)]
        let mut states = States::default();
        #[cfg(feature = "http-client")]
        states.insert(super::http::Client::default());
        states
    }

    /// Adds or replaces the state of type `T`.
    pub fn insert<T: Clone + Send + Sync + 'static>(&mut self, state: T) {
        self.all.insert(TypeId::of::<T>(), Arc::new(state));
    }

    /// Adds or replaces what an activity does.
    pub(super) fn stub<A: ActivityCall>(&mut self, stub: Stub<A>) {
        self.stubs.insert(TypeId::of::<A>(), Arc::new(stub));
    }

    /// Whether the activity with this call type is stubbed.
    pub(super) fn has_stub(&self, call: TypeId) -> bool {
        self.stubs.contains_key(&call)
    }

    /// Whether a state of this type is there.
    #[must_use]
    pub fn has(&self, type_id: TypeId) -> bool {
        self.all.contains_key(&type_id)
    }

    fn get<T: Clone + 'static>(&self) -> Option<T> {
        self.all
            .get(&TypeId::of::<T>())?
            .downcast_ref::<T>()
            .cloned()
    }
}

impl fmt::Debug for States {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "States({})", self.all.len())
    }
}

/// What an activity knows about its attempt: an optional first parameter `cx: ActivityContext`.
///
/// ```
/// use undying::prelude::*;
///
/// #[activity]
/// async fn pay(cx: ActivityContext, amount: u64) -> u64 {
///     // The same at every attempt of this call: the other side pays once.
///     send("https://bank.example/pay", cx.idempotency_key(), amount).await
/// }
/// # async fn send(_: &str, _: &str, amount: u64) -> u64 { amount }
/// ```
#[derive(Debug, Clone)]
pub struct ActivityContext {
    pub(crate) instance_id: Arc<str>,
    pub(crate) call: Call,
    pub(crate) attempt: u32,
    pub(crate) cancellation: CancellationToken,
}

/// Which call of which instance an attempt is of. Most activities do not ask for its key, so it is
/// made when one does.
#[derive(Debug, Clone, Default)]
pub(crate) struct Call {
    pub(crate) instance: Number,
    pub(crate) operation: u64,
    key: OnceLock<Box<str>>,
}

impl Call {
    pub(crate) fn new(instance: Number, operation: u64) -> Self {
        Call {
            instance,
            operation,
            key: OnceLock::new(),
        }
    }
}

impl ActivityContext {
    /// The instance that asked for this activity.
    #[must_use]
    pub fn instance_id(&self) -> &str {
        &self.instance_id
    }

    /// The same for every attempt of this call and for no other call: give it to services that
    /// deduplicate requests.
    #[must_use]
    pub fn idempotency_key(&self) -> &str {
        self.call.key.get_or_init(|| {
            let (instance, operation) = (self.call.instance, self.call.operation);
            format!("{}/{instance}/{operation}", self.instance_id).into()
        })
    }

    /// Which attempt this is, counted from 1.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Whether the attempt was cancelled: its result will not be used.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.cancellation.is_cancelled()
    }

    /// Waits until the attempt is cancelled.
    pub async fn cancelled(&self) {
        self.cancellation.cancelled().await;
    }
}

/// What generated code takes an activity's injected parameters from.
#[derive(Debug, Clone)]
pub struct Scope {
    pub(crate) states: Arc<States>,
    pub(crate) context: ActivityContext,
}

impl Scope {
    /// The scope of an attempt that no engine runs: no states, and its key stands for the instance too.
    pub(crate) fn detached(key: &str, attempt: u32) -> Self {
        let context = ActivityContext {
            instance_id: Arc::from(key),
            call: Call {
                key: OnceLock::from(Box::from(key)),
                ..Call::default()
            },
            attempt,
            cancellation: CancellationToken::new(),
        };
        Scope {
            states: Arc::default(),
            context,
        }
    }

    /// The application state of type `T`.
    ///
    /// # Panics
    /// When there is none, which is excluded when the engine opens, but in the simulation.
    #[must_use]
    pub fn state<T: Clone + 'static>(&self) -> T {
        self.states.get().unwrap_or_else(|| {
            panic!(
                "the engine has no `State<{}>`: give it one, `Engine::builder().state(..)`, or stub \
                 the activity that takes it",
                std::any::type_name::<T>()
            )
        })
    }

    /// What this activity does instead.
    pub(crate) fn stub<A: ActivityCall>(&self) -> Option<Stub<A>> {
        let stub = self.states.stubs.get(&TypeId::of::<A>())?;
        stub.downcast_ref::<Stub<A>>().cloned()
    }

    /// The attempt's context.
    #[must_use]
    pub fn context(&self) -> ActivityContext {
        self.context.clone()
    }
}

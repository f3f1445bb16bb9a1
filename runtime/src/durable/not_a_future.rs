//! What is awaited in a durable function, awaited elsewhere: one speaking error.
//!
//! rustc's words for what is no future cannot be changed. So descriptions are futures under a bound
//! that nothing satisfies, and its name says what is wrong.

use std::pin::Pin;
use std::task::{Context, Poll};

use super::{
    Activity, ActivityCall, Body, CancelTask, ContinueAsNew, Event, Join, JoinAll, Lock, Lockables,
    Operates, Operation, Orchestration, OrchestrationCall, Race, Raise, Resumable, Signal, Sleep,
    SleepUntil, Spawn, StartDetached, Task, Timeout,
};

/// Never implemented. From outside, give a call to the engine: `engine.start(id, call)`; in a unit
/// test of an activity, run its plain body: `ChargeCall::body(..).await`.
pub trait AwaitedInsideAnOrchestration {}

macro_rules! not_a_future {
    ($([$($generics:tt)*] $ty:ty => $output:ty;)*) => { $(
        // The lifetime keeps rustc from saying here that the bound never holds.
        impl<$($generics)*> Future for $ty
        where
            for<'a> $ty: AwaitedInsideAnOrchestration,
        {
            type Output = $output;
            fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<$output> {
                Poll::Pending
            }
        }
    )* };
}

not_a_future! {
    [A: ActivityCall] Activity<A> => A::Output;
    [O: OrchestrationCall] Orchestration<O> => O::Output;
    [O: OrchestrationCall] ContinueAsNew<O> => O::Output;
    [O: OrchestrationCall] StartDetached<O> => ();
    [B: Body] Resumable<B> => B::Output;
    [E: Operates<O>, O: 'static, M] Operation<E, O, M> => E::Output;
    [E: Operates<O>, O: 'static] Signal<E, O> => ();
    [T] Event<T> => T;
    [T] Raise<T> => ();
    [T] Task<T> => T;
    [D] Spawn<D> => ();
    [T] Join<T> => ();
    [D] JoinAll<D> => ();
    [T] Race<T> => ();
    [D] Timeout<D> => ();
    [L: Lockables] Lock<L> => L::Held;
    [] Sleep => ();
    [] SleepUntil => ();
    [] CancelTask => ();
}

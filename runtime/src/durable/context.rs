//! Contexts: who may await what, as a table of types, traits and impls; and `Context`, the instance's own.

use super::Timestamp;
use std::sync::Arc;
use std::time::SystemTime;

/// The body of an `#[orchestration]`.
#[derive(Debug, Clone, Copy)]
pub struct InOrchestration;
/// A critical section of an orchestration.
#[derive(Debug, Clone, Copy)]
pub struct CriticalSection;
/// An operation of an `#[entity]`.
#[derive(Debug, Clone, Copy)]
pub struct EntityOperation;
/// A handler of an `#[rsm]`.
#[derive(Debug, Clone, Copy)]
pub struct RsmHandler;

// The rows are written by hand, not by a macro: rustc would print the whole macro below the error.

/// Where an activity may be awaited.
#[diagnostic::on_unimplemented(
    message = "an activity cannot be awaited in `{Self}`",
    label = "not here"
)]
pub trait AwaitsActivities {}
#[diagnostic::do_not_recommend]
impl AwaitsActivities for InOrchestration {}
#[diagnostic::do_not_recommend]
impl AwaitsActivities for CriticalSection {}
#[diagnostic::do_not_recommend]
impl AwaitsActivities for EntityOperation {}
#[diagnostic::do_not_recommend]
impl AwaitsActivities for RsmHandler {}
#[diagnostic::do_not_recommend]
impl<A: AwaitsActivities, B: AwaitsActivities> AwaitsActivities for (A, B) {}

/// Where a timer may be awaited.
#[diagnostic::on_unimplemented(
    message = "a timer cannot be awaited in `{Self}`",
    label = "would stop this instance's mailbox",
    note = "an entity operation or an rsm handler ends before the next message is taken"
)]
pub trait AwaitsTimers {}
#[diagnostic::do_not_recommend]
impl AwaitsTimers for InOrchestration {}
#[diagnostic::do_not_recommend]
impl AwaitsTimers for CriticalSection {}
#[diagnostic::do_not_recommend]
impl<A: AwaitsTimers, B: AwaitsTimers> AwaitsTimers for (A, B) {}

/// Where a task may be awaited.
#[diagnostic::on_unimplemented(
    message = "a task cannot be awaited in `{Self}`",
    label = "may wait for something held here",
    note = "await it before the critical section, or await the call itself instead of spawning it"
)]
pub trait AwaitsTasks {}
#[diagnostic::do_not_recommend]
impl AwaitsTasks for InOrchestration {}
#[diagnostic::do_not_recommend]
impl<A: AwaitsTasks, B: AwaitsTasks> AwaitsTasks for (A, B) {}

/// Where a sub-orchestration may be awaited.
#[diagnostic::on_unimplemented(
    message = "a sub-orchestration cannot be awaited in `{Self}`",
    label = "may wait for something held here",
    note = "in a critical section it could wait for a lock that is held until it ends",
    note = "in an entity operation it would stop the mailbox"
)]
pub trait AwaitsOrchestrations {}
#[diagnostic::do_not_recommend]
impl AwaitsOrchestrations for InOrchestration {}
#[diagnostic::do_not_recommend]
impl AwaitsOrchestrations for RsmHandler {}
#[diagnostic::do_not_recommend]
impl<A: AwaitsOrchestrations, B: AwaitsOrchestrations> AwaitsOrchestrations for (A, B) {}

/// Where an operation of an entity may be called and waited for.
#[diagnostic::on_unimplemented(
    message = "an entity cannot be called in `{Self}`",
    label = "would wait for another entity",
    note = "an entity that waits for another one could wait for ever: send it one way, `.signal().await`, or start an orchestration that calls both",
    note = "in a critical section only what is locked can be called, through the references that `lock` gave: lock this one, too"
)]
pub trait CallsEntities {}
#[diagnostic::do_not_recommend]
impl CallsEntities for InOrchestration {}
#[diagnostic::do_not_recommend]
impl CallsEntities for RsmHandler {}
#[diagnostic::do_not_recommend]
impl<A: CallsEntities, B: CallsEntities> CallsEntities for (A, B) {}

/// Where an operation of a locked entity may be called.
#[diagnostic::on_unimplemented(
    message = "a locked entity cannot be called in `{Self}`",
    label = "it is locked only in its critical section",
    note = "call it before the block ends in which it was locked, or through a reference of its own: `Account::at(key)`"
)]
pub trait CallsLocked {}
#[diagnostic::do_not_recommend]
impl CallsLocked for CriticalSection {}
#[diagnostic::do_not_recommend]
impl<A: CallsLocked, B: CallsLocked> CallsLocked for (A, B) {}

/// Where a critical section may be entered.
#[diagnostic::on_unimplemented(
    message = "a critical section cannot be entered in `{Self}`",
    label = "not here",
    note = "critical sections do not nest: lock all entities at once, `lock((a, b, c))`",
    note = "an entity operation or an rsm handler would stop its mailbox while it waits"
)]
pub trait OpensSections {}
#[diagnostic::do_not_recommend]
impl OpensSections for InOrchestration {}
#[diagnostic::do_not_recommend]
impl<A: OpensSections, B: OpensSections> OpensSections for (A, B) {}

/// Where `lock(..)` may be awaited inside of an expression: nowhere.
#[diagnostic::on_unimplemented(
    message = "`lock(..)` is not awaited in a `let` of its own",
    label = "where would this critical section end?",
    note = "write `let (a, b) = lock((a, b)).await;`: the section lasts to the end of that block"
)]
pub trait LocksInExpressions {}

/// Where an entity may be signalled.
#[diagnostic::on_unimplemented(
    message = "an entity cannot be signalled in `{Self}`",
    label = "not here"
)]
pub trait SignalsEntities {}
#[diagnostic::do_not_recommend]
impl SignalsEntities for InOrchestration {}
#[diagnostic::do_not_recommend]
impl SignalsEntities for CriticalSection {}
#[diagnostic::do_not_recommend]
impl SignalsEntities for EntityOperation {}
#[diagnostic::do_not_recommend]
impl SignalsEntities for RsmHandler {}
#[diagnostic::do_not_recommend]
impl<A: SignalsEntities, B: SignalsEntities> SignalsEntities for (A, B) {}

/// Where an orchestration may be started that nobody waits for.
#[diagnostic::on_unimplemented(
    message = "an orchestration cannot be started in `{Self}`",
    label = "not here"
)]
pub trait StartsDetached {}
#[diagnostic::do_not_recommend]
impl StartsDetached for InOrchestration {}
#[diagnostic::do_not_recommend]
impl StartsDetached for CriticalSection {}
#[diagnostic::do_not_recommend]
impl StartsDetached for EntityOperation {}
#[diagnostic::do_not_recommend]
impl StartsDetached for RsmHandler {}
#[diagnostic::do_not_recommend]
impl<A: StartsDetached, B: StartsDetached> StartsDetached for (A, B) {}

/// Where an event may be awaited.
#[diagnostic::on_unimplemented(
    message = "an event cannot be awaited in `{Self}`",
    label = "would stop this instance's mailbox",
    note = "an entity operation or an rsm handler ends before the next message is taken"
)]
pub trait AwaitsEvents {}
#[diagnostic::do_not_recommend]
impl AwaitsEvents for InOrchestration {}
#[diagnostic::do_not_recommend]
impl AwaitsEvents for CriticalSection {}
#[diagnostic::do_not_recommend]
impl<A: AwaitsEvents, B: AwaitsEvents> AwaitsEvents for (A, B) {}

/// Where an event may be raised.
#[diagnostic::on_unimplemented(
    message = "an event cannot be raised in `{Self}`",
    label = "not here"
)]
pub trait RaisesEvents {}
#[diagnostic::do_not_recommend]
impl RaisesEvents for InOrchestration {}
#[diagnostic::do_not_recommend]
impl RaisesEvents for CriticalSection {}
#[diagnostic::do_not_recommend]
impl RaisesEvents for EntityOperation {}
#[diagnostic::do_not_recommend]
impl<A: RaisesEvents, B: RaisesEvents> RaisesEvents for (A, B) {}

/// Where a machine may be created.
#[diagnostic::on_unimplemented(
    message = "a state machine cannot be created in `{Self}`",
    label = "not here"
)]
pub trait CreatesMachines {}
#[diagnostic::do_not_recommend]
impl CreatesMachines for InOrchestration {}
#[diagnostic::do_not_recommend]
impl CreatesMachines for CriticalSection {}
#[diagnostic::do_not_recommend]
impl CreatesMachines for EntityOperation {}
#[diagnostic::do_not_recommend]
impl<A: CreatesMachines, B: CreatesMachines> CreatesMachines for (A, B) {}

/// Where an event may be sent to a machine.
#[diagnostic::on_unimplemented(
    message = "an event cannot be sent to a state machine in `{Self}`",
    label = "not here",
    note = "in a handler of a state machine: `cx.send(&to, event)`"
)]
pub trait SendsToMachines {}
#[diagnostic::do_not_recommend]
impl SendsToMachines for InOrchestration {}
#[diagnostic::do_not_recommend]
impl SendsToMachines for CriticalSection {}
#[diagnostic::do_not_recommend]
impl SendsToMachines for EntityOperation {}
#[diagnostic::do_not_recommend]
impl<A: SendsToMachines, B: SendsToMachines> SendsToMachines for (A, B) {}

/// Where a machine may be asked.
#[diagnostic::on_unimplemented(
    message = "a state machine cannot be asked in `{Self}`",
    label = "would wait for a machine that may wait for this one",
    note = "send it an event, and let it send one back: `cx.send(&to, Tell {{ me: cx.me() }})`"
)]
pub trait AsksMachines {}
#[diagnostic::do_not_recommend]
impl AsksMachines for InOrchestration {}
#[diagnostic::do_not_recommend]
impl<A: AsksMachines, B: AsksMachines> AsksMachines for (A, B) {}

/// Where an instance may begin again.
#[diagnostic::on_unimplemented(
    message = "`continue_as_new` cannot be awaited in `{Self}`",
    label = "only an orchestration begins again",
    note = "leave the critical section before"
)]
pub trait BeginsAgain {}
#[diagnostic::do_not_recommend]
impl BeginsAgain for InOrchestration {}
#[diagnostic::do_not_recommend]
impl<A: BeginsAgain, B: BeginsAgain> BeginsAgain for (A, B) {}

/// What a `#[resumable(..)]` helper declares.
#[diagnostic::on_unimplemented(
    message = "`{Self}` was not declared for use in `{C}`",
    label = "this helper may await what is forbidden here",
    note = "declare it: `#[resumable(orchestration, section)]`; its own body is then checked against both"
)]
pub trait DeclaredFor<C> {}
impl<H: DeclaredFor<A> + DeclaredFor<B>, A, B> DeclaredFor<(A, B)> for H {}

/// What an orchestration knows about itself: an optional first parameter `cx: &mut Context`.
///
/// It is read from the turn and never saved.
///
/// ```
/// use undying::prelude::*;
///
/// #[orchestration]
/// async fn told(cx: &mut Context, days_left: u32) -> String {
///     cx.set_status(format!("{days_left} days left"));
///     sleep(days(days_left.into())).await;
///     format!("{} is over", cx.instance_id())
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Context {
    pub(crate) instance_id: Arc<str>,
    /// The instance's partition, and its number there.
    pub(crate) number: (u16, u64),
    pub(crate) version: Option<Arc<str>>,
    pub(crate) now: Timestamp,
    pub(crate) status: Option<String>,
}

impl Context {
    pub(crate) fn new(
        instance_id: impl Into<Arc<str>>,
        number: (u16, u64),
        now: Timestamp,
        status: Option<String>,
    ) -> Self {
        Context {
            instance_id: instance_id.into(),
            number,
            version: None,
            now,
            status,
        }
    }

    /// The same of an instance that has a version.
    pub(crate) fn of_version(mut self, version: Option<Arc<str>>) -> Self {
        self.version = version;
        self
    }

    /// The id the instance was started with.
    #[must_use]
    pub fn instance_id(&self) -> &str {
        &self.instance_id
    }

    /// The [version](crate::EngineBuilder::version) of the engine that started the instance, if that
    /// had one; the same for all of its life.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// Engine time at the beginning of this turn; it never goes backwards.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        self.now.into()
    }

    /// Sets what [`Handle::describe`](crate::Handle::describe) shows besides the engine's own
    /// status; durable with this turn. At most
    /// [`STATUS_BYTES_MAX`](super::limits::STATUS_BYTES_MAX) bytes: with more the turn is refused.
    pub fn set_status(&mut self, status: impl Into<String>) {
        self.status = Some(status.into());
    }
}

//! What durable functions are made of: calls, awaits, frames, and the turn that advances them.
//!
//! Everything here is data and pure functions: no clock, no I/O, no threads. The macros generate
//! code against it, the kernel drives it.

mod activity;
mod branch;
mod call;
mod callee;
mod context;
mod continue_as_new;
mod detached;
mod drive;
mod entity;
mod entry;
mod event;
mod failure;
mod frame;
mod from_json;
mod join;
mod kept;
mod layout;
pub mod limits;
#[doc(hidden)]
pub mod lowered;
mod machine;
mod mailbox;
mod not_a_future;
mod orchestration;
mod outcome;
mod pending;
mod persist;
mod race;
pub(crate) mod readers;
mod refusal;
mod replay;
pub(crate) mod reserved;
mod resumable;
mod retry;
pub mod rsm;
mod saga;
mod save;
mod schedule;
pub(crate) mod shared;
mod sleep;
mod slot;
mod slots;
mod target;
mod task;
mod ticket;
mod timeout;
mod timestamp;
mod turn;
mod version;
mod wait;
mod waits;

pub use activity::{Activity, ActivityCall, ActivityOptions, StateNeed, activity};
pub use branch::{Branch, Branching, Fork};
pub use call::{Arg, Arguments, Body, Call, Named, Parameter, Point};
pub use context::{
    AsksMachines, AwaitsActivities, AwaitsEvents, AwaitsOrchestrations, AwaitsTasks, AwaitsTimers,
    BeginsAgain, CallsEntities, CallsLocked, Context, CreatesMachines, CriticalSection,
    DeclaredFor, EntityOperation, InOrchestration, LocksInExpressions, OpensSections, RaisesEvents,
    RsmHandler, SendsToMachines, SignalsEntities, StartsDetached,
};
pub use continue_as_new::{Again, ContinueAsNew, Never, continue_as_new};
pub use detached::{Detached, StartDetached};
#[doc(hidden)]
pub use drive::{AtRest, Driver, Memory, Save, Stop};
#[cfg(feature = "http")]
pub(crate) use entity::id_of as entity_id;
pub(crate) use entity::stored_state;
pub use entity::{
    AsyncOperation, Code, Effect, EntersSection, Entity, EntityBody, EntityContext, EntityKey,
    EntityMachine, EntityRef, EntityState, Free, Held, Lock, Lockables, Locking, MethodEntry, Of,
    OneWay, Operated, Operates, Operation, OperationFrame, Resident, Returned, Section, Signal,
    Signallable, Signals, SyncOperation, lock,
};
pub use entry::{
    ActivityEntry, Attempt, EntityEntry, Entry, EntryKind, OrchestrationEntry, RsmEntry, Running,
};
pub(crate) use event::check_event_name;
pub use event::{Event, Expected, Raise, Raised, event, raise};
pub use failure::Failure;
pub use frame::{Frame, Place};
pub use join::{Child, Join, JoinAll, Joining, JoiningAll, join, join_all};
pub(crate) use kept::Kept;
pub use layout::{Layout, LayoutId};
pub use machine::{Machine, Root, Run};
pub(crate) use mailbox::{Letter, Mailbox};
pub use orchestration::{Orchestration, OrchestrationCall, orchestration};
pub use outcome::{
    Absorbing, AnyOutput, Fallible, Plain, Refused, Returns, SaysFailed, again_only,
};
pub use pending::{Durable, Pending};
pub use persist::Persist;
pub use race::{Either, Either3, Either4, Race, Racing, race};
pub use refusal::Refusal;
pub use replay::{Awaiting, Forks, ReplayBody, ReplayContext, Replayed, awaited};
pub(crate) use reserved::{
    ENTITY_PREFIX, RSM_PREFIX, SYSTEM_PREFIX, invalid_id, is_created_id, reserved_id,
};
pub use resumable::{Resumable, resumable};
pub use retry::Retry;
pub use saga::{Compensate, Compensating, Compensation, Saga, Uncompensated, Undone};
pub use save::{Loader, Parts, Saver, Writing};
pub use schedule::{InvalidSchedule, Missed, Overlap, Schedule};
pub(crate) use schedule::{KEEPER, ORDER, Order, Plan, Told, keeper_args, keeper_id};
pub use sleep::{Sleep, SleepUntil, days, hours, millis, minutes, secs, sleep, sleep_until};
pub use slot::{Slot, slot};
pub use slots::{AnySlot, AnyWait, SlotTree, WaitTree};
pub use target::Target;
pub use task::{CancelTask, Spawn, Task, Watch};
pub use ticket::Ticket;
pub use timeout::{Elapsed, Timeout, TimingOut, timeout};
pub use timestamp::Timestamp;
pub use turn::{Completion, Request, Turn};
pub use version::{VersionMatch, compare_versions};
pub use wait::{Wait, wait};
pub use waits::Waits;

//! Not public API: what generated code may name.

pub use std::ops::ControlFlow;
pub use std::task::Poll;

pub use inventory::submit;
pub use serde;

pub use crate::durable::lowered::{
    ByIndex, Inclusive, Keep, Lazy, NextItem, Out, Passing, Question, Returning, SameType,
    Worklist, awaited, drain, escape, halt, here, inclusive, nth, primitive, worklist_slot,
};
pub use crate::durable::rsm;
pub use crate::durable::{
    Absorbing, ActivityCall, ActivityOptions, AnyOutput, Arg, Body, Call, CriticalSection,
    DeclaredFor, EntityOperation, Entry, Failure, Fallible, Frame, InOrchestration,
    OrchestrationCall, Persist, Place, Plain, Point, Refusal, Refused, Retry, Returns, RsmHandler,
    Slot, StateNeed, Turn, Wait, activity, again_only, orchestration, resumable, slot, wait,
};
pub use crate::durable::{AnySlot, AnyWait, Fork};
pub use crate::durable::{
    AsyncOperation, Code, Entity, EntityBody, EntityContext, EntityRef, Free, Held, Lockables,
    MethodEntry, Of, Operates, SyncOperation,
};
pub use crate::durable::{AtRest, Driver, Memory, Save, Stop};
pub use crate::durable::{Forks, ReplayBody, ReplayContext, Replayed, Root, awaited as replayed};
pub use crate::engine::{Scope, State};
pub use crate::schema::Stored;

//! What a program that uses `undying` usually needs: `use undying::prelude::*;`.

pub use serde::{Deserialize, Serialize};

pub use crate::durable::rsm::{
    Asked, Cx, Halt, Next, Question, Reply, RsmRef, Timeout, create, every, once,
};
pub use crate::{
    Activity, ActivityContext, Context, Either, Either3, Either4, Elapsed, Engine, EngineBuilder,
    EntityContext, Failure, Handle, Orchestration, Persist, ReplayContext, Resumable, Retry, Saga,
    State, Task, Uncompensated, continue_as_new, days, event, hours, join, join_all, lock, millis,
    minutes, race, raise, secs, sleep, sleep_until, timeout,
};
pub use crate::{activity, chart, entity, monitor, orchestration, resumable, rsm};

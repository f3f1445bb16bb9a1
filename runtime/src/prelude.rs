//! What a program that uses `undying` usually needs: `use undying::prelude::*;`.

pub use crate::{
    Activity, ActivityContext, Context, Either, Either3, Either4, Elapsed, Failure, Orchestration,
    Persist, Resumable, Retry, State, Task, days, hours, join, join_all, millis, minutes, race,
    secs, sleep, sleep_until, timeout,
};

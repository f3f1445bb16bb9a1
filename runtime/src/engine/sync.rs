//! The locks, atomics and threads of the kernel: those of std, or in a build with `--cfg undying_shuttle`
//! those of shuttle, which tries out the schedules of the real code (`kernel/under_shuttle.rs`).

#[cfg(all(test, undying_shuttle))]
pub(super) use shuttle::{
    sync::{Condvar, Mutex, MutexGuard, atomic},
    thread,
};
#[cfg(not(all(test, undying_shuttle)))]
pub(super) use std::{
    sync::{Condvar, Mutex, MutexGuard, atomic},
    thread,
};

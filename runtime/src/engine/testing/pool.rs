//! `Pool`: attempts of activities that the simulation polls, each when its turn comes.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use super::nap::polled;
use crate::core::Number;
use crate::durable::Timestamp;
use crate::engine::VirtualClock;

/// Says which attempt a task of the pool is.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Label {
    pub(in crate::engine) activity: &'static str,
    pub(in crate::engine) instance_id: Arc<str>,
    pub(in crate::engine) instance: Number,
    pub(in crate::engine) operation: u64,
    pub(in crate::engine) attempt: u32,
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Label {
            activity,
            instance_id,
            operation,
            attempt,
            ..
        } = self;
        write!(
            f,
            "attempt {attempt} of `{activity}` (#{operation} of `{instance_id}`)"
        )
    }
}

/// Who is woken when any part of the simulation can go on.
#[derive(Debug, Default)]
pub(super) struct Sleeper(Mutex<Option<Waker>>);

impl Sleeper {
    pub(super) fn sleeps(&self, waker: &Waker) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(waker.clone());
    }

    fn wake(&self) {
        let waker = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// Whether a future can go on.
#[derive(Debug)]
pub(super) struct Flag {
    woken: AtomicBool,
    sleeper: Arc<Sleeper>,
}

impl Flag {
    /// Of a future that was never polled.
    pub(super) fn new(sleeper: &Arc<Sleeper>) -> Arc<Self> {
        Arc::new(Flag {
            woken: AtomicBool::new(true),
            sleeper: sleeper.clone(),
        })
    }

    pub(super) fn is_up(&self) -> bool {
        self.woken.load(Ordering::Acquire)
    }

    /// It is polled now.
    pub(super) fn lower(&self) {
        self.woken.store(false, Ordering::Release);
    }
}

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.woken.store(true, Ordering::Release);
        self.sleeper.wake();
    }
}

type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

struct Task {
    label: Label,
    flag: Arc<Flag>,
    /// None while it is polled.
    work: Option<Work>,
    begun: bool,
    /// It waits for the virtual clock alone.
    naps: bool,
}

#[derive(Default)]
struct Inner {
    tasks: BTreeMap<u64, Task>,
    next: u64,
    /// How often something changed.
    changes: u64,
    /// Who waits for the clock, and until when.
    alarms: BTreeMap<(Timestamp, u64), Waker>,
    /// The task that is polled.
    polled: Option<u64>,
}

/// See the module.
pub(in crate::engine) struct Pool {
    inner: Mutex<Inner>,
    clock: VirtualClock,
    sleeper: Arc<Sleeper>,
}

/// What came of a step.
pub(super) enum Stepped {
    Pending,
    Ended(Label),
}

impl Pool {
    pub(super) fn new(clock: VirtualClock, sleeper: Arc<Sleeper>) -> Self {
        Pool {
            inner: Mutex::default(),
            clock,
            sleeper,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an attempt.
    pub(in crate::engine) fn spawn(
        &self,
        label: Label,
        work: impl Future<Output = ()> + Send + 'static,
    ) {
        let mut inner = self.lock();
        let id = inner.next;
        inner.next += 1;
        inner.changes += 1;
        let task = Task {
            label,
            flag: Flag::new(&self.sleeper),
            work: Some(Box::pin(work)),
            begun: false,
            naps: false,
        };
        inner.tasks.insert(id, task);
    }

    /// The tasks that can go on, in the order in which they came.
    pub(super) fn ready(&self) -> Vec<u64> {
        let inner = self.lock();
        let ready = inner.tasks.iter().filter(|(_, task)| task.flag.is_up());
        ready.map(|(id, _)| *id).collect()
    }

    /// The label of a task that was never polled.
    pub(super) fn unbegun(&self, id: u64) -> Option<Label> {
        let inner = self.lock();
        let task = inner.tasks.get(&id)?;
        (!task.begun).then(|| task.label.clone())
    }

    /// Polls a task.
    pub(super) fn step(self: &Arc<Self>, id: u64) -> Stepped {
        let mut inner = self.lock();
        inner.changes += 1;
        inner.polled = Some(id);
        let Some(task) = inner.tasks.get_mut(&id) else {
            return Stepped::Pending;
        };
        task.flag.lower();
        task.begun = true;
        task.naps = false;
        let (waker, work) = (Waker::from(task.flag.clone()), task.work.take());
        drop(inner);
        let Some(mut work) = work else {
            return Stepped::Pending;
        };
        let polled = polled(self, || {
            work.as_mut().poll(&mut Context::from_waker(&waker))
        });
        let mut inner = self.lock();
        inner.polled = None;
        inner.changes += 1;
        match polled {
            Poll::Ready(()) => match inner.tasks.remove(&id) {
                Some(task) => Stepped::Ended(task.label),
                None => Stepped::Pending,
            },
            Poll::Pending => {
                if let Some(task) = inner.tasks.get_mut(&id) {
                    task.work = Some(work);
                }
                Stepped::Pending
            }
        }
    }

    /// If all of its tasks wait for the clock to be moved, and only for that: a number that is another
    /// one after whatever happens.
    pub(in crate::engine) fn rest(&self) -> Option<u64> {
        let inner = self.lock();
        let rests = |task: &Task| task.naps && !task.flag.is_up();
        inner.tasks.values().all(rests).then_some(inner.changes)
    }

    /// What runs, in words.
    pub(super) fn labels(&self) -> Vec<String> {
        let inner = self.lock();
        inner
            .tasks
            .values()
            .map(|task| task.label.to_string())
            .collect()
    }

    /// When a task can go on although nothing arrives.
    pub(in crate::engine) fn next_wake(&self) -> Option<Timestamp> {
        let inner = self.lock();
        inner.alarms.keys().next().map(|(at, _)| *at)
    }

    /// The clock was moved.
    pub(in crate::engine) fn tick(&self) {
        let now = self.clock.timestamp();
        let mut inner = self.lock();
        inner.changes += 1;
        let later = inner
            .alarms
            .split_off(&(now.after(Duration::from_millis(1)), 0));
        let due = std::mem::replace(&mut inner.alarms, later);
        drop(inner);
        for waker in due.into_values() {
            waker.wake();
        }
    }

    /// Drops all tasks.
    pub(super) fn clear(&self) {
        let mut inner = self.lock();
        inner.changes += 1;
        let tasks = std::mem::take(&mut inner.tasks);
        let alarms = std::mem::take(&mut inner.alarms);
        drop(inner);
        drop((tasks, alarms));
    }

    /// Waits until the clock has passed this time. It does not count as rest unless it `naps`: an
    /// attempt under a timeout may be doing something in the meantime.
    pub(in crate::engine) fn sleep(self: &Arc<Self>, time: Duration, naps: bool) -> Sleep {
        let until = self.clock.timestamp().after(time);
        Sleep {
            pool: self.clone(),
            until,
            alarm: None,
            naps,
        }
    }
}

/// Made by [`Pool::sleep`].
pub(in crate::engine) struct Sleep {
    pool: Arc<Pool>,
    until: Timestamp,
    alarm: Option<u64>,
    naps: bool,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let pool = self.pool.clone();
        if self.until <= pool.clock.timestamp() {
            return Poll::Ready(());
        }
        let mut inner = pool.lock();
        if self.naps
            && let Some(polled) = inner.polled
            && let Some(task) = inner.tasks.get_mut(&polled)
        {
            task.naps = true;
        }
        // Nobody waits for the end of time.
        if self.until < Timestamp(u64::MAX) {
            let id = *self.alarm.get_or_insert(inner.next);
            inner.next = inner.next.max(id + 1);
            inner.alarms.insert((self.until, id), cx.waker().clone());
        }
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(id) = self.alarm {
            let alarm = self.pool.lock().alarms.remove(&(self.until, id));
            drop(alarm);
        }
    }
}

//! A single-threaded executor with virtual time for the plain side: polls in rounds, as a machine
//! is polled in turns.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

type Spawned = Pin<Box<dyn Future<Output = ()>>>;

#[derive(Default)]
struct World {
    now: Duration,
    timers: BTreeSet<Duration>,
    spawned: Vec<Spawned>,
    /// Something will be ready in the next round.
    woken: bool,
}

thread_local! {
    static WORLD: RefCell<World> = RefCell::default();
}

/// Runs a future to its end.
pub fn run<F: Future>(future: F) -> F::Output {
    WORLD.set(World::default());
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        WORLD.with_borrow_mut(|world| world.woken = false);
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            WORLD.take();
            return output;
        }
        let mut spawned = WORLD.with_borrow_mut(|world| std::mem::take(&mut world.spawned));
        let before = spawned.len();
        spawned.retain_mut(|task| task.as_mut().poll(&mut context).is_pending());
        WORLD.with_borrow_mut(|world| {
            // Whoever waits for a task that has ended is ready in the next round.
            world.woken |= spawned.len() < before;
            spawned.append(&mut world.spawned);
            world.spawned = spawned;
            if !world.woken {
                world.now = world.timers.pop_first().expect("something is under way");
            }
        });
    }
}

/// Runs a future beside the others.
pub fn spawn(task: impl Future<Output = ()> + 'static) {
    WORLD.with_borrow_mut(|world| world.spawned.push(Box::pin(task)));
}

/// Ready in the next round.
pub async fn pending_once() {
    let mut polled = false;
    poll_fn(|_| {
        if std::mem::replace(&mut polled, true) {
            return Poll::Ready(());
        }
        WORLD.with_borrow_mut(|world| world.woken = true);
        Poll::Pending
    })
    .await;
}

/// Ready when nothing else is, and this much virtual time has passed.
pub async fn pass(time: Duration) {
    let mut due = None;
    poll_fn(|_| {
        WORLD.with_borrow_mut(|world| match due {
            Some(due) if world.now >= due => Poll::Ready(()),
            Some(_) => Poll::Pending,
            None => {
                due = Some(world.now + time);
                world.timers.insert(world.now + time);
                Poll::Pending
            }
        })
    })
    .await;
}

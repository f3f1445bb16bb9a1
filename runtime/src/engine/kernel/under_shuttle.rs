//! Schedules of the kernel's real locks, tried out by shuttle: no wake-up is lost, nothing overtakes.
//!
//! `RUSTFLAGS="--cfg undying_shuttle" cargo test -p undying --lib under_shuttle --target-dir target/shuttle`
//! builds the kernel with shuttle's locks in place of those of std, and gives each test `TRIES` schedules
//! from `SEED` on, chosen by PCT with three changes of priority. A lost wake-up is a deadlock there.

use std::any::TypeId;
use std::sync::{Arc, OnceLock, Weak};

use shuttle::future::block_on;
use shuttle::scheduler::PctScheduler;
use shuttle::thread::{self, JoinHandle};

use super::hub::{Hub, Input};
use super::inbox::{Inbox, Patience};
use super::nothing::hub;
use super::{Kernel, KernelOptions};
use crate::core::{
    Answer, AttemptEnded, Bundle, Command, Ending, Number, Outcome, Program, StartAttempt, Tags,
};
use crate::durable::{Arg, Entry, Named};
use crate::engine::bell::Bell;
use crate::engine::virtual_clock::at_rest;
use crate::engine::{KernelError, Runner, VirtualClock};
use crate::prelude::*;
use crate::schema::Stored;
use crate::store::memory::{Fault, MemoryDisk};

#[path = "../../../tests/common/tally.rs"]
mod tally;

/// How many changes of priority a schedule has.
const DEPTH: usize = 3;

fn schedules(otherwise: u64, run: impl Fn() + Send + Sync + 'static) {
    let mut tally = tally::Tally::new(22, "schedules of the real locks");
    let tries = tally::tries(otherwise);
    tally.tried(tries);
    let scheduler = PctScheduler::new_from_seed(tally::seed(), DEPTH, tries as usize);
    let mut config = shuttle::Config::new();
    config.stack_size = 1 << 20;
    shuttle::Runner::new(scheduler, config).run(run);
}

/// A thread that does something with every input of a shard.
fn shard(hub: &Arc<Hub>, index: usize, each: impl Fn(Input) + Send + 'static) -> JoinHandle<()> {
    let hub = hub.clone();
    thread::spawn(move || {
        let mut inputs = Vec::new();
        while hub.inboxes[index].take(Patience::Endless, &mut inputs) {
            inputs.drain(..).for_each(&each);
        }
    })
}

fn join<T>(thread: JoinHandle<T>) -> T {
    thread.join().expect("the thread ends")
}

#[test]
fn whatever_is_pushed_is_taken_in_order_and_a_closed_inbox_ends_its_taker() {
    schedules(2_000, || {
        let inbox = Arc::new(Inbox::new(Bell::default()));
        let push = |from| {
            let inbox = inbox.clone();
            thread::spawn(move || (0..3).for_each(|n| inbox.push((from, n))))
        };
        let pushers = [push('a'), push('b')];
        let takes = inbox.clone();
        let taker = thread::spawn(move || {
            let (mut taken, mut batch) = (Vec::new(), Vec::new());
            while takes.take(Patience::Endless, &mut batch) {
                taken.append(&mut batch);
                // All is there: it waits until the inbox is closed.
                if taken.len() == 6 {
                    takes.push(('c', 0));
                }
            }
            taken
        });
        pushers.into_iter().for_each(join);
        // What is pushed after the closing is dropped, what was taken before is not.
        while !taken_all(&inbox) {
            thread::yield_now();
        }
        inbox.close();
        let taken = join(taker);
        for from in ['a', 'b'] {
            let of = taken.iter().filter(|(pusher, _)| *pusher == from);
            let numbers: Vec<u32> = of.map(|(_, n)| *n).collect();
            assert_eq!(numbers, [0, 1, 2], "those of `{from}` in their order");
        }
    });
}

/// Six that were pushed and one that the taker has pushed to itself are taken, and it waits.
fn taken_all<T>(inbox: &Inbox<T>) -> bool {
    inbox.rest() == Some(7)
}

#[test]
fn an_inbox_that_is_closed_at_any_moment_ends_its_taker() {
    schedules(2_000, || {
        let inbox = Arc::new(Inbox::new(Bell::default()));
        let (pushes, closes) = (inbox.clone(), inbox.clone());
        let others = [
            thread::spawn(move || (0..2).for_each(|n| pushes.push(n))),
            thread::spawn(move || closes.close()),
        ];
        let mut batch = Vec::new();
        while inbox.take(Patience::Endless, &mut batch) {
            batch.clear();
        }
        others.into_iter().for_each(join);
    });
}

#[test]
fn a_clock_that_waits_for_rest_is_rung_and_finds_it_when_all_is_done() {
    const PASSED: u64 = 5;
    schedules(3_000, || {
        let hub = hub(2);
        let done = Arc::new(std::sync::atomic::AtomicU64::new(0));
        let pass = |to: usize| {
            let (shared, done) = (hub.clone(), done.clone());
            move |input| {
                let Input::Cut(left) = input else { return };
                done.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                shared.desk.put(|papers| papers.dirty = left);
                if left > 0 {
                    shared.inboxes[to].push(Input::Cut(left - 1));
                }
            }
        };
        let committer = hub.clone();
        let threads = [
            shard(&hub, 0, pass(1)),
            shard(&hub, 1, pass(0)),
            thread::spawn(move || {
                // It looks at every paper, and takes it away.
                loop {
                    let found = committer.desk.idle(|papers| {
                        let dirty = std::mem::take(&mut papers.dirty) > 0;
                        (dirty || papers.abandoned).then_some(papers.abandoned)
                    });
                    match found {
                        Ok(true) => return,
                        Ok(false) => {}
                        Err(seen) => committer.desk.wait(seen),
                    }
                }
            }),
        ];
        hub.inboxes[0].push(Input::Cut(PASSED));
        let bell = hub.clock.bell();
        loop {
            let rung = bell.rung().expect("the bell of a virtual clock");
            if at_rest(|| hub.rest()).is_some() {
                break;
            }
            block_on(rung);
        }
        let done = done.load(std::sync::atomic::Ordering::SeqCst);
        assert_eq!(done, PASSED + 1, "it rests when all is done");
        hub.stop(KernelError::Closed);
        threads.into_iter().for_each(join);
    });
}

#[test]
fn nobody_who_was_told_of_a_message_sends_one_that_arrives_before_the_others() {
    schedules(2_000, || {
        let hub = hub(2);
        let bundle = |epoch| Bundle {
            epoch,
            envelopes: Vec::new(),
        };
        // Who is told of the first sends the second.
        let sends = hub.clone();
        let first = shard(&hub, 0, move |_| {
            sends.publish([(1, bundle(2))].into_iter());
        });
        let publisher = hub.clone();
        let publisher = thread::spawn(move || {
            publisher.publish([(0, bundle(1)), (1, bundle(1))].into_iter());
        });
        let (mut told, mut batch) = (Vec::new(), Vec::new());
        while told.len() < 2 {
            assert!(hub.inboxes[1].take(Patience::Endless, &mut batch));
            told.extend(batch.drain(..).filter_map(|input| match input {
                Input::Bundle(bundle) => Some(bundle.epoch),
                _ => None,
            }));
        }
        assert_eq!(told, [1, 2]);
        hub.stop(KernelError::Closed);
        join(publisher);
        join(first);
    });
}

#[activity]
async fn shuttle_inc(n: u64) -> u64 {
    n + 1
}

#[orchestration]
async fn shuttle_twice(n: u64) -> u64 {
    let once = shuttle_inc(n).await;
    shuttle_inc(once).await
}

struct Twice([Arc<Entry>; 2]);

impl Twice {
    fn named(&self, name: &str) -> Option<Arc<Entry>> {
        self.0.iter().find(|entry| entry.name == name).cloned()
    }
}

impl Program for Twice {
    fn orchestration(&self, name: &str) -> Option<Arc<Entry>> {
        self.named(name)
    }
    fn activity(&self, name: &str) -> Option<Arc<Entry>> {
        self.named(name)
    }
    fn entity(&self, _: &str) -> Option<Arc<Entry>> {
        None
    }
    fn by_call(&self, call: TypeId) -> Option<Arc<Entry>> {
        self.0.iter().find(|entry| (entry.call)() == call).cloned()
    }
}

/// Ends every attempt on the thread that begins it.
#[derive(Default)]
struct AtOnce(OnceLock<Weak<Kernel>>);

impl Runner for AtOnce {
    fn start(&self, attempts: Vec<StartAttempt>) {
        let Some(kernel) = self.0.get().and_then(Weak::upgrade) else {
            return;
        };
        let end = |start: StartAttempt| {
            let Named((Arg(n),)) = start.args.read::<Named<ShuttleIncCall>>().expect("its own");
            AttemptEnded {
                instance: start.instance,
                operation: start.operation,
                attempt: start.attempt,
                outcome: Outcome::Done(Stored::write(&(n + 1)).expect("a number")),
            }
        };
        kernel.ended(attempts.into_iter().map(end).collect());
    }
    fn cancel(&self, _: Number, _: u64) {}
}

/// Two clients start an instance each and wait for its result, over a store with these faults.
fn two_clients(shards: usize, faults: &[(u64, Fault)]) {
    let disk = MemoryDisk::new();
    for (commit, fault) in faults {
        disk.fail_commit(*commit, *fault);
    }
    let program = Twice([
        Arc::new(Entry::activity::<ShuttleIncCall>(file!(), line!())),
        Arc::new(Entry::orchestration::<ShuttleTwiceCall>(file!(), line!())),
    ]);
    let runner = Arc::new(AtOnce::default());
    let options = KernelOptions {
        shards,
        partitions: 4,
        clock: Some(VirtualClock::new()),
        ..KernelOptions::default()
    };
    let kernel = Kernel::open(Arc::new(disk), Arc::new(program), runner.clone(), options);
    let kernel = Arc::new(kernel.expect("a new store"));
    runner.0.set(Arc::downgrade(&kernel)).expect("once");
    let client = |n: u64| {
        let kernel = kernel.clone();
        thread::spawn(move || {
            let id = format!("twice/{n}");
            let start = Command::Start {
                id: id.clone(),
                name: "shuttle_twice".to_owned(),
                args: Stored::write(&Named::<ShuttleTwiceCall>((Arg(n),))).expect("a number"),
                tags: Tags::new(),
                replaces: None,
            };
            block_on(kernel.command(start)).expect("it starts");
            match block_on(kernel.command(Command::Result { id })) {
                Ok(Answer::Ended(Ending::Completed(value))) => {
                    assert_eq!(value.read::<u64>().expect("a number"), n + 2);
                }
                other => panic!("{other:?}"),
            }
        })
    };
    [client(1), client(2)].into_iter().for_each(join);
    kernel.shutdown().expect("it closes");
}

const FAULTS: [(u64, Fault); 2] = [(1, Fault::Lost), (3, Fault::Landed)];

#[test]
fn clients_of_a_kernel_are_answered_and_it_closes() {
    schedules(500, || two_clients(2, &[]));
}

#[test]
fn clients_of_a_kernel_whose_commits_fail_are_answered_and_it_closes() {
    schedules(500, || two_clients(2, &FAULTS));
}

#[test]
fn clients_of_the_only_shard_which_commits_by_itself_are_answered_and_it_closes() {
    schedules(500, || two_clients(1, &[]));
}

#[test]
fn clients_of_the_only_shard_whose_commits_fail_are_answered_and_it_closes() {
    schedules(500, || two_clients(1, &FAULTS));
}

//! Processes that are killed at every boundary of their store: what was acknowledged is there, nothing
//! is there in part, and work goes on to its end.
//!
//! A child, which is this binary started again, works on a store in a folder, with a library loaded
//! before the C library that counts the calls which change files of the folder and sends SIGKILL at
//! the chosen one. What the child was told it writes down, in the same folder. A seed stands for the kind of
//! work and the moments: `SEED=n TRIES=1` repeats one try, and as many seeds as there are moments meet
//! all. The calls of several threads are counted, so a moment may be a neighbour the next time.
#![cfg(target_os = "linux")]
#![allow(
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    reason = "the attributes make public items"
)]

mod child;
mod client;
mod deadly;
mod life;
mod moments;
mod notes;
#[path = "../common/tally.rs"]
mod tally;
mod works;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Mutex, OnceLock};

use child::Parent;
use client::Folder;
use deadly::Deadly;
use life::End;
use moments::Moments;
use tally::Tally;
use works::{WORKS, Work};

/// Processes at a time.
const AT_ONCE: usize = 2;

#[test]
fn a_child_works_until_it_is_killed() {
    if !life::is_child(&WORKS) {
        println!("the other tests start it");
    }
}

#[test]
fn what_was_acknowledged_survives_a_kill_at_any_boundary_of_the_store() {
    let mut tally = Tally::new(1, "acknowledged work survives kill -9 at a store boundary");
    try_all(&mut tally, 24, |moments, seed| vec![moments.of(seed)]);
}

#[test]
fn what_was_acknowledged_survives_kills_while_the_store_is_opened_again() {
    let mut tally = Tally::new(2, "acknowledged work survives kill -9 also during recovery");
    try_all(&mut tally, 12, |moments, seed| {
        // One recovery or two of them are killed, too.
        let mut lives = vec![moments.of(seed), moments.in_reopening(seed)];
        if seed % 2 == 1 {
            lives.push(moments.in_reopening(seed / 2));
        }
        lives
    });
}

/// Lets processes work on one store, each killed at its moment, and looks at what is left. Returns
/// whether all of them died.
fn kill(deadly: &Deadly, work: &Work, moments: &Moments, lives: &[u64]) -> bool {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = &Folder::new(folder.path());
    let parent = Parent {
        deadly,
        folder,
        work,
    };
    let tried = catch_unwind(AssertUnwindSafe(|| {
        let (mut last, mut died) = (End::Done, true);
        for at in lives {
            last = parent.run(Some(*at), None);
            died &= last == End::Killed;
        }
        parent.survive(last);
        died
    }));
    tried.unwrap_or_else(|_| {
        let (kills, first) = (kills(work, lives), moments.name(lives[0]));
        panic!("`{work:?}` was killed {first}; {KILLS}={kills} repeats that")
    })
}

/// Names one try: the kind of work, and the moment of each life.
const KILLS: &str = "UNDYING_CRASHES_KILLS";

fn kills(work: &Work, lives: &[u64]) -> String {
    let lives: Vec<_> = lives.iter().map(u64::to_string).collect();
    format!("{}:{}", work.name, lives.join(":"))
}

/// The moments of each kind of work, counted once.
fn moments(deadly: &Deadly) -> &'static [Moments] {
    static MOMENTS: OnceLock<Vec<Moments>> = OnceLock::new();
    MOMENTS.get_or_init(|| {
        let works = WORKS.iter().enumerate();
        let all = works.map(|(n, work)| Moments::count(deadly, work, n == 0));
        let all: Vec<_> = all.collect();
        let count: u64 = all.iter().map(Moments::len).sum();
        println!("there are about {count} moments to die at");
        all
    })
}

/// Tries the seeds, some at a time. `lives` says when the processes of a try are killed.
fn try_all(tally: &mut Tally, seeds: u64, lives: impl Fn(&Moments, u64) -> Vec<u64> + Sync) {
    let deadly = match Deadly::build() {
        Ok(deadly) => deadly,
        Err(why) => return println!("skipped: the library that kills cannot be built: {why}"),
    };
    let moments = moments(&deadly);
    if let Ok(kills) = std::env::var(KILLS) {
        let mut parts = kills.split(':');
        let work = WORKS
            .iter()
            .position(|work| parts.clone().next() == Some(work.name));
        let work = work.expect("a kind of work");
        let lives = parts
            .by_ref()
            .skip(1)
            .map(|at| at.parse().expect("a moment"));
        kill(
            &deadly,
            &WORKS[work],
            &moments[work],
            &lives.collect::<Vec<_>>(),
        );
        return tally.tried(1);
    }
    let (seeds, works) = (Mutex::new(tally::seeds(seeds)), WORKS.len() as u64);
    let tries = || {
        let mut tried = 0;
        loop {
            let Some(seed) = seeds.lock().expect("nobody panics in it").next() else {
                return tried;
            };
            let work = (seed % works) as usize;
            let lives = lives(&moments[work], seed / works);
            let died = catch_unwind(AssertUnwindSafe(|| {
                kill(&deadly, &WORKS[work], &moments[work], &lives)
            }));
            tried += u64::from(died.unwrap_or_else(|why| {
                println!("it fails with SEED={seed} TRIES=1 cargo test -p undying --test crashes");
                resume_unwind(why)
            }));
        }
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(tries)).collect();
        for thread in threads {
            tally.tried(thread.join().unwrap_or_else(|why| resume_unwind(why)));
        }
    });
}

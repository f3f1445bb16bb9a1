//! Processes whose power goes: what was acknowledged is there, whatever the disk had not synced.
//!
//! A child, which is this binary started again, works on a store on a disk of this process, mounted
//! by FUSE, that keeps apart what was written and what is durable. At a moment, which is any call that
//! changes the disk, the child is killed and the disk loses of what is not durable what chance wants:
//! all, nothing, what came last, single pages, parts of pages; and so with the names in its folders.
//! Then the store is opened again and must have all that was acknowledged, nothing twice. What the
//! child was told it writes down elsewhere, where the power stays.
//!
//! A seed stands for the kind of work, the moments and the chance: `SEED=n TRIES=1` repeats one try. The
//! calls of several threads are counted, so a moment may be a neighbour the next time.
#![cfg(target_os = "linux")]
#![allow(
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    reason = "the attributes make public items"
)]

#[path = "../../../runtime/tests/crashes/client.rs"]
mod client;
mod disk;
mod file;
mod image;
#[path = "../../../runtime/tests/crashes/life.rs"]
mod life;
mod mount;
mod names;
#[path = "../../../runtime/tests/crashes/notes.rs"]
mod notes;
mod tables;
#[path = "../../../runtime/tests/common/tally.rs"]
mod tally;
#[path = "../../../runtime/tests/crashes/works/mod.rs"]
mod works;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, OnceLock};

use client::Folder;
use disk::Disk;
use life::End;
use mount::{Happened, Mounted, mount_apart};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tally::Tally;
use works::Work;

/// Disks at a time.
const AT_ONCE: usize = 2;
/// Of so many tries, in one the power goes again while the store is opened.
const TWICE: u64 = 3;

const WORKS: [Work; 8] = {
    let [chain, fan, counters, bank, machines, large] = works::WORKS;
    [
        NOTHING,
        chain,
        fan,
        counters,
        bank,
        machines,
        large,
        tables::WORK,
    ]
};

/// A store is made, and closed.
const NOTHING: Work = Work {
    name: "nothing",
    play: |_| Box::pin(async { Ok(()) }),
    check: |client| {
        Box::pin(async {
            let all = client.all().await;
            assert!(all.is_empty(), "{all:?}");
        })
    },
};

#[test]
fn a_child_works_until_it_is_killed() {
    if !life::is_child(&WORKS) {
        println!("the other tests start it");
    }
}

#[test]
fn what_was_acknowledged_survives_a_loss_of_power_at_any_moment() {
    let mut tally = Tally::new(3, "acknowledged work survives a loss of power");
    let Some(moments) = moments() else {
        return;
    };
    let seeds = Mutex::new(tally::seeds(20));
    let tries = || {
        mount_apart().expect("it was possible before");
        let mut tried = 0;
        loop {
            let Some(seed) = seeds.lock().expect("nobody panics in it").next() else {
                return tried;
            };
            let held = catch_unwind(AssertUnwindSafe(|| lose_power(moments, seed, false)));
            if let Err(why) = held {
                println!(
                    "it fails with SEED={seed} TRIES=1 cargo test -p undying-benches --features fuse \
                     --test power survives -- --nocapture"
                );
                resume_unwind(why);
            }
            tried += 1;
        }
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(tries)).collect();
        for thread in threads {
            tally.tried(thread.join().unwrap_or_else(|why| resume_unwind(why)));
        }
    });
}

#[test]
fn a_disk_whose_syncs_are_lies_is_found_out() {
    let Some(moments) = moments() else {
        return;
    };
    mount_apart().expect("it was possible before");
    let found = |seed| catch_unwind(|| lose_power(moments, seed, true)).is_err();
    assert!((0..20).any(found), "what was acknowledged is gone");
}

/// The moments of a kind of work.
#[derive(Debug)]
struct Moments {
    /// From which on the power goes. Making a new store, which is the same for each, belongs to the
    /// first.
    from: u64,
    /// How many there are until the store is closed.
    all: u64,
    /// How many when all is done, and the store is opened and closed once more.
    reopening: u64,
}

/// Counts the moments of each kind of work; says why if this cannot be done here.
fn moments() -> Option<&'static [Moments]> {
    static MOMENTS: OnceLock<Option<Vec<Moments>>> = OnceLock::new();
    let counted = MOMENTS.get_or_init(|| {
        // A thread whose mounts are its own.
        let counting = std::thread::spawn(|| {
            mount_apart()?;
            let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
            // To see whether it is possible.
            Mounted::new(Disk::new(false), None, folder.path())
                .map(drop)
                .map_err(|error| format!("FUSE cannot be mounted: {error}"))?;
            let mut all: Vec<_> = WORKS.iter().map(count).collect();
            let made = all[0].all - all[0].reopening;
            all.iter_mut().skip(1).for_each(|kind| kind.from = made);
            Ok(all)
        });
        let counted: Result<Vec<_>, String> =
            counting.join().unwrap_or_else(|why| resume_unwind(why));
        match counted {
            Ok(all) => {
                println!("{all:?}");
                Some(all)
            }
            Err(why) => {
                println!("skipped: {why}");
                None
            }
        }
    });
    counted.as_deref()
}

fn count(work: &Work) -> Moments {
    let place = Place::new();
    let all = place.run(Disk::new(false), None, life::working(&place.folder, work));
    assert_eq!(
        life::end(&place.folder, all.worker.0, &all.worker.1),
        End::Done
    );
    let again = place.run(all.disk, None, life::working(&place.folder, work));
    Moments {
        from: 1,
        all: all.passed,
        reopening: again.passed,
    }
}

/// Where a disk is mounted, and what is beside it.
#[derive(Debug)]
struct Place {
    _temporary: tempfile::TempDir,
    folder: Folder,
}

impl Place {
    fn new() -> Place {
        let temporary = tempfile::tempdir().expect("a folder");
        let disk = temporary.path().join("disk");
        std::fs::create_dir(&disk).expect("a folder");
        Place {
            folder: Folder {
                beside: temporary.path().to_owned(),
                store: disk.join("store"),
            },
            _temporary: temporary,
        }
    }

    fn run(&self, disk: Disk, at: Option<u64>, child: Command) -> Happened {
        let path = self.folder.store.parent().unwrap_or(Path::new("/"));
        let mounted = Mounted::new(disk, at, path).expect("the disk is mounted");
        mounted.work(child).expect("the child ends")
    }
}

/// One try.
fn lose_power(moments: &[Moments], seed: u64, lies: bool) {
    let mut random = StdRng::seed_from_u64(seed);
    let kind = (seed % WORKS.len() as u64) as usize;
    let (work, moments) = (&WORKS[kind], &moments[kind]);
    let place = Place::new();
    let mut disk = Disk::new(lies);
    let mut story = vec![format!("`{work:?}` with seed {seed}")];
    let mut last = End::Done;
    let mut lives = vec![random.random_range(moments.from..=moments.all + moments.all / 50)];
    if (seed / WORKS.len() as u64).is_multiple_of(TWICE) {
        lives.push(random.random_range(1..=moments.reopening));
    }
    let held = catch_unwind(AssertUnwindSafe(|| {
        for at in lives {
            let child = life::working(&place.folder, work);
            let happened = place.run(disk, Some(at), child);
            let gone = happened.gone.as_deref().unwrap_or("the end of all");
            story.push(format!("the power goes at moment {at}, {gone}"));
            last = life::end(&place.folder, happened.worker.0, &happened.worker.1);
            disk = happened.disk;
            story.extend(disk.lose(&mut random));
        }
        let looked = place.run(disk, None, life::looking(&place.folder, work, last));
        life::check(&looked.worker.1);
    }));
    if let Err(why) = held {
        println!("{}", story.join("\n  "));
        resume_unwind(why);
    }
}

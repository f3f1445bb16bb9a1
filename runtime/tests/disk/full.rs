//! A full disk refuses work, loses nothing, and is over when there is space.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use tempfile::{TempDir, tempdir};
use undying::Error;
use undying::prelude::*;
use undying::store::{
    Batch, OpenStore, Pressure, SpaceLimits, Store, StoreError, StoreOptions, keys::Row,
};

use crate::{
    common::{Door, until},
    tally::{self, Tally},
};

const NO_LIMITS: SpaceLimits = SpaceLimits {
    refuse_starts_below: 0,
    stop_below: 0,
};

fn batch(n: u64, bytes: usize) -> Batch {
    let mut batch = Batch::new();
    batch.put(Row::Inst { vp: 1, n }.key(), vec![n as u8; bytes]);
    batch.put(Row::Run { vp: 1, n }.key(), Vec::new());
    batch
}

/// Commits 1 to the sequence are there, each whole, and nothing of a later one.
fn assert_whole(store: &dyn Store) {
    for n in 1..=store.sequence() + 1 {
        let there = n <= store.sequence();
        for key in [Row::Inst { vp: 1, n }.key(), Row::Run { vp: 1, n }.key()] {
            let row = store.get(&key).expect("a whole row");
            assert_eq!(row.is_some(), there, "commit {n} of {}", store.sequence());
        }
    }
}

#[test]
fn a_short_disk_refuses_new_work_before_it_stops_commits() {
    let folder = tempdir().unwrap();
    let short = SpaceLimits {
        refuse_starts_below: u64::MAX,
        stop_below: 0,
    };
    let options = StoreOptions::new(folder.path()).space_limits(short);
    let store = options.open().unwrap();
    assert!(matches!(store.pressure(), Pressure::RefuseStarts { .. }));
    let refused = store.pressure().admit().unwrap_err();
    assert!(matches!(refused, StoreError::Busy { .. }), "{refused}");
    store.commit(batch(1, 100)).unwrap();
}

#[test]
fn a_full_disk_refuses_commits_and_nothing_is_lost() {
    let folder = tempdir().unwrap();
    let roomy = StoreOptions::new(folder.path()).space_limits(NO_LIMITS);
    let store = roomy.open().unwrap();
    assert_eq!(store.pressure(), Pressure::None);
    store.commit(batch(1, 100)).unwrap();
    store.close().unwrap();

    let full = roomy.clone().space_limits(SpaceLimits {
        refuse_starts_below: u64::MAX,
        stop_below: u64::MAX,
    });
    let store = full.open().unwrap();
    assert!(matches!(store.pressure(), Pressure::Stop { .. }));
    for _ in 0..2 {
        let refused = store.commit(batch(2, 100)).unwrap_err();
        assert!(refused.is_refusal(), "{refused}");
        assert!(
            matches!(refused, StoreError::OutOfSpace { .. }),
            "{refused}"
        );
    }
    assert_whole(&*store);
    store.close().unwrap();

    let store = roomy.open().unwrap();
    assert_eq!(store.commit(batch(2, 100)).unwrap(), 2);
    assert_whole(&*store);
}

/// A small file system in memory, unmounted at the end.
struct Tmpfs(
    PathBuf,
    #[expect(dead_code, reason = "removed after the mount is")] TempDir,
);

impl Tmpfs {
    fn mount(megabytes: usize) -> Option<Self> {
        let folder = tempdir().expect("a temporary folder");
        let path = folder.path().join("disk");
        fs::create_dir(&path).expect("a mount point");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={megabytes}m"), "tmpfs"])
            .arg(&path)
            .stderr(Stdio::null())
            .status();
        let mounted = mounted.is_ok_and(|status| status.success());
        if !mounted {
            println!("skipped: mounting a small file system is not allowed here");
        }
        mounted.then_some(Self(path, folder))
    }
}

impl Drop for Tmpfs {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

const PROPERTY: &str = "a full disk refuses and recovers";

#[test]
fn a_disk_that_fills_up_under_a_commit_loses_nothing_and_recovers() {
    let mut tally = Tally::new(12, PROPERTY);
    for _ in 0..tally::tries(1) {
        let Some(disk) = Tmpfs::mount(60) else {
            return;
        };
        tally.tried(1);
        fill_up_under_a_commit(&disk);
    }
}

fn fill_up_under_a_commit(disk: &Tmpfs) {
    let ballast = disk.0.join("ballast");
    fs::write(&ballast, vec![1; 20 << 20]).unwrap();
    let path = disk.0.join("store");
    let options = StoreOptions::new(&path).space_limits(NO_LIMITS);
    let store = options.open().unwrap();
    let mut acknowledged = 0;
    let error = loop {
        match store.commit(batch(acknowledged + 1, 1 << 20)) {
            Ok(sequence) => acknowledged = sequence,
            Err(error) => break error,
        }
        assert!(acknowledged < 100, "the disk never fills up");
    };
    println!("after {acknowledged} commits: {error}");
    fs::remove_file(&ballast).unwrap();
    let store = if error.is_refusal() {
        assert_eq!(store.sequence(), acknowledged);
        store
    } else {
        // The store's background work met the full disk first.
        assert!(matches!(store.get(b"x"), Err(StoreError::Closed)));
        options.open().unwrap()
    };
    assert_whole(&*store);
    let mut next = store.sequence() + 1;
    assert!(next > acknowledged);
    if let Err(error) = store.commit(batch(next, 1 << 20)) {
        // The refusal came first, and the background work met the full disk before it was freed.
        assert!(!error.is_refusal(), "there is room again: {error}");
        assert!(matches!(store.get(b"x"), Err(StoreError::Closed)));
        drop(store);
        let store = options.open().unwrap();
        assert_whole(&*store);
        next = store.sequence() + 1;
        assert!(next > acknowledged);
        store.commit(batch(next, 1 << 20)).unwrap();
    } else {
        drop(store);
    }
    let store = options.open().unwrap();
    assert_eq!(store.sequence(), next);
    assert_whole(&*store);
}

#[activity]
async fn hold(n: u64, State(door): State<Door>) -> u64 {
    door.pass().await;
    n
}

#[orchestration]
async fn holding(n: u64) -> u64 {
    hold(n).await + hold(n).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_gets_full_under_an_engine_refuses_starts_and_then_holds_up_what_runs() {
    let mut tally = Tally::new(12, PROPERTY);
    for _ in 0..tally::tries(1) {
        let Some(disk) = Tmpfs::mount(60) else {
            return;
        };
        tally.tried(1);
        fill_up_under_an_engine(&disk).await;
    }
}

#[orchestration]
async fn probing() {}

/// Whether a start is refused, since so many bytes must be free.
async fn is_refused(engine: &Engine, wanted: u64) -> bool {
    static PROBES: AtomicU64 = AtomicU64::new(0);
    let id = format!("probe/{}", PROBES.fetch_add(1, Ordering::Relaxed));
    match engine.start(id, probing()).await {
        Err(Error::Busy { why }) => why.contains(&wanted.to_string()),
        _ => false,
    }
}

async fn fill_up_under_an_engine(disk: &Tmpfs) {
    let limits = SpaceLimits {
        refuse_starts_below: 40 << 20,
        stop_below: 20 << 20,
    };
    let ballast = disk.0.join("ballast");
    let options = StoreOptions::new(disk.0.join("store")).space_limits(limits);
    let door = Door::closed();
    let builder = Engine::builder().state(door.clone()).shards(2);
    let engine = builder.open_store(Arc::new(options)).await.unwrap();
    let first = engine.start("first", holding(1)).await.unwrap();
    let second = engine.start("second", holding(2)).await.unwrap();
    door.until_came(2).await;

    // Between the two limits nothing starts, and what runs goes on.
    fs::write(&ballast, vec![1; 25 << 20]).unwrap();
    until(|| is_refused(&engine, limits.refuse_starts_below)).await;
    door.let_pass(2);
    door.until_came(4).await;

    // Below both, what runs waits: its outcomes came, and are not committed.
    fs::write(&ballast, vec![1; 45 << 20]).unwrap();
    until(|| is_refused(&engine, limits.stop_below)).await;
    door.let_pass(2);

    // With space again all goes on, in the same life.
    fs::remove_file(&ballast).unwrap();
    assert_eq!(first.result().await.unwrap(), 2);
    assert_eq!(second.result().await.unwrap(), 4);
    door.let_pass(2);
    let third = engine.start("third", holding(3)).await.unwrap();
    assert_eq!(third.result().await.unwrap(), 6);
    assert_eq!(engine.health().restarts, 0);
    engine.shutdown().await.unwrap();
}

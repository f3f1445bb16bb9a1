//! A full disk or a failed write refuses work, loses nothing, and is over when there is space.

use std::{
    fs,
    io::Write,
    path::PathBuf,
    process::{Command, Stdio},
};

use tempfile::{TempDir, tempdir};
use undying::store::{
    Batch, OpenStore, Pressure, SpaceLimits, Store, StoreError, StoreOptions, keys::Row,
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
        mounted
            .is_ok_and(|status| status.success())
            .then_some(Self(path, folder))
    }
}

impl Drop for Tmpfs {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[test]
fn a_disk_that_fills_up_under_a_commit_loses_nothing_and_recovers() {
    let Some(disk) = Tmpfs::mount(60) else {
        println!("skipped: mounting a small file system is not allowed here");
        return;
    };
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

const PATH: &str = "UNDYING_TEST_STORE";

/// In a child: commits until one fails, saying each number, then dies as in a crash.
fn commit_until_it_fails(bytes: usize) {
    let Some(path) = std::env::var_os(PATH) else {
        return;
    };
    let options = StoreOptions::new(path).space_limits(NO_LIMITS);
    let store = options.open().expect("the store opens before the fault");
    let mut out = std::io::stdout().lock();
    for n in 1..100 {
        let said = match store.commit(batch(n, bytes)) {
            Ok(_) => writeln!(out, "> {n}"),
            Err(StoreError::Unknown { sequence, .. }) => {
                assert_eq!(sequence, n);
                writeln!(out, "> unknown")
            }
            Err(StoreError::Closed) => break,
            Err(error) => panic!("another error: {error}"),
        };
        said.expect("the parent listens");
    }
    std::process::exit(0);
}

/// Runs a test of this binary as a child under another command, and checks the store it leaves;
/// `false` if no commit failed.
fn assert_all_or_nothing(test: &str, mut under: Command) -> bool {
    let folder = tempdir().expect("a temporary folder");
    let child = under
        .arg(std::env::current_exe().expect("this binary"))
        .args(["--exact", "--nocapture", test])
        .env(PATH, folder.path())
        .output();
    let Ok(child) = child else {
        return false;
    };
    let said = String::from_utf8_lossy(&child.stdout);
    let words = said
        .lines()
        .filter_map(|line| Some(line.split_once("> ")?.1));
    let acknowledged = words.clone().filter_map(|word| word.parse().ok()).max();
    let acknowledged: u64 = acknowledged.unwrap_or(0);
    if !words.clone().any(|word| word == "unknown") {
        return false;
    }
    let options = StoreOptions::new(folder.path()).space_limits(NO_LIMITS);
    let store = options.open().expect("the store opens after the fault");
    let found = store.sequence();
    println!("{acknowledged} acknowledged, one unknown, {found} found");
    assert!(found == acknowledged || found == acknowledged + 1);
    assert_whole(&*store);
    let next = store.commit(batch(found + 1, 100));
    assert_eq!(next.expect("the store goes on"), found + 1);
    true
}

#[test]
fn a_write_that_fails_within_a_batch_leaves_all_or_nothing_of_it() {
    commit_until_it_fails(15 << 20);
    // No file may pass the preallocated journal's size; beyond it a write is an error.
    let mut limited = Command::new("sh");
    limited.args(["-c", r#"trap "" XFSZ; ulimit -f 131072; exec "$@""#, "sh"]);
    let test = "a_write_that_fails_within_a_batch_leaves_all_or_nothing_of_it";
    if !assert_all_or_nothing(test, limited) {
        println!("skipped: this shell cannot limit the size of files");
    }
}

#[test]
fn a_sync_that_fails_leaves_all_or_nothing_of_its_batch() {
    commit_until_it_fails(100);
    let mut traced = Command::new("strace");
    traced.args(["-f", "-o", "/dev/null", "-e", "trace=fsync"]);
    traced.args(["-e", "inject=fsync:error=EIO:when=90"]);
    let test = "a_sync_that_fails_leaves_all_or_nothing_of_its_batch";
    if !assert_all_or_nothing(test, traced) {
        println!("skipped: system calls cannot be made to fail here");
    }
}

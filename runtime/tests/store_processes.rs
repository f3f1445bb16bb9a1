//! The store among processes: one at a time, and `kill -9` loses nothing that was acknowledged.
//!
//! Each test starts this binary again with a variable set; the child finds it and plays its part.

use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use rand::{RngExt, SeedableRng, rngs::StdRng};
use tempfile::tempdir;
use undying::store::{Batch, OpenStore, Store, StoreError, StoreOptions, keys::Row};

const PATH: &str = "UNDYING_TEST_STORE";

fn command(test: &str, path: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this binary"));
    command
        .args(["--exact", test, "--nocapture"])
        .env(PATH, path)
        .stdout(Stdio::piped());
    command
}

fn child(test: &str, path: &Path) -> Child {
    command(test, path).spawn().expect("a child process")
}

/// The store's path in the child, `None` in the test itself.
fn given() -> Option<StoreOptions> {
    std::env::var_os(PATH).map(StoreOptions::new)
}

fn say(words: &str) {
    let mut out = std::io::stdout().lock();
    let said = writeln!(out, "> {words}").and_then(|()| out.flush());
    said.expect("the parent listens");
}

fn hear(child: &mut Child) -> impl Iterator<Item = String> + use<> {
    let out = child.stdout.take().expect("a pipe");
    BufReader::new(out)
        .lines()
        .map_while(Result::ok)
        .filter_map(|line| line.split_once("> ").map(|(_, words)| words.to_owned()))
}

#[test]
fn a_second_process_is_refused_by_the_id_of_the_first_until_it_is_killed() {
    if let Some(options) = given() {
        let _store = options.open().unwrap();
        say("open");
        loop {
            std::thread::park();
        }
    }
    let folder = tempdir().unwrap();
    let mut holder = child(
        "a_second_process_is_refused_by_the_id_of_the_first_until_it_is_killed",
        folder.path(),
    );
    assert_eq!(hear(&mut holder).next().as_deref(), Some("open"));
    let options = StoreOptions::new(folder.path());
    match options.open() {
        Err(StoreError::Locked { by, .. }) => assert_eq!(by, Some(holder.id())),
        Err(error) => panic!("another error: {error}"),
        Ok(_) => panic!("two processes hold the store"),
    }
    holder.kill().unwrap();
    holder.wait().unwrap();
    assert!(!options.open().unwrap().was_clean());
}

#[test]
fn a_path_of_one_name_is_a_store_in_the_folder_where_the_process_is() {
    if let Some(options) = given() {
        options.open().unwrap();
        return;
    }
    let folder = tempdir().unwrap();
    let this = "a_path_of_one_name_is_a_store_in_the_folder_where_the_process_is";
    let mut child = command(this, Path::new("store"));
    let ended = child.current_dir(&folder).status();
    assert!(ended.unwrap().success());
    let options = StoreOptions::new(folder.path().join("store"));
    options.create_if_missing(false).open().unwrap();
}

/// Commit `n` writes one row for itself, a history row, and moves the counter.
fn commit(store: &dyn Store, rows: u64) {
    let n = store.sequence() + 1;
    let mut batch = Batch::new();
    batch.put(Row::Inst { vp: 0, n: 0 }.key(), n.to_be_bytes());
    for part in 0..rows {
        let n = n * 1000 + part;
        batch.put(Row::Inst { vp: 1, n }.key(), vec![n as u8; 100]);
    }
    batch.put(
        Row::Hist {
            vp: 1,
            n: 1,
            seq: n,
        }
        .key(),
        rows.to_be_bytes(),
    );
    store.commit(batch).expect("a healthy store commits");
}

/// Every commit is there whole, and nothing of a later one.
fn assert_whole(store: &dyn Store) -> Result<(), StoreError> {
    let last = store.sequence();
    if last > 0 {
        let counter = store.get(&Row::Inst { vp: 0, n: 0 }.key())?;
        assert_eq!(counter, Some(last.to_be_bytes().to_vec()));
    }
    for n in 1..=last {
        let rows = store.get(
            &Row::Hist {
                vp: 1,
                n: 1,
                seq: n,
            }
            .key(),
        )?;
        let rows = rows.unwrap_or_else(|| panic!("commit {n} of {last} is gone"));
        let rows = u64::from_be_bytes(rows.try_into().expect("a number"));
        let from = Row::Inst { vp: 1, n: n * 1000 }.key();
        let to = Row::Inst {
            vp: 1,
            n: (n + 1) * 1000,
        }
        .key();
        assert_eq!(store.scan(&from, &to, usize::MAX)?.len() as u64, rows);
    }
    let next = Row::Hist {
        vp: 1,
        n: 1,
        seq: last + 1,
    };
    assert_eq!(store.get(&next.key())?, None);
    Ok(())
}

#[test]
fn kill_9_loses_no_acknowledged_commit_and_leaves_none_in_part() {
    const ROUNDS: usize = 12;
    if let Some(options) = given() {
        let store = options.open().unwrap();
        let mut random = StdRng::seed_from_u64(store.sequence());
        loop {
            commit(&*store, random.random_range(0..200));
            say(&store.sequence().to_string());
        }
    }
    let folder = tempdir().unwrap();
    let mut random = StdRng::seed_from_u64(7);
    let mut acknowledged = 0;
    for _ in 0..ROUNDS {
        let mut writer = child(
            "kill_9_loses_no_acknowledged_commit_and_leaves_none_in_part",
            folder.path(),
        );
        let mut heard = hear(&mut writer);
        let acks = random.random_range(1..60);
        for sequence in heard.by_ref().take(acks) {
            acknowledged = sequence.parse().unwrap();
        }
        std::thread::sleep(Duration::from_micros(random.random_range(0..3000)));
        writer.kill().unwrap();
        writer.wait().unwrap();
        // What it said before it died was acknowledged too.
        for sequence in heard {
            acknowledged = sequence.parse().unwrap_or(acknowledged);
        }
        let store = StoreOptions::new(folder.path()).open().unwrap();
        assert!(!store.was_clean());
        let found = store.sequence();
        assert!(found >= acknowledged, "{found} of {acknowledged} commits");
        assert!(found <= acknowledged + 1, "one commit at a time");
        assert_whole(&*store).unwrap();
        if random.random_bool(0.5) {
            store.close().unwrap();
        }
    }
    println!("{acknowledged} commits survived {ROUNDS} kills");
}

#[test]
fn a_process_killed_while_it_creates_or_opens_a_store_does_no_harm() {
    if let Some(options) = given() {
        loop {
            say("opening");
            let store = options.open().unwrap();
            commit(&*store, 3);
            store.close().unwrap();
        }
    }
    let mut random = StdRng::seed_from_u64(11);
    for round in 0..6 {
        let folder = tempdir().unwrap();
        // Some are killed in their first moments, some after several openings.
        for _ in 0..3 {
            let mut opener = child(
                "a_process_killed_while_it_creates_or_opens_a_store_does_no_harm",
                folder.path(),
            );
            assert!(hear(&mut opener).next().is_some());
            std::thread::sleep(Duration::from_micros(random.random_range(0..30_000)));
            opener.kill().unwrap();
            opener.wait().unwrap();
        }
        let store = StoreOptions::new(folder.path()).open();
        let store = store.unwrap_or_else(|error| panic!("round {round}: {error}"));
        assert_whole(&*store).unwrap();
        commit(&*store, 3);
    }
}

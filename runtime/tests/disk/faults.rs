//! Any system call may fail: the store stops, says why, loses nothing, and is opened again.
//!
//! A try makes one call of a child process fail, or all from that one on; the child commits on, opens
//! the store anew when it has to, and tells what was acknowledged. Then the parent opens what is left.

use std::{collections::BTreeMap, io::Write, path::Path};

use rand::{RngExt, SeedableRng, rngs::StdRng};
use undying::prelude::*;
use undying::store::{Batch, OpenStore, SpaceLimits, StoreError, StoreOptions, keys::Row};

use crate::{
    common::Door,
    folder::scratch,
    rows::{Rows, apply, batch, read},
    shim::{Fault, SEED, STORE, Shim},
    tally,
};

/// How many commits a child makes.
const COMMITS: u64 = 14;
/// How often it opens the store before it gives up.
const LIVES: u64 = 8;

fn say(words: &str) {
    let mut out = std::io::stdout().lock();
    let said = writeln!(out, "> {words}").and_then(|()| out.flush());
    said.expect("the parent listens");
}

/// Commit `n` of a child; every eighth seed fills memtables, so that tables are written.
fn commit_of(seed: u64, n: u64) -> Batch {
    let mut batch = batch(seed, n);
    if seed.is_multiple_of(8) && n % 4 == 3 {
        for vp in 7..9 {
            batch.put(Row::Inst { vp, n: 0 }.key(), vec![n as u8; 9 << 20]);
        }
    }
    batch
}

fn rows_after(seed: u64, commits: u64) -> Rows {
    let mut rows = Rows::new();
    for n in 1..=commits {
        apply(&mut rows, &commit_of(seed, n));
    }
    rows
}

fn options(path: &Path) -> StoreOptions {
    StoreOptions::new(path).space_limits(SpaceLimits {
        refuse_starts_below: 0,
        stop_below: 0,
    })
}

/// In a child: commits in some lives, and tells of what is acknowledged and of every error.
fn commit_in_lives(options: &StoreOptions, seed: u64) {
    for life in 0..LIVES {
        if let Err(error) = one_life(options, seed, life) {
            assert!(!error.is_refusal(), "there is space: {error}");
            say(&format!("error {}", error.to_string().replace('\n', " ")));
        }
    }
}

fn one_life(options: &StoreOptions, seed: u64, life: u64) -> Result<(), StoreError> {
    let store = options.open()?;
    let found = store.sequence();
    assert!(
        read(&*store)? == rows_after(seed, found),
        "at commit {found}"
    );
    for n in found + 1..=COMMITS.min(found + 5) {
        let committed = store.commit(commit_of(seed, n));
        if let Err(error) = committed {
            // The life is over, whoever still has the handle.
            assert!(matches!(store.get(b"x"), Err(StoreError::Closed)));
            let again = store.commit(commit_of(seed, n));
            assert!(matches!(again, Err(StoreError::Closed)), "{again:?}");
            return Err(error);
        }
        say(&format!("acknowledged {n}"));
    }
    if life.is_multiple_of(2) {
        store.close()?;
    }
    Ok(())
}

/// What a child said of the errors it met: each names the store, and what to do.
fn check_errors(said: &[String], path: &Path) -> Result<usize, String> {
    let path = path.to_str().expect("a path");
    let errors = said.iter().filter_map(|line| line.strip_prefix("error "));
    let mut count = 0;
    for error in errors {
        count += 1;
        let tells = [
            "open the store again",
            "reopen the store",
            "correct the path",
        ]
        .iter()
        .any(|remedy| error.contains(remedy));
        if !error.contains(path) || !tells {
            return Err(format!("an error without a place or a remedy: {error}"));
        }
    }
    Ok(count)
}

/// The calls to fail: each name in turn, any of its calls, in any way that fits.
fn fault(counts: &BTreeMap<String, u64>, seed: u64, random: &mut StdRng) -> Fault {
    let calls: Vec<(&String, &u64)> = counts.iter().collect();
    let (call, count) = calls[seed as usize % calls.len()];
    let writes = call.contains("write");
    let ways: &[&str] = if writes {
        &["5", "28", "short", "torn"]
    } else {
        // EIO and ENOSPC.
        &["5", "28"]
    };
    Fault {
        call: call.clone(),
        at: random.random_range(1..=*count),
        ever: random.random_bool(0.3),
        how: ways[random.random_range(0..ways.len())],
    }
}

/// A try at the store; answers how many errors were told.
fn trial(
    shim: &Shim,
    counts: &BTreeMap<String, u64>,
    seed: u64,
    test: &str,
) -> Result<usize, String> {
    let mut random = StdRng::seed_from_u64(seed);
    let fault = fault(counts, seed, &mut random);
    let folder = scratch();
    let path = folder.path().join("store");
    let told = |why: String| format!("{fault:?}: {why}");
    let said = shim
        .run(test, &path, seed, Some(&fault), None)
        .map_err(told)?;
    let errors = check_errors(&said, &path).map_err(told)?;
    if fault.how == "short" && errors > 0 {
        return Err(told(format!("a short write is no error: {said:?}")));
    }
    let acknowledged: u64 = said
        .iter()
        .filter_map(|line| line.strip_prefix("acknowledged ")?.parse().ok())
        .max()
        .unwrap_or(0);
    let store = options(&path)
        .open()
        .map_err(|error| told(format!("without the fault: {error}")))?;
    let found = store.sequence();
    if found != acknowledged && found != acknowledged + 1 {
        return Err(told(format!("{acknowledged} acknowledged, {found} found")));
    }
    let rows = read(&*store).map_err(|error| told(error.to_string()))?;
    if rows != rows_after(seed, found) {
        return Err(told(format!("the rows are not those of commit {found}")));
    }
    let next = store.commit(commit_of(seed, found + 1));
    match next {
        Ok(next) if next == found + 1 => Ok(errors),
        next => Err(told(format!("it does not go on: {next:?}"))),
    }
}

fn given() -> Option<(std::path::PathBuf, u64)> {
    let path = std::env::var_os(STORE)?;
    let seed = std::env::var(SEED).ok()?.parse().ok()?;
    Some((path.into(), seed))
}

#[test]
fn an_io_error_stops_the_store_and_loses_nothing() {
    if let Some((path, seed)) = given() {
        commit_in_lives(&options(&path), seed);
        std::process::exit(0);
    }
    let Some(shim) = Shim::build() else { return };
    let test = "faults::an_io_error_stops_the_store_and_loses_nothing";
    let (light, heavy) = (shim.count(test, 1), shim.count(test, 8));
    for call in ["fsync", "ftruncate64", "mkdir", "open", "unlink", "write"] {
        assert!(
            light.contains_key(call),
            "{call} is never called: {light:?}"
        );
    }
    let mut tally = tally::Tally::new(11, "an I/O error stops the store and loses nothing");
    let mut errors = 0;
    for seed in tally::seeds(14) {
        tally.tried(1);
        let counts = if seed.is_multiple_of(8) {
            &heavy
        } else {
            &light
        };
        match trial(&shim, counts, seed, test) {
            Ok(told) => errors += told,
            Err(why) => {
                println!("seed {seed}: {why}");
                println!("repeat it: SEED={seed} TRIES=1 cargo test -p undying --test disk {test}");
                tally.violated();
            }
        }
    }
    println!("{errors} errors were told, of calls of {light:?} and {heavy:?}");
}

#[activity]
async fn double(n: u64) -> u64 {
    2 * n
}

#[orchestration]
async fn doubling(n: u64) -> u64 {
    let mut sum = 0;
    for k in 0..3u64 {
        sum += double(n + k).await;
        sleep(millis(1)).await;
    }
    sum
}

/// In a child: starts instances, waits for some of them, and tells what it was told.
#[tokio::main(flavor = "current_thread")]
async fn start_in_lives(path: &Path) {
    for life in 0..3u64 {
        let engine = match Engine::builder()
            .state(Door::open())
            .shards(2)
            .open(path)
            .await
        {
            Ok(engine) => engine,
            Err(error) => {
                say(&format!("refused {error}"));
                continue;
            }
        };
        for n in 0..4u64 {
            let Ok(handle) = engine.start(format!("{life}/{n}"), doubling(n)).await else {
                break;
            };
            say(&format!("started {life}/{n}"));
            if n.is_multiple_of(2)
                && let Ok(sum) = handle.result().await
            {
                say(&format!("ended {life}/{n} {sum}"));
            }
        }
        if life == 1 {
            let _ = engine.shutdown().await;
        }
    }
}

fn engine_trial(
    shim: &Shim,
    counts: &BTreeMap<String, u64>,
    seed: u64,
    test: &str,
) -> Result<(), String> {
    let mut random = StdRng::seed_from_u64(seed);
    let fault = fault(counts, seed, &mut random);
    let folder = scratch();
    let path = folder.path().join("store");
    let told = |why: String| format!("{fault:?}: {why}");
    let said = shim
        .run(test, &path, seed, Some(&fault), None)
        .map_err(told)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let engine = Engine::builder().state(Door::open()).open(&path).await;
        let engine = engine.map_err(|error| told(format!("without the fault: {error}")))?;
        for line in &said {
            let words: Vec<&str> = line.split(' ').collect();
            let (id, sum) = match words[..] {
                ["started", id] => (id, None),
                ["ended", id, sum] => (id, Some(sum)),
                _ => continue,
            };
            let handle = engine.get::<DoublingCall>(id).await;
            let handle = handle.map_err(|error| told(format!("{id} is gone: {error}")))?;
            let found = handle.result().await;
            let found = found.map_err(|error| told(format!("{id}: {error}")))?;
            let n: u64 = id
                .split('/')
                .nth(1)
                .and_then(|n| n.parse().ok())
                .expect("an id");
            let differs = sum.is_some_and(|sum| sum != found.to_string());
            if found != 6 * n + 6 || differs {
                return Err(told(format!("{line}, and now it is {found}")));
            }
        }
        engine
            .shutdown()
            .await
            .map_err(|error| told(error.to_string()))
    })
}

#[test]
fn an_io_error_costs_no_instance_that_was_acknowledged() {
    if let Some((path, _)) = given() {
        start_in_lives(&path);
        std::process::exit(0);
    }
    let Some(shim) = Shim::build() else { return };
    let test = "faults::an_io_error_costs_no_instance_that_was_acknowledged";
    let counts = shim.count(test, 0);
    let mut tally = tally::Tally::new(11, "an I/O error costs no instance");
    let seeds = tally::seeds(8);
    // A life of an engine takes longer than one of a store: so fewer.
    for seed in seeds.start..seeds.start + (seeds.end - seeds.start).div_ceil(4) {
        tally.tried(1);
        if let Err(why) = engine_trial(&shim, &counts, seed, test) {
            println!("seed {seed}: {why}");
            println!("repeat it: SEED={seed} TRIES=1 cargo test -p undying --test disk {test}");
            tally.violated();
        }
    }
}

//! Replayed orchestrations through the engine: parked when they diverge, and killed with `kill -9`.

mod common;

use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use common::{Place, until};
use undying::prelude::*;
use undying::{Error, Refusal, Status};

#[activity]
async fn add(a: u64, b: u64) -> u64 {
    a + b
}

#[orchestration(replay)]
async fn first_version<T: Persist>(n: u64, _of: T) -> u64 {
    let sum = add(n, 1).await;
    event::<u64>("go").await + sum
}

/// Another argument for its first call.
#[orchestration(replay)]
async fn second_version<T: Persist>(n: u64, _of: T) -> u64 {
    let sum = add(n, 2).await;
    event::<u64>("go").await + sum
}

#[tokio::test]
async fn an_instance_that_diverges_is_parked_by_step_and_goes_on_in_the_version_that_fits() {
    let first = || {
        Engine::builder()
            .state(PathBuf::new())
            .register_orchestration::<FirstVersionCall<u8>>("order")
    };
    let second = || {
        Engine::builder()
            .state(PathBuf::new())
            .register_orchestration::<SecondVersionCall<u8>>("order")
    };
    for place in Place::each() {
        let engine = place.open_with(first()).await.unwrap();
        engine.start("a", first_version(5, 0u8)).await.unwrap();
        until(|| async {
            let described = engine.describe("a").await.unwrap();
            described.calls_pending == 1 && described.updated > described.created
        })
        .await;
        engine.shutdown().await.unwrap();
        drop(engine);

        let engine = place.open_with(second()).await.unwrap();
        engine.raise("a", "go", &10u64).await.unwrap();
        let handle = engine.get::<SecondVersionCall<u8>>("a").await.unwrap();
        let error = handle.result().await.unwrap_err();
        let Error::Parked { reason, .. } = &error else {
            panic!("{error}")
        };
        let Refusal::Diverged {
            step,
            expected,
            actual,
            ..
        } = &**reason
        else {
            panic!("{reason}")
        };
        let (expected, actual) = (expected.as_str(), actual.as_str());
        let calls = |b| format!("the activity `add(a: 5, b: {b})`");
        assert_eq!((*step, expected, actual), (1, &*calls(1), &*calls(2)));
        engine.shutdown().await.unwrap();
        drop(engine);

        let engine = place.open_with(first()).await.unwrap();
        assert_eq!(engine.describe("a").await.unwrap().status, Status::Parked);
        engine.retry("a").await.unwrap();
        let handle = engine.get::<FirstVersionCall<u8>>("a").await.unwrap();
        assert_eq!(handle.result().await.unwrap(), 16);
    }
}

/// Set in the process that is killed: the folder of its store.
const FOLDER: &str = "UNDYING_TEST_REPLAY_FOLDER";
const ROUNDS: u64 = 60;

/// Where the activities of the killed processes leave a line each.
fn lines(folder: &Path) -> PathBuf {
    folder.join("lines")
}

#[activity]
async fn write_line(n: u64, State(folder): State<PathBuf>) -> u64 {
    tokio::time::sleep(Duration::from_millis(2)).await;
    let mut options = fs::OpenOptions::new();
    let file = options.append(true).create(true).open(lines(&folder));
    let mut file = file.expect("the file opens");
    writeln!(file, "{n}").expect("a line is written");
    n
}

#[orchestration(replay)]
async fn sums_up(cx: &ReplayContext, rounds: u64) -> u64 {
    let numbers: Vec<u64> = (0..rounds).collect();
    let mut sum = 0;
    // A borrow, an iterator and a block that borrows live across the awaits.
    for pair in numbers.chunks(2) {
        let (one, two) = join((async { write_line(pair[0]).await }, async {
            write_line(pair[1]).await
        }))
        .await;
        let dice = cx.random() % 6;
        sum += one + two + add(dice, 1).await - dice - 1;
        sleep(millis(1)).await;
    }
    sum
}

/// Runs the instance to its end, or to that of the process.
async fn live_until_killed(folder: OsString) -> undying::Result<()> {
    let folder = PathBuf::from(folder);
    let builder = Engine::builder().state(folder.clone());
    let engine = builder.open(folder.join("store")).await?;
    let handle = engine.start("sum", sums_up(ROUNDS)).await?;
    assert_eq!(handle.result().await?, (0..ROUNDS).sum::<u64>());
    engine.shutdown().await
}

#[tokio::test]
async fn a_replayed_orchestration_goes_on_where_its_process_was_killed() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        return live_until_killed(folder).await.unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let written = || {
        let text = fs::read_to_string(lines(folder.path())).unwrap_or_default();
        text.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let mut kills = 0;
    loop {
        let test = "a_replayed_orchestration_goes_on_where_its_process_was_killed";
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", test])
            .env(FOLDER, folder.path())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        // Each process gets a bit further than the one before.
        let enough = written().len() + 7;
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break Some(status);
            }
            if written().len() >= enough {
                child.kill().unwrap();
                child.wait().unwrap();
                break None;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        };
        match status {
            Some(status) => {
                assert!(status.success());
                break;
            }
            None => kills += 1,
        }
    }
    assert!(kills >= 4, "{kills}");
    let lines = written();
    let mut distinct: Vec<u64> = lines.iter().map(|line| line.parse().unwrap()).collect();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct, (0..ROUNDS).collect::<Vec<u64>>());
    // What was under way when it was killed ran again, and nothing else.
    assert!(
        lines.len() as u64 <= ROUNDS + 2 * kills,
        "{} lines, {kills} kills",
        lines.len()
    );
}

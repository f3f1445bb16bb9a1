//! Schedules among processes: `kill -9` at any moment loses no time of a schedule and doubles none.
//!
//! The test starts this binary again with a variable set; the child finds it and plays its part.

mod common;

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use common::until;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use undying::prelude::*;
use undying::{Durability, Filter, Missed, Overlap, Schedule, Status};

const PATH: &str = "UNDYING_TEST_SCHEDULES";

const EVERY: Duration = Duration::from_millis(20);

#[activity]
async fn work() {}

#[orchestration]
async fn task() {
    work().await;
}

/// Opens the store and makes the schedules, which are the same ones every time.
async fn open(path: &Path) -> Engine {
    let builder = Engine::builder().durability(Durability::Buffered);
    let engine = builder.open(path).await.expect("the engine opens");
    for (name, overlap) in [("beside", Overlap::Allow), ("skips", Overlap::Skip)] {
        let schedule = Schedule::every(EVERY)
            .missed(Missed::RunAll)
            .overlap(overlap);
        let made = engine.schedule(name, schedule, task()).await;
        made.expect("the schedule is made");
    }
    engine
}

/// The times of a schedule that have an instance, in intervals since 1970; whether all have ended.
async fn started(engine: &Engine, name: &str) -> (Vec<u64>, bool) {
    let mut filter = Filter {
        id_prefix: Some(format!("{name}/")),
        ..Filter::default()
    };
    let (mut times, mut ended) = (Vec::new(), true);
    loop {
        let page = engine.list(filter.clone()).await.expect("it is open");
        for one in page.instances {
            let time = Schedule::time_of(&one.id).expect("the id of a schedule");
            times.push(intervals(time));
            ended &= one.status == Status::Completed;
        }
        filter.after = page.next;
        if filter.after.is_none() {
            times.sort_unstable();
            return (times, ended);
        }
    }
}

fn intervals(time: SystemTime) -> u64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH);
    let millis = since.expect("after 1970").as_millis();
    u64::try_from(millis / EVERY.as_millis()).expect("not long after 1970")
}

#[tokio::test]
async fn a_schedule_that_is_killed_again_and_again_starts_each_of_its_times_once() {
    if let Some(path) = std::env::var_os(PATH) {
        let _engine = open(Path::new(&path)).await;
        println!("> open");
        std::future::pending::<()>().await;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let store = folder.path().join("store");
    let mut random = StdRng::seed_from_u64(7);
    for _ in 0..10 {
        let test = "a_schedule_that_is_killed_again_and_again_starts_each_of_its_times_once";
        let mut child = Command::new(std::env::current_exe().expect("this binary"))
            .args(["--exact", test, "--nocapture"])
            .env(PATH, &store)
            .stdout(Stdio::piped())
            .spawn()
            .expect("a child process");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let opened = lines.find(|line| line.as_ref().is_ok_and(|line| line.ends_with("> open")));
        assert!(opened.is_some(), "it opens the store");
        // When it is killed is what is random here; nothing is waited for.
        std::thread::sleep(Duration::from_millis(random.random_range(0..300)));
        child.kill().expect("it is killed");
        child.wait().expect("it is dead");
    }
    let engine = open(&store).await;
    // Until it has made up for the past.
    until(|| async {
        let all = engine.schedules().await.expect("it is open");
        let now = SystemTime::now();
        all.iter()
            .all(|one| one.next.is_some_and(|next| next + EVERY > now))
    })
    .await;
    for name in ["beside", "skips"] {
        engine
            .pause_schedule(name, "the end")
            .await
            .expect("paused");
        let all = engine.schedules().await.expect("it is open");
        let one = all
            .into_iter()
            .find(|one| one.name == name)
            .expect("it is there");
        until(|| async { started(&engine, name).await.1 }).await;
        until(|| async { started(&engine, name).await.0.len() as u64 >= one.started }).await;
        let (times, _) = started(&engine, name).await;
        let (first, next) = (times[0], intervals(one.next.expect("it never ends")));
        assert_eq!(one.started + one.skipped, next - first, "{name}");
        assert_eq!(
            times.len() as u64,
            one.started,
            "{name}: one instance for each"
        );
        let different: BTreeSet<_> = times.iter().collect();
        assert_eq!(different.len(), times.len(), "{name}");
        if name == "beside" {
            assert_eq!(times, (first..next).collect::<Vec<_>>());
        }
    }
    engine.shutdown().await.expect("it closes");
}

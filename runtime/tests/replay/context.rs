//! `ReplayContext`: time and randomness that are the same in a replay, and who is told what.

use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};

use super::*;

/// What bodies say to nobody but this test: they say it again when they are replayed.
static SAID: Mutex<Vec<(String, bool)>> = Mutex::new(Vec::new());

fn say(word: impl Into<String>, replaying: bool) {
    SAID.lock().unwrap().push((word.into(), replaying));
}

fn said() -> Vec<(String, bool)> {
    std::mem::take(&mut SAID.lock().unwrap())
}

#[orchestration(replay)]
async fn draws(cx: &ReplayContext, n: u64) -> Vec<(String, u64, SystemTime)> {
    let mut drawn = Vec::new();
    for _ in 0..n {
        let it = (cx.uuid(), cx.random(), cx.now());
        charge(it.0.clone(), it.1).await;
        sleep(hours(1)).await;
        drawn.push(it);
    }
    drawn
}

#[test]
fn what_is_drawn_is_the_same_in_a_replay_and_differs_otherwise() {
    let run = |memory| Driver::new(memory).run(draws(3)).unwrap();
    let drawn = run(Memory::Hot);
    // Arguments are compared too: a replay that draws otherwise is refused.
    assert_eq!(run(Memory::Cold), drawn);
    for (index, (uuid, random, now)) in drawn.iter().enumerate() {
        assert_eq!((uuid.len(), &uuid[14..15]), (36, "8"), "{uuid}");
        let since = now.duration_since(UNIX_EPOCH).unwrap();
        let expected = 1_700_000_000_000 + index as u128 * 3_600_000;
        assert_eq!(since.as_millis(), expected);
        for (other, another, _) in &drawn[..index] {
            assert!(other != uuid && another != random);
        }
    }
}

#[orchestration(replay)]
async fn draws_in_runs(cx: &ReplayContext, before: Vec<String>) -> Vec<String> {
    let mut drawn = before;
    drawn.push(cx.uuid());
    charge("alice".into(), 1).await;
    if drawn.len() == 3 {
        return drawn;
    }
    continue_as_new(draws_in_runs(drawn)).await
}

#[test]
fn a_run_draws_other_numbers_than_the_one_before_it() {
    let drawn = Driver::new(Memory::Cold)
        .run(draws_in_runs(vec![]))
        .unwrap();
    assert!(drawn[0] != drawn[1] && drawn[1] != drawn[2] && drawn[0] != drawn[2]);
}

#[orchestration(replay)]
async fn tells(cx: ReplayContext, n: u64) -> String {
    say("begins", cx.is_replaying());
    charge("alice".into(), n).await;
    say("charged", cx.is_replaying());
    cx.set_status("charged");
    sleep(millis(1)).await;
    say("slept", cx.is_replaying());
    cx.instance_id().to_owned()
}

#[test]
fn code_that_runs_again_can_know_it() {
    said();
    assert_eq!(Driver::new(Memory::Cold).run(tells(1)).unwrap(), "driven");
    let heard = said();
    let live: Vec<_> = heard.iter().filter(|(_, replaying)| !replaying).collect();
    let words: Vec<_> = live.iter().map(|(word, _)| word.as_str()).collect();
    assert_eq!(words, ["begins", "charged", "slept"]);
    assert_eq!(heard.len(), 6, "{heard:?}");
}

//! Recordings as they are stored: what a turn writes, how long they may be, what damage does.

use undying::__private::Save;
use undying::durable::limits::{RECORDING_CHUNK_BYTES, RECORDING_TURNS_MAX};

use super::*;

#[orchestration(replay)]
async fn many(text: String, rounds: u64) -> u64 {
    let mut sum = 0;
    for round in 0..rounds {
        sum += charge(text.clone(), round).await;
    }
    sum
}

fn saves<O: OrchestrationCall>(call: Orchestration<O>) -> Vec<Save> {
    let mut driver = Driver::new(Memory::Cold);
    driver.run(call).unwrap();
    driver.saves().to_vec()
}

#[test]
fn a_turn_writes_what_it_added_and_no_row_twice() {
    let saves = saves(many("x".repeat(100), 200));
    let mut rows = Vec::new();
    for save in &saves {
        assert!(save.frame < RECORDING_CHUNK_BYTES + 64, "{}", save.frame);
        for (part, bytes) in &save.parts {
            assert_eq!(*part as usize, rows.len(), "rows are only added");
            rows.push(bytes.expect("no row is deleted"));
        }
    }
    let written: usize = rows.iter().sum();
    assert!((5..=12).contains(&rows.len()), "{} rows", rows.len());
    assert!(written > 20_000 && written < 200 * 200, "{written}");
}

#[test]
fn large_arguments_are_written_once() {
    let saves = saves(many("x".repeat(100_000), 5));
    let written = |save: &Save| -> usize {
        let rows = save.parts.iter().filter_map(|(_, bytes)| *bytes);
        rows.sum::<usize>() + save.frame
    };
    assert!(written(&saves[0]) > 100_000);
    // The calls have them too, and their hashes are kept.
    assert!(saves[1..].iter().all(|save| written(save) < 1_000));
}

#[orchestration(replay)]
async fn endless() {
    loop {
        sleep(millis(1)).await;
    }
}

#[test]
fn a_recording_that_is_too_long_is_refused_with_what_to_do() {
    let mut driver = Driver::new(Memory::Hot);
    let words = refusal(driver.run(endless())).to_string();
    assert_eq!(driver.suspensions(), RECORDING_TURNS_MAX);
    assert!(
        words.contains("its recording has 10001 turns, more than 10000"),
        "{words}"
    );
    assert!(words.contains("`continue_as_new`"), "{words}");
}

#[orchestration(replay)]
async fn large(n: u64) -> usize {
    let mut sum = 0;
    for _ in 0..n {
        sum += ship("x".repeat(3 << 20)).await.len();
    }
    sum
}

#[test]
fn a_recording_that_is_too_large_is_refused_with_what_to_do() {
    let words = refusal(Driver::new(Memory::Hot).run(large(9))).to_string();
    assert!(words.contains("bytes, more than 16777216"), "{words}");
}

#[orchestration(replay)]
async fn rounds(n: u64) -> u64 {
    for _ in 0..20 {
        charge("x".repeat(250), n).await;
    }
    if n == 0 {
        return n;
    }
    continue_as_new(rounds(n - 1)).await
}

#[test]
fn continue_as_new_begins_a_recording_of_its_own() {
    let saves = saves(rounds(3));
    assert_eq!(saves.len(), 80);
    let runs: Vec<_> = saves.chunks(20).collect();
    assert!(runs.windows(2).all(|pair| pair[0].len() == pair[1].len()));
    // The rows of a run are numbered from the beginning again.
    for run in runs {
        let first = run.iter().flat_map(|save| &save.parts).next();
        assert_eq!(first.map(|(part, _)| *part), Some(0));
    }
}

#[test]
fn a_damaged_recording_is_refused() {
    let rest = || {
        let call = many("x".repeat(100), 60);
        Driver::new(Memory::Hot).run_until(call, 50).unwrap()
    };
    let resume = |rest| Driver::new(Memory::Hot).resume::<ManyCall>(rest);
    assert_eq!(resume(rest()), Ok((0..60).sum()));
    let damaged = |result, what: &str| match refusal(result) {
        Refusal::Damaged { .. } => {}
        other => panic!("{what}: {other}"),
    };
    let whole = rest();
    for length in (0..whole.bytes.len()).step_by(97) {
        let mut cut = rest();
        cut.bytes.truncate(length);
        damaged(resume(cut), &format!("cut at {length}"));
    }
    let mut longer = rest();
    longer.bytes.push(0);
    damaged(resume(longer), "longer");
    assert!(!whole.parts.is_empty());
    let mut missing = rest();
    missing.parts.remove(&0);
    damaged(resume(missing), "a row is missing");
    let mut changed = rest();
    if let Some(row) = changed.parts.get_mut(&0) {
        row[500] ^= 1;
    }
    damaged(resume(changed), "a row has changed");
}

mod compiled {
    use super::*;

    #[orchestration(name = "many")]
    pub(super) async fn many(text: String, rounds: u64) -> u64 {
        let mut sum = 0;
        for round in 0..rounds {
            sum += charge(text.clone(), round).await;
        }
        sum
    }
}

#[test]
fn an_instance_of_the_other_model_is_refused_in_words() {
    let words = refusal(deploy::<ManyCall>(compiled::many("x".into(), 3), 2)).to_string();
    assert!(words.contains("begun without `replay`"), "{words}");
    let words = refusal(deploy::<compiled::ManyCall>(many("x".into(), 3), 2)).to_string();
    assert!(words.contains("begun with `replay`"), "{words}");
}

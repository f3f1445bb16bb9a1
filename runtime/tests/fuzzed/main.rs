//! Damaged and random bytes are read or refused: no panic, no hang, no memory beyond their size.
//!
//! The targets are those of the fuzz crate beside these tests, where coverage guides them: `.ci/fuzz 60`
//! runs each for a minute. Here seeded random inputs go in, and valid ones with random damage. A failing
//! one prints itself, in hexadecimal; as a file in `fuzz/corpus/TARGET` it is tried in every run.
#![allow(clippy::unwrap_used)]

#[path = "../support/mod.rs"]
mod support;
#[path = "../common/tally.rs"]
mod tally;

mod damage;
mod targets;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tally::Tally;
use targets::{Target, allocations};

/// Longer inputs than these are few.
const LEN_MAX: usize = 4_096;

/// Tries one input.
fn feed(target: &Target, input: &[u8]) {
    let run = || {
        let began = Instant::now();
        let (_, memory) = allocations::most(|| (target.run)(input));
        (memory, began.elapsed())
    };
    let slow = |time: &Duration| *time > Duration::from_secs(1);
    let measured = catch_unwind(AssertUnwindSafe(|| {
        let (memory, time) = run();
        // Others use this machine too: it hangs if it is slow again and again.
        let hangs = slow(&time) && (0..3).all(|_| slow(&run().1));
        (memory, hangs)
    }));
    let name = target.name;
    let why = match measured {
        Err(_) => "panics".to_owned(),
        Ok((_, true)) => "takes longer than a second".to_owned(),
        Ok((memory, false)) if memory > target.memory.most(input.len()) => {
            format!("takes {memory} bytes of memory")
        }
        Ok(_) => return,
    };
    let hex: String = input.iter().map(|byte| format!("{byte:02x}")).collect();
    panic!("`{name}` {why}, given these {} bytes: {hex}", input.len());
}

/// The inputs that were kept for this target.
fn kept(target: &Target) -> Vec<Vec<u8>> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let folder = corpus.join(target.name);
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    let read = |path| std::fs::read(path).unwrap();
    files.into_iter().map(read).collect()
}

fn fuzz(target: &Target, tries: u64) {
    let mut tally = Tally::new(14, "damaged or random bytes are read or refused");
    let samples = (target.samples)();
    for seed in tally::seeds(tries) {
        let mut rng = StdRng::seed_from_u64(seed);
        let input = match samples.len() {
            0 => damage::random(&mut rng),
            count => match rng.random_range(0..8) {
                0 => damage::random(&mut rng),
                _ => {
                    let (one, other) = (rng.random_range(0..count), rng.random_range(0..count));
                    damage::damaged(&samples[one], &samples[other], &mut rng)
                }
            },
        };
        let input = &input[..input.len().min(LEN_MAX)];
        tally.tried(1);
        let fed = catch_unwind(AssertUnwindSafe(|| feed(target, input)));
        assert!(
            fed.is_ok(),
            "`{}` fails with SEED={seed} TRIES=1",
            target.name
        );
    }
}

#[test]
fn every_reader_takes_damaged_and_random_bytes_or_refuses_them() {
    for target in targets::readers() {
        fuzz(&target, 150);
    }
}

#[test]
fn every_target_takes_what_is_valid() {
    for target in targets::readers().iter().chain(&targets::ALL) {
        let samples = (target.samples)();
        samples.iter().for_each(|sample| feed(target, sample));
        let taken = samples.iter().filter(|sample| (target.run)(sample)).count();
        assert!(
            taken > 0,
            "`{}` takes none of {}",
            target.name,
            samples.len()
        );
    }
}

#[test]
fn inputs_that_were_kept_do_no_harm_any_more() {
    for target in &targets::ALL {
        let kept = kept(target);
        assert!(!kept.is_empty(), "`{}` has a corpus", target.name);
        kept.iter().for_each(|input| feed(target, input));
    }
}

#[test]
fn a_store_with_damaged_rows_is_opened_and_run_or_refused() {
    fuzz(&targets::RECORDS, 100);
}

#[test]
fn what_one_type_wrote_is_read_as_another_with_its_meaning_or_refused() {
    fuzz(&targets::EVOLUTION, 400);
}

#[test]
fn no_value_is_read_as_anything_it_does_not_mean() {
    targets::all_as_all_others();
}

#[test]
fn what_one_type_wrote_never_panics_in_another() {
    targets::all_under_wrong_schemas();
}

#[test]
fn a_damaged_frame_goes_on_or_is_refused() {
    fuzz(&targets::FRAMES, 200);
}

//! What is the same with crashes and without.

use std::collections::BTreeSet;

use crate::world::{Case, Crash, run};

/// Runs a program in all these ways.
pub(crate) fn transparent(name: &str, case: &Case) {
    std::panic::set_hook(Box::new(|panic| {
        if !panic.to_string().contains("a turn that panics") {
            eprintln!("{panic}");
        }
    }));
    let peaceful: Vec<_> = (0..100).map(|seed| run(case, seed, Crash::Never)).collect();
    let mut right: BTreeSet<_> = peaceful.iter().map(|came| came.seen.clone()).collect();
    right.extend((0..300).map(|seed| run(case, seed, Crash::HeldUp).seen));
    let mut runs = 0;
    let mut check = |seed, crash| {
        let run = std::panic::AssertUnwindSafe(|| run(case, seed, crash));
        let came = std::panic::catch_unwind(run);
        let came = came.unwrap_or_else(|_| panic!("{name} fails with seed {seed} and {crash:?}"));
        runs += 1;
        assert!(
            right.contains(&came.seen),
            "{name} with seed {seed} and {crash:?} shows\n{:#?}\nbut in peace\n{right:#?}",
            came.seen
        );
    };
    for seed in 0..2 {
        let came = &peaceful[seed as usize];
        for commit in 1..=came.commits {
            for crash in [
                Crash::Lost(commit),
                Crash::Landed(commit),
                Crash::After(commit),
            ] {
                check(seed, crash);
            }
        }
        for turn in 1..=came.turns {
            check(seed, Crash::Fails(turn));
            check(seed, Crash::Dies(turn));
        }
    }
    for seed in 0..60 {
        check(seed, Crash::Often);
    }
    println!(
        "{name}: {} results in peace, {runs} runs with crashes",
        right.len()
    );
}

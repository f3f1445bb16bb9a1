//! When to kill: random moments, the same for the same seed.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// A moment in the life of a worker.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Moment {
    /// So long after it was started: while it opens the store or recovers. It comes earlier if the
    /// fraction is done by then: no worker leaves nothing to do for those after it.
    pub(super) started: Option<Duration>,
    /// A fraction of the work, between 0 and 1.
    pub(super) fraction: f64,
    /// So long after the fraction was done.
    pub(super) after: Duration,
}

/// `count` moments, the fractions rising. About one in four is in the first 50 ms of a worker.
pub(super) fn moments(count: usize, seed: u64) -> Vec<Moment> {
    let mut random = StdRng::seed_from_u64(seed);
    let mut fractions: Vec<f64> = (0..count).map(|_| random.random_range(0.0..0.9)).collect();
    fractions.sort_by(f64::total_cmp);
    let moment = |fraction| Moment {
        started: (random.random_range(0..4) == 0)
            .then(|| Duration::from_micros(random.random_range(0..50_000))),
        fraction,
        after: Duration::from_micros(random.random_range(0..1_000)),
    };
    fractions.into_iter().map(moment).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_moments_again() {
        assert_eq!(moments(20, 7), moments(20, 7));
        assert_ne!(moments(20, 7), moments(20, 8));
    }

    #[test]
    fn the_kills_are_spread_over_the_work() {
        let moments = moments(200, 1);
        let fractions: Vec<f64> = moments.iter().map(|moment| moment.fraction).collect();
        assert!(fractions.is_sorted());
        let by_work = moments.iter().filter(|moment| moment.started.is_none());
        assert!((101..200).contains(&by_work.count()));
        assert!(fractions[0] < 0.1 && fractions[fractions.len() - 1] > 0.8);
    }
}

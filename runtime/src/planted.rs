//! Planted bugs: faults of one line that the tests must find, each in a process that is told its name.
//!
//! `planted!(Name)` is the word `false`, so nothing of it is compiled. Only built with
//! `--cfg undying_planted`, which no feature sets, it asks whether the environment variable `PLANTED`
//! names this one. `runtime/tests/planted.txt` says which test finds which.

#[cfg(not(undying_planted))]
macro_rules! planted {
    ($bug:ident) => {
        false
    };
}

#[cfg(undying_planted)]
macro_rules! planted {
    ($bug:ident) => {
        $crate::planted::is(stringify!($bug))
    };
}

pub(crate) use planted;

/// Whether this is the bug of this process.
#[cfg(undying_planted)]
pub(crate) fn is(bug: &str) -> bool {
    static PLANTED: std::sync::LazyLock<String> =
        std::sync::LazyLock::new(|| std::env::var("PLANTED").unwrap_or_default());
    **PLANTED == *bug
}

#[cfg(all(test, not(undying_planted)))]
mod tests {
    /// What is known when it is compiled is not looked up when it runs.
    #[test]
    fn an_ordinary_build_has_none() {
        const { assert!(!planted!(Any)) };
    }
}

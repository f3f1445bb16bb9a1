//! Every program in `refuse/` is refused, in the words of its `.stderr`.
//!
//! `TRYBUILD=overwrite` writes the words anew: read the difference like code.

use std::process::Command;

/// The words are rustc's own where a rule is Rust's own, so they belong to one version of it.
const WORDS_OF: &str = "rustc 1.95.";

#[test]
fn the_refused_programs_are_refused() {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc)
        .arg("--version")
        .output()
        .expect("the compiler that built this test says its version");
    if !version.stdout.starts_with(WORDS_OF.as_bytes()) {
        eprintln!("skipped: the words are those of {WORDS_OF}*");
        return;
    }
    trybuild::TestCases::new().compile_fail("refuse/*/*.rs");
}

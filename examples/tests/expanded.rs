//! The expansions kept in `expanded/` are what the macros write today; `UPDATE=1` renews them.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn the_expansion_of_hello_is_the_one_shown() {
    is_as_shown("hello", "hello");
}

#[test]
fn the_expansion_of_checkout_is_the_one_shown() {
    is_as_shown("order", "checkout");
}

#[track_caller]
fn is_as_shown(program: &str, function: &str) {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let shown = package.join(format!("expanded/{function}.rs"));
    let today = format!(
        "//! What `#[orchestration]` makes of `{function}` in `src/bin/{program}.rs`.\n\n{}",
        expansion(package, program, function)
    );
    if env::var_os("UPDATE").is_some() {
        fs::write(&shown, today).expect("the folder can be written");
        return;
    }
    let kept = fs::read_to_string(&shown).unwrap_or_default();
    if let Some(line) = first_difference(&kept, &today) {
        let words = "is no longer true; look at it, then run this test with UPDATE=1";
        panic!("{} {words}; line {line} differs", shown.display());
    }
}

fn first_difference(kept: &str, today: &str) -> Option<usize> {
    let differs = |line: &usize| kept.lines().nth(*line) != today.lines().nth(*line);
    (0..kept.lines().count().max(today.lines().count()))
        .find(differs)
        .map(|line| line + 1)
}

/// Checks the program with the variable set that makes the macro print one function's expansion.
fn expansion(package: &Path, program: &str, function: &str) -> String {
    let output = Command::new(env!("CARGO"))
        .current_dir(package)
        .env("UNDYING_EXPAND", function)
        // Of its own for each function, so that what cargo has kept is not another's.
        .args([
            "rustc",
            "--quiet",
            "--bin",
            program,
            "--profile",
            "check",
            "--message-format",
            "json",
        ])
        .args(["--", "--cfg", &format!("undying_expand=\"{function}\"")])
        .output()
        .expect("cargo starts");
    let errors = String::from_utf8(output.stderr).expect("UTF-8");
    assert!(output.status.success(), "{errors}");
    assert!(
        errors.contains(function),
        "nothing was printed for `{function}`: {errors}"
    );
    errors
}

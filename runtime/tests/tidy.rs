//! The layering of the source tree, kept by reading it.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot read the sources fails"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A word that may stand only in certain places of the runtime's sources.
struct Rule {
    word: &'static str,
    only_in: &'static str,
    why: &'static str,
}

const RULES: &[Rule] = &[
    // The module `store::fjall` may be named by its neighbours, the crate may not.
    Rule {
        word: "use fjall",
        only_in: "store/fjall",
        why: "the store behind the trait can be another one",
    },
    Rule {
        word: "fjall::Error",
        only_in: "store/fjall",
        why: "the store behind the trait can be another one",
    },
    Rule {
        word: "tokio",
        only_in: "engine/",
        why: "everything but the engine runs without an async runtime",
    },
];

/// What the pure folders never touch.
const IMPURE: &[&str] = &[
    "std::fs",
    "TcpStream",
    "UdpSocket",
    "std::thread",
    "Instant::now",
    "SystemTime::now",
    "rand::",
    "tokio",
    "fjall",
];

#[test]
fn only_the_places_meant_for_it_name_tokio_and_fjall() {
    let source = workspace().join("runtime/src");
    for (name, text) in rust_files(&source) {
        for rule in RULES.iter().filter(|rule| !name.starts_with(rule.only_in)) {
            let line = code_lines(&text).find(|(_, line)| line.contains(rule.word));
            if let Some((number, _)) = line {
                panic!("{name}:{number} names `{}`: {}", rule.word, rule.why);
            }
        }
    }
}

#[test]
fn the_pure_folders_have_no_clock_no_io_no_threads_and_no_randomness() {
    for folder in ["core", "durable", "schema"] {
        let source = workspace().join("runtime/src").join(folder);
        for (name, text) in rust_files(&source) {
            for (number, line) in code_lines(&text) {
                for word in IMPURE {
                    assert!(
                        !line.contains(word),
                        "{folder}/{name}:{number} names `{word}`"
                    );
                }
            }
        }
    }
}

#[test]
fn every_file_starts_with_its_purpose() {
    for folder in ["runtime", "macros", "examples", "benches", "ui-tests"] {
        for (name, text) in rust_files(&workspace().join(folder)) {
            let first = text.lines().next().unwrap_or_default();
            let words = first.strip_prefix("//! ").unwrap_or_default();
            assert!(
                words.len() >= 10,
                "{folder}/{name} starts with {first:?}, not its purpose"
            );
        }
    }
}

#[test]
fn no_source_file_grows_beyond_what_one_idea_needs() {
    for folder in ["runtime/src", "macros/src"] {
        for (name, text) in rust_files(&workspace().join(folder)) {
            let lines = text.lines().count();
            assert!(
                lines <= 500,
                "{folder}/{name} has {lines} lines: split it by idea"
            );
        }
    }
}

#[test]
fn the_two_crates_are_tied_by_exact_version() {
    let manifest = fs::read_to_string(workspace().join("Cargo.toml")).unwrap();
    let tie = format!("version = \"={}\"", env!("CARGO_PKG_VERSION"));
    for name in ["undying", "undying-macros"] {
        let line = manifest
            .lines()
            .find(|line| line.starts_with(&format!("{name} =")));
        assert!(
            line.is_some_and(|line| line.contains(&tie)),
            "`{name}` is not tied by {tie}"
        );
    }
}

#[test]
fn every_planted_bug_is_listed_with_the_test_that_finds_it() {
    let table = workspace().join("runtime/tests/planted.txt");
    let table = fs::read_to_string(table).unwrap();
    let rows = table.lines().filter(|line| !line.starts_with('#'));
    let mut listed = BTreeSet::new();
    for row in rows {
        let columns: Vec<_> = row.split_whitespace().collect();
        let [bug, _rule, _target, _test, tries] = columns[..] else {
            panic!("`{row}` has not the columns of the table");
        };
        assert!(tries.parse::<u32>().unwrap() <= 500, "{row}");
        assert!(listed.insert(bug.to_owned()), "{bug} is listed twice");
    }
    let mut planted = BTreeSet::new();
    for (name, text) in rust_files(&workspace().join("runtime/src")) {
        if name == "planted.rs" {
            continue;
        }
        for place in text.split("planted!(").skip(1) {
            let bug = place.split(')').next().unwrap_or_default();
            assert!(planted.insert(bug.to_owned()), "{bug} is planted twice");
        }
    }
    assert_eq!(planted, listed);
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Lines of code with their numbers: no comments, nothing below a test module.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .take_while(|line| !line.starts_with("#[cfg(test)]"))
        .enumerate()
        .map(|(index, line)| (index + 1, line.split("//").next().unwrap_or_default()))
}

/// Paths below `root` and their texts.
fn rust_files(root: &Path) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let is = |name: &str| path.file_name().is_some_and(|file| file == name);
            if path.is_dir() && !is("target") && !is("expanded") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path
                    .strip_prefix(root)
                    .unwrap()
                    .to_string_lossy()
                    .into_owned();
                files.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    files
}

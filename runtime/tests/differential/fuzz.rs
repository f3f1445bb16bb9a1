//! Random programs: compiled as one crate, then compared like the corpus.
//!
//! `UNDYING_FUZZ_PROGRAMS` says how many, `UNDYING_FUZZ_SEED` the first seed. A program that does
//! not compile or behaves differently is printed; its seed makes it again.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::generator::program;

/// As many as compile and run within CI's patience.
const PROGRAMS: u64 = 100;
/// Programs in one file: a module each costs more than it helps.
const PER_FILE: u64 = 10;

fn from_environment(name: &str, otherwise: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text
            .parse()
            .unwrap_or_else(|_| panic!("{name} is not a number: {text}")),
        Err(_) => otherwise,
    }
}

/// Where the crate is written, and where cargo builds: beside this test's own build.
fn places() -> (PathBuf, PathBuf) {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let target = scratch
        .parent()
        .expect("cargo's scratch folder is in its target folder");
    (scratch.join("fuzz"), target.to_owned())
}

fn write_crate(place: &Path, seeds: std::ops::Range<u64>) {
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR"));
    let source = place.join("src");
    if source.exists() {
        fs::remove_dir_all(&source).unwrap();
    }
    fs::create_dir_all(&source).unwrap();
    fs::copy(runtime.join("../Cargo.lock"), place.join("Cargo.lock")).unwrap();
    let manifest = format!(
        "[package]\nname = \"undying-fuzz\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [workspace]\n\n\
         [dependencies]\nundying = {{ path = {runtime:?} }}\nserde = \"1\"\n\n\
         [profile.dev]\ndebug = \"none\"\n"
    );
    fs::write(place.join("Cargo.toml"), manifest).unwrap();
    let support = runtime.join("tests/differential/support/mod.rs");
    let mut main = format!(
        "#![allow(warnings)]\n#![recursion_limit = \"512\"]\n#[path = {support:?}]\nmod support;\n"
    );
    let mut table = String::new();
    let seeds: Vec<u64> = seeds.collect();
    for (index, chunk) in seeds.chunks(PER_FILE as usize).enumerate() {
        writeln!(main, "mod m{index};").unwrap();
        let mut module = String::from("use crate::support::twin::twin;\n");
        for seed in chunk {
            writeln!(module, "twin! {{\n{}}}", program(*seed)).unwrap();
            writeln!(table, "    ({seed}, m{index}::f{seed}::compare),").unwrap();
        }
        fs::write(source.join(format!("m{index}.rs")), module).unwrap();
    }
    write!(
        main,
        "const PROGRAMS: &[(u64, fn())] = &[\n{table}];\n\
         fn main() {{\n    support::programs::run(PROGRAMS);\n}}\n"
    )
    .unwrap();
    fs::write(source.join("main.rs"), main).unwrap();
}

/// Builds and runs programs of these seeds; gives what went wrong.
fn fuzz(seeds: std::ops::Range<u64>) -> Result<(), String> {
    let (place, target) = places();
    write_crate(&place, seeds);
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let built = Command::new(cargo)
        .args(["build", "--offline", "--quiet", "--message-format", "short"])
        .current_dir(&place)
        .env("CARGO_TARGET_DIR", &target)
        .output()
        .map_err(|error| format!("cargo cannot be run: {error}"))?;
    if !built.status.success() {
        let words = String::from_utf8_lossy(&built.stderr);
        return Err(format!("in {}:\n{words}", place.display()));
    }
    let ran = Command::new(target.join("debug/undying-fuzz")).output();
    let ran = ran.map_err(|error| format!("the programs cannot be run: {error}"))?;
    let mut wrong = String::from_utf8_lossy(&ran.stdout)
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(seed, words)| (seed.parse().unwrap_or_default(), words.to_owned()))
        .map(|(seed, words)| format!("{words}\n{}", program(seed)))
        .collect::<Vec<_>>();
    if !ran.status.success() {
        wrong.push(format!("it ended with {}", ran.status));
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(wrong.join("\n"))
    }
}

#[test]
fn random_programs_behave_like_their_plain_bodies() {
    let first = from_environment("UNDYING_FUZZ_SEED", 1);
    let count = from_environment("UNDYING_FUZZ_PROGRAMS", PROGRAMS);
    if let Err(wrong) = fuzz(first..first + count) {
        panic!("{wrong}");
    }
}

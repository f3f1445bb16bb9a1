//! What the macros cost the compiler: 100 orchestrations of three awaits, beside the same plain functions.
//!
//! Both are crates of a workspace in cargo's scratch folder, which is built once; then the source of one
//! is touched and cargo makes it again, all of it (no incremental compilation). The difference is
//! the expansion and what the compiler makes of it: stable compilers do not say the two apart.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result, ensure};
use criterion::{Criterion, SamplingMode, criterion_group, criterion_main};

const FUNCTIONS: usize = 100;

/// The crates with their words above each function.
const CRATES: [(&str, &str); 2] = [("functions", ""), ("orchestrations", "#[orchestration]")];

/// A workspace of the two crates, built in the target folder of this one.
struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

fn source(attribute: &str) -> Result<String> {
    let step = if attribute.is_empty() {
        ""
    } else {
        "#[activity]"
    };
    let mut source = format!(
        "#![allow(unused_imports)]\nuse undying::prelude::*;\n\n\
         {step}\npub async fn step(n: u64) -> u64 {{\n    n + 1\n}}\n"
    );
    for n in 0..FUNCTIONS {
        write!(
            source,
            "\n{attribute}\npub async fn f{n}(from: u64, name: String) -> String {{\n    \
             let a = step(from).await;\n    let b = step(a + {n}).await;\n    \
             let c = step(a + b).await;\n    format!(\"{{name}} {{a}} {{b}} {{c}}\")\n}}\n"
        )?;
    }
    if attribute.is_empty() {
        // Nothing is made of a plain function that nobody polls.
        source += "\npub fn all() -> Vec<Box<dyn Future<Output = String>>> {\n    vec![\n";
        for n in 0..FUNCTIONS {
            writeln!(source, "        Box::new(f{n}({n}, String::new())),")?;
        }
        source += "    ]\n}\n";
    }
    Ok(source)
}

impl Workspace {
    fn write() -> Result<Workspace> {
        let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let root = scratch.join("compile");
        let target = scratch.parent().context("a target folder")?.to_owned();
        let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let runtime = ours.join("runtime");
        // The same versions and profiles, so that the dependencies are those that are there.
        let manifest = fs::read_to_string(ours.join("Cargo.toml"))?;
        let profiles = manifest.find("[profile.").map_or("", |at| &manifest[at..]);
        for (name, attribute) in CRATES {
            fs::create_dir_all(root.join(name).join("src"))?;
            let manifest = format!(
                "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
                 [dependencies]\nundying = {{ path = {runtime:?} }}\n\
                 serde = {{ version = \"1\", features = [\"derive\"] }}\n"
            );
            fs::write(root.join(name).join("Cargo.toml"), manifest)?;
            fs::write(root.join(name).join("src/lib.rs"), source(attribute)?)?;
        }
        let members = CRATES.map(|(name, _)| name);
        let manifest =
            format!("[workspace]\nresolver = \"3\"\nmembers = {members:?}\n\n{profiles}");
        fs::write(root.join("Cargo.toml"), manifest)?;
        fs::copy(ours.join("Cargo.lock"), root.join("Cargo.lock"))?;
        Ok(Workspace { root, target })
    }

    /// Runs cargo; gives what it said.
    fn cargo(&self, verb: &str, name: &str) -> Result<String> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let ran = Command::new(cargo)
            .args([verb, "--offline", "--package", name])
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", &self.target)
            .env("CARGO_INCREMENTAL", "0")
            .output()
            .context("cannot start cargo")?;
        let said = String::from_utf8_lossy(&ran.stderr).into_owned();
        ensure!(ran.status.success(), "cargo {verb} failed:\n{said}");
        Ok(said)
    }

    /// Makes a crate anew.
    fn again(&self, verb: &str, name: &str) -> Result<Duration> {
        let source = self.root.join(name).join("src/lib.rs");
        let file = File::options().write(true).open(source)?;
        file.set_modified(SystemTime::now())?;
        let started = Instant::now();
        let said = self.cargo(verb, name)?;
        let took = started.elapsed();
        ensure!(said.contains(&format!("{name} v0.0.0")), "nothing was made");
        Ok(took)
    }
}

fn compile(c: &mut Criterion) {
    let workspace = Workspace::write().expect("a scratch folder");
    let mut group = c.benchmark_group("compile");
    group
        .sample_size(10)
        .sampling_mode(SamplingMode::Flat)
        .warm_up_time(Duration::from_millis(1))
        .measurement_time(Duration::from_secs(1));
    for verb in ["check", "build"] {
        for (name, _) in CRATES {
            workspace.cargo(verb, name).expect("it compiles");
            group.bench_function(format!("{verb}/{FUNCTIONS} {name}"), |b| {
                b.iter_custom(|times| {
                    let each = (0..times).map(|_| workspace.again(verb, name));
                    each.sum::<Result<Duration>>().expect("it compiles")
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, compile);
criterion_main!(benches);

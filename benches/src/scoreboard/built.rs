//! Test programs, built once and found again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::{cargo, root};

/// How a test program is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Build {
    /// As users build it.
    Ordinary,
    /// With bugs that can be planted.
    Planted,
    /// With locks whose schedules are explored.
    Shuttle,
    /// With a file system for a disk whose power goes.
    Fuse,
    /// Not at all: Miri interprets it, which sees undefined behaviour.
    Miri,
}

/// Nothing outside is there under Miri. Random tests have few cases, for it is some hundred times slower; what tests
/// leak on purpose, to have it for ever, is no fault.
const MIRI_FLAGS: &str = "-Zmiri-ignore-leaks -Zmiri-env-set=PROPTEST_CASES=8 \
    -Zmiri-env-set=PROPTEST_DISABLE_FAILURE_PERSISTENCE=1";

impl Build {
    /// What is missing here for such builds.
    #[must_use]
    pub fn missing(self) -> Option<&'static str> {
        if self != Build::Miri {
            return None;
        }
        let here = miri().arg("--version").output();
        let here = here.is_ok_and(|output| output.status.success());
        (!here).then_some(
            "a nightly compiler with Miri: `rustup +nightly component add miri rust-src`",
        )
    }

    fn prepare(self, cargo: &mut Command) {
        match self {
            Build::Ordinary => {}
            Build::Planted => {
                let compiler = root().join("runtime/tests/planted.sh");
                cargo.env("RUSTC_WORKSPACE_WRAPPER", compiler);
            }
            Build::Shuttle => {
                // A folder of its own, for it changes dependencies too.
                cargo.args(["--target-dir", "target/shuttle"]);
                cargo.env("RUSTFLAGS", "--cfg undying_shuttle");
            }
            Build::Fuse => {
                cargo.args(["--features", "fuse"]);
            }
            Build::Miri => {
                cargo.args(["--target-dir", "target/miri"]);
                cargo.env("MIRIFLAGS", MIRI_FLAGS);
            }
        }
    }
}

/// Where a test program is: by how it is built, its package and its target.
type Place = (Build, String, String);

/// See the module.
#[derive(Debug)]
pub struct Built(BTreeMap<Place, PathBuf>);

/// A line that cargo prints about what it has built.
#[derive(Deserialize)]
struct Message {
    executable: Option<PathBuf>,
    target: Option<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

impl Built {
    /// Builds these targets: each with how it is built, its package and its name. For release, or as
    /// `cargo test --workspace` builds them.
    ///
    /// # Errors
    /// They do not compile, or cargo is not there.
    pub fn new<'a>(
        targets: impl IntoIterator<Item = (Build, &'a str, &'a str)>,
        for_release: bool,
    ) -> Result<Built> {
        let mut packages: BTreeMap<_, BTreeSet<&str>> = BTreeMap::new();
        for (build, package, target) in targets {
            // Miri has its own way from sources to a run.
            if build != Build::Miri {
                packages.entry((build, package)).or_default().insert(target);
            }
        }
        let mut built = BTreeMap::new();
        for ((build, package), targets) in packages {
            let mut cargo = cargo();
            cargo.args(["test", "--locked", "--no-run"]);
            cargo.arg("--message-format=json-render-diagnostics");
            match for_release {
                true => cargo.args(["--release", "-p", package]),
                // Of one package alone, what it shares with others would be built again.
                false => cargo.arg("--workspace"),
            };
            for target in targets {
                choose(&mut cargo, target);
            }
            build.prepare(&mut cargo);
            let output = cargo.stderr(Stdio::inherit()).output();
            let output = output.context("cannot run cargo")?;
            ensure!(
                output.status.success(),
                "the tests of {package} do not build"
            );
            for line in String::from_utf8_lossy(&output.stdout).lines() {
                let Ok(message) = serde_json::from_str::<Message>(line) else {
                    continue;
                };
                if let (Some(executable), Some(target)) = (message.executable, message.target) {
                    let name = match target.kind.iter().any(|kind| kind == "test") {
                        true => target.name,
                        false if target.name == package.replace('-', "_") => "lib".to_owned(),
                        false => continue,
                    };
                    built.insert((build, package.to_owned(), name), executable);
                }
            }
        }
        Ok(Built(built))
    }

    /// Runs the tests of a target whose names contain one of the words of `filter`.
    ///
    /// # Errors
    /// It was not built.
    pub fn command(
        &self,
        (build, package, target): (Build, &str, &str),
        filter: &str,
    ) -> Result<Command> {
        if build == Build::Miri {
            let mut command = miri();
            command.args(["test", "--locked", "-p", package]);
            choose(&mut command, target);
            build.prepare(&mut command);
            command.arg("--").args(filter.split_whitespace());
            return Ok(command);
        }
        let place = (build, package.to_owned(), target.to_owned());
        let program = self.0.get(&place);
        let program = program.with_context(|| format!("{package} has no tests `{target}`"))?;
        let mut command = Command::new(program);
        let folder = root().join(match package {
            "undying" => "runtime",
            other => other.trim_start_matches("undying-"),
        });
        command
            .current_dir(&folder)
            .env("CARGO_MANIFEST_DIR", folder);
        command.args(filter.split_whitespace());
        command.arg("--nocapture");
        Ok(command)
    }
}

/// One test target.
fn choose(cargo: &mut Command, target: &str) {
    match target {
        "lib" => cargo.arg("--lib"),
        target => cargo.args(["--test", target]),
    };
}

/// Cargo with Miri, at the top of this project.
fn miri() -> Command {
    let mut command = Command::new("rustup");
    command.args(["run", "nightly", "cargo", "miri"]);
    command.current_dir(root());
    command
}

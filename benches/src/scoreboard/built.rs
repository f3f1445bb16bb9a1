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
}

impl Build {
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
    /// Builds these targets for release: each with how it is built, its package and its name.
    ///
    /// # Errors
    /// They do not compile, or cargo is not there.
    pub fn new<'a>(targets: impl IntoIterator<Item = (Build, &'a str, &'a str)>) -> Result<Built> {
        let mut packages: BTreeMap<_, BTreeSet<&str>> = BTreeMap::new();
        for (build, package, target) in targets {
            packages.entry((build, package)).or_default().insert(target);
        }
        let mut built = BTreeMap::new();
        for ((build, package), targets) in packages {
            let mut cargo = cargo();
            cargo.args(["test", "--release", "--locked", "--no-run"]);
            cargo.args(["--message-format=json-render-diagnostics", "-p", package]);
            for target in targets {
                match target {
                    "lib" => cargo.arg("--lib"),
                    target => cargo.args(["--test", target]),
                };
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
                        false => "lib".to_owned(),
                    };
                    built.insert((build, package.to_owned(), name), executable);
                }
            }
        }
        Ok(Built(built))
    }

    /// Runs the tests of a target whose names contain `filter`.
    ///
    /// # Errors
    /// It was not built.
    pub fn command(
        &self,
        (build, package, target): (Build, &str, &str),
        filter: &str,
    ) -> Result<Command> {
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
        if !filter.is_empty() {
            command.arg(filter);
        }
        command.arg("--nocapture");
        Ok(command)
    }
}

//! The preloaded library that counts what a process does to its files, and kills it at one moment.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// The library, built for this run.
#[derive(Debug)]
pub(crate) struct Deadly(TempDir);

impl Deadly {
    /// Builds it; says why if that cannot be done here.
    pub(crate) fn build() -> Result<Deadly, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/crashes/deadly.c");
        let deadly = Deadly(folder);
        let built = Command::new("cc")
            .args(["-O1", "-shared", "-fPIC", "-o"])
            .arg(deadly.library())
            .arg(source)
            .arg("-ldl")
            .output()
            .map_err(|error| format!("there is no C compiler `cc`: {error}"))?;
        match built.status.success() {
            true => Ok(deadly),
            false => Err(String::from_utf8_lossy(&built.stderr).into_owned()),
        }
    }

    fn library(&self) -> PathBuf {
        self.0.path().join("deadly.so")
    }

    /// Lets the process count what it does to the files in `folder`, and die at a moment.
    /// It says in `trace` what these moments are.
    pub(crate) fn arm(
        &self,
        process: &mut Command,
        folder: &Path,
        at: Option<u64>,
        trace: Option<&Path>,
    ) {
        process
            .env("LD_PRELOAD", self.library())
            .env("UNDYING_DEADLY_FOLDER", folder)
            .env("UNDYING_DEADLY_AT", at.unwrap_or(0).to_string());
        if let Some(trace) = trace {
            process.env("UNDYING_DEADLY_TRACE", trace);
        }
    }
}

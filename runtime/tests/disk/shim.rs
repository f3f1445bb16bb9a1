//! The shim of `shim.c`: built by the machine's compiler, and this binary run again under it.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::folder::scratch;

/// The store of a child.
pub(crate) const STORE: &str = "UNDYING_DISK_STORE";
/// What a child does.
pub(crate) const SEED: &str = "UNDYING_DISK_SEED";

/// One call that fails.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub(crate) call: String,
    pub(crate) at: u64,
    /// All calls from that one on.
    pub(crate) ever: bool,
    /// A number of an error, `short` or `torn`.
    pub(crate) how: &'static str,
}

pub(crate) struct Shim {
    library: PathBuf,
    _folder: TempDir,
}

impl Shim {
    /// Builds it; `None`, with the reason printed, where there is no C compiler or no preloading.
    pub(crate) fn build() -> Option<Shim> {
        if !cfg!(target_os = "linux") {
            println!("skipped: system calls are made to fail only on Linux");
            return None;
        }
        let folder = tempfile::tempdir().expect("a folder for the shim");
        let library = folder.path().join("shim.so");
        let source = folder.path().join("shim.c");
        fs::write(&source, include_str!("shim.c")).expect("the shim's source");
        let built = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-w", "-o"])
            .arg(&library)
            .arg(&source)
            .arg("-ldl")
            .status();
        match built {
            Ok(status) => assert!(status.success(), "the shim does not compile"),
            Err(why) => {
                println!("skipped: there is no C compiler `cc` here: {why}");
                return None;
            }
        }
        Some(Shim {
            library,
            _folder: folder,
        })
    }

    /// Runs a test of this binary as a child, and answers what it said, line by line.
    ///
    /// # Errors
    ///
    /// It hangs, or it fails.
    pub(crate) fn run(
        &self,
        test: &str,
        store: &Path,
        seed: u64,
        fault: Option<&Fault>,
        counts: Option<&Path>,
    ) -> Result<Vec<String>, String> {
        let folder = scratch();
        let (out, err) = (folder.path().join("out"), folder.path().join("err"));
        let file = |path: &Path| Stdio::from(fs::File::create(path).expect("a file"));
        let mut command = Command::new(std::env::current_exe().expect("this binary"));
        command
            .args(["--exact", test, "--nocapture", "--test-threads=1"])
            .env("LD_PRELOAD", &self.library)
            .env("FAULT_FOLDER", store)
            .env(STORE, store)
            .env(SEED, seed.to_string())
            .env("RUST_BACKTRACE", "0")
            .stdout(file(&out))
            .stderr(file(&err));
        if let Some(counts) = counts {
            command.env("FAULT_COUNTS", counts);
        }
        if let Some(fault) = fault {
            command
                .env("FAULT_CALL", &fault.call)
                .env("FAULT_AT", fault.at.to_string())
                .env("FAULT_MODE", if fault.ever { "ever" } else { "once" })
                .env("FAULT_HOW", fault.how);
        }
        let mut child = command.spawn().expect("a child process");
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().expect("the child is there") {
                break status;
            }
            if begun.elapsed() > Duration::from_secs(120) {
                child.kill().expect("the child is there");
                child.wait().expect("the child is there");
                return Err("the child hangs".into());
            }
            std::thread::sleep(Duration::from_millis(1));
        };
        let said = fs::read_to_string(&out).expect("what the child said");
        let err = fs::read_to_string(&err).expect("what the child said");
        let lines: Vec<String> = said
            .lines()
            .filter_map(|line| Some(line.split_once("> ")?.1.to_owned()))
            .collect();
        if !status.success() {
            return Err(format!("the child fails, {status}: {lines:?}\n{err}"));
        }
        Ok(lines)
    }

    /// How often a child without faults makes each call.
    pub(crate) fn count(&self, test: &str, seed: u64) -> BTreeMap<String, u64> {
        let folder = scratch();
        let counts = folder.path().join("counts");
        let store = folder.path().join("store");
        let said = self.run(test, &store, seed, None, Some(&counts));
        let said = said.unwrap_or_else(|why| panic!("without a fault: {why}"));
        let calls = fs::read_to_string(counts).unwrap_or_else(|why| panic!("{why}: {said:?}"));
        let mut found = BTreeMap::new();
        for call in calls.lines() {
            *found.entry(call.to_owned()).or_insert(0) += 1;
        }
        found
    }
}

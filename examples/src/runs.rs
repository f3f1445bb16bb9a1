//! The log of activity runs: appended to by the activities themselves, so that a kill is survived
//! and "ran more than once" is measured, not believed.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::filehash::digests::escape;

/// An append-only file of lines `<process id> <activity> <argument>`.
#[derive(Debug)]
pub struct RunLog(File);

/// What the log says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Runs {
    /// How many processes ran any: one more than were killed while they did.
    pub processes: u64,
    /// How many activities ran.
    pub activities: u64,
    /// How many of them ran more than once.
    pub repeated: u64,
    /// How many runs there were beyond the first of each.
    pub extra: u64,
}

impl RunLog {
    /// Opens the log, or creates it.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn open(path: &Path) -> io::Result<RunLog> {
        OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .map(RunLog)
    }

    /// Notes that an activity begins to run. One line is one `write`, so a kill leaves whole lines.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn note(&self, activity: &str, argument: &str) -> io::Result<()> {
        let line = format!("{} {activity} {}\n", std::process::id(), escape(argument));
        (&self.0).write_all(line.as_bytes())
    }
}

/// Where the activities that work on a store note their runs: beside it.
#[must_use]
pub fn beside(store: &Path) -> PathBuf {
    store.with_file_name("runs.log")
}

/// Counts the runs of all activities; without a log there was none.
///
/// # Errors
/// Those of the file system.
pub fn count(path: &Path) -> io::Result<Runs> {
    count_where(path, |_| true)
}

/// Counts the runs of one activity.
///
/// # Errors
/// Those of the file system.
pub fn count_of(path: &Path, activity: &str) -> io::Result<Runs> {
    count_where(path, |name| name == activity)
}

fn count_where(path: &Path, is_wanted: impl Fn(&str) -> bool) -> io::Result<Runs> {
    let log = match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        log => log?,
    };
    let mut times: HashMap<&str, u64> = HashMap::new();
    let mut processes = HashSet::new();
    for (process, run) in log.lines().filter_map(|line| line.split_once(' ')) {
        if is_wanted(run.split(' ').next().unwrap_or_default()) {
            processes.insert(process);
            *times.entry(run).or_default() += 1;
        }
    }
    Ok(Runs {
        processes: processes.len() as u64,
        activities: times.len() as u64,
        repeated: times.values().filter(|times| **times > 1).count() as u64,
        extra: times.values().map(|times| times - 1).sum(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_counted_by_activity_and_argument() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("runs.log");
        let log = RunLog::open(&path).unwrap();
        for argument in ["a", "b", "a", "line\nbreak", "a"] {
            log.note("hash", argument).unwrap();
        }
        RunLog::open(&path).unwrap().note("list", "a").unwrap();
        assert_eq!(count_of(&path, "hash").unwrap().activities, 3);
        let runs = count(&path).unwrap();
        assert_eq!(
            runs,
            Runs {
                processes: 1,
                activities: 4,
                repeated: 1,
                extra: 2
            }
        );
    }
}

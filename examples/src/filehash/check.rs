//! The independent pass: walks the tree by itself, hashes every file, compares every digest.

use std::collections::HashMap;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result};

use super::digest::{Sha, hash_file};
use super::digests;
use super::folder::WorkFolder;
use crate::progress::Progress;

/// What the comparison found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Check {
    /// Files whose digests agree.
    pub agree: u64,
    /// Files that changed, came or went after the list was made: not compared.
    pub changed: u64,
    /// Files that nobody could read.
    pub unreadable: u64,
    /// What is wrong, one line a file.
    pub wrong: Vec<String>,
}

/// Compares every digest of the run in `folder` with one computed here.
///
/// # Errors
/// When the run's files cannot be read.
pub fn check(folder: &WorkFolder, progress: &Progress) -> Result<Check> {
    let read = digests::read(&folder.digests()).context("cannot read the digests")?;
    let total = read.len() as u64;
    progress.set(0, total);
    let listed = fs::metadata(folder.list())?.modified()?;
    let mut check = Check::default();
    let mut recorded: HashMap<String, Sha> = HashMap::with_capacity(read.len());
    for (path, sha) in read {
        if recorded.insert(path.clone(), sha).is_some() {
            check.wrong.push(format!("{path} was recorded twice"));
        }
    }
    let mut folders = vec![folder.tree.clone()];
    while let Some(path) = folders.pop() {
        let Ok(entries) = fs::read_dir(&path) else {
            check.unreadable += 1;
            continue;
        };
        for entry in entries {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() && entry.path() != folder.path {
                folders.push(entry.path());
            } else if kind.is_file() {
                progress.increment();
                check.file(&folder.tree, &entry.path(), listed, &mut recorded);
            }
        }
    }
    for path in recorded.into_keys() {
        match fs::symlink_metadata(folder.tree.join(&path)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => check.changed += 1,
            _ => check
                .wrong
                .push(format!("{path} was recorded and not found again")),
        }
    }
    Ok(check)
}

impl Check {
    fn file(
        &mut self,
        tree: &Path,
        path: &PathBuf,
        listed: SystemTime,
        recorded: &mut HashMap<String, Sha>,
    ) {
        let relative = path.strip_prefix(tree).unwrap_or(path).to_string_lossy();
        let recorded = recorded.remove(relative.as_ref());
        let changed = fs::symlink_metadata(path)
            .and_then(|file| changed_at(&file))
            .map_or(true, |at| at >= listed);
        match (recorded, hash_file(path)) {
            (Some(sha), Ok(hashed)) if sha == hashed.sha => self.agree += 1,
            _ if changed => self.changed += 1,
            (Some(_), Ok(_)) => self.wrong.push(format!("{relative} has another digest")),
            (Some(_), Err(why)) => self
                .wrong
                .push(format!("{relative} cannot be read now: {why}")),
            (None, Ok(_)) if path.to_str().is_some() => {
                self.wrong.push(format!("{relative} was not recorded"));
            }
            (None, _) => self.unreadable += 1,
        }
    }
}

/// When the file's content or name changed last.
#[cfg(unix)]
fn changed_at(file: &Metadata) -> io::Result<SystemTime> {
    use std::os::unix::fs::MetadataExt;
    use std::time::Duration;
    let seconds = Duration::from_secs(u64::try_from(file.ctime()).unwrap_or(0));
    let nanoseconds = Duration::from_nanos(u64::try_from(file.ctime_nsec()).unwrap_or(0));
    Ok(SystemTime::UNIX_EPOCH + seconds + nanoseconds)
}

/// When the file's content changed last.
#[cfg(not(unix))]
fn changed_at(file: &Metadata) -> io::Result<SystemTime> {
    file.modified()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filehash::digests::Line;
    use crate::filehash::listing;

    fn run() -> (tempfile::TempDir, WorkFolder) {
        let root = tempfile::tempdir().unwrap();
        let tree = root.path().join("tree");
        fs::create_dir_all(tree.join("sub")).unwrap();
        fs::write(tree.join("a"), "a").unwrap();
        fs::write(tree.join("sub/b"), "b").unwrap();
        let folder = WorkFolder::open(&tree, Some(&root.path().join("store")), false).unwrap();
        // File times are as coarse as the system's tick.
        std::thread::sleep(std::time::Duration::from_millis(20));
        listing::write(&folder.tree, &folder.path, &folder.list()).unwrap();
        record(&folder, &["a", "sub/b"]);
        (root, folder)
    }

    fn record(folder: &WorkFolder, paths: &[&str]) {
        let line = |path: &&str| Line {
            path: (*path).to_owned(),
            result: Ok(hash_file(&folder.tree.join(path)).unwrap()),
        };
        let lines: Vec<Line> = paths.iter().map(line).collect();
        digests::write(&folder.digests(), 0, &lines).unwrap();
    }

    fn checked(folder: &WorkFolder) -> Check {
        check(folder, &Progress::plain("checking", "files")).unwrap()
    }

    #[test]
    fn digests_of_an_unchanged_tree_agree() {
        let (_root, folder) = run();
        assert_eq!(
            checked(&folder),
            Check {
                agree: 2,
                ..Check::default()
            }
        );
    }

    #[test]
    fn a_file_that_was_not_recorded_is_found() {
        let (_root, folder) = run();
        record(&folder, &["a"]);
        assert_eq!(checked(&folder).wrong, ["sub/b was not recorded"]);
    }

    #[test]
    fn a_wrong_digest_is_found() {
        let (_root, folder) = run();
        let result = Ok(hash_file(&folder.tree.join("sub/b")).unwrap());
        let wrong = [Line {
            path: "a".into(),
            result,
        }];
        let end = fs::metadata(folder.digests()).unwrap().len();
        record(&folder, &["sub/b"]);
        let at = fs::metadata(folder.digests()).unwrap().len();
        assert!(at < end);
        digests::write(&folder.digests(), at, &wrong).unwrap();
        assert_eq!(checked(&folder).wrong, ["a has another digest"]);
    }

    #[test]
    fn files_that_change_come_or_go_meanwhile_are_not_compared() {
        let (_root, folder) = run();
        fs::write(folder.tree.join("a"), "changed").unwrap();
        fs::write(folder.tree.join("new"), "new").unwrap();
        fs::remove_file(folder.tree.join("sub/b")).unwrap();
        assert_eq!(
            checked(&folder),
            Check {
                changed: 3,
                ..Check::default()
            }
        );
    }
}

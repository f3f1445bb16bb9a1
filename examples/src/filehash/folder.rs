//! The folder a run works in: what is found there decides whether it resumes.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use sha2::{Digest, Sha256};

use super::digest::hex;

/// The file that says over which tree the run is.
const OWNER: &str = "filehash-of";
/// The same before it is complete.
const DRAFT: &str = "filehash-of.draft";

/// The folder of one run. It holds nothing but the files named here.
#[derive(Debug, Clone)]
pub struct WorkFolder {
    /// The canonical path of the tree.
    pub tree: PathBuf,
    /// The folder itself.
    pub path: PathBuf,
}

impl WorkFolder {
    /// Chooses the folder of a run over `tree`, creates it, and empties it when the run in it has
    /// ended or `fresh` says so.
    ///
    /// # Errors
    /// When `tree` is no folder, or when the store folder cannot be written or holds another run.
    pub fn open(tree: &Path, store: Option<&Path>, fresh: bool) -> Result<WorkFolder> {
        let tree = canonical(tree)?;
        let path = store.map_or_else(|| default_store(&tree), Path::to_owned);
        if path.exists() && !path.is_dir() {
            bail!(
                "the store {} is not a folder: give another with --store",
                path.display()
            );
        }
        let shown = path.display().to_string();
        WorkFolder { tree, path }.claim(fresh).with_context(|| {
            format!("cannot write to the store folder {shown}: give another with --store")
        })?
    }

    /// Makes the folder this run's: the error of the file system, or the folder, or why not.
    fn claim(mut self, fresh: bool) -> io::Result<Result<WorkFolder>> {
        fs::create_dir_all(&self.path)?;
        self.path = self.path.canonicalize()?;
        let (path, own) = (self.path.display(), self.tree.to_string_lossy());
        match fs::read_to_string(self.path.join(OWNER)) {
            Ok(other) if other != own && !fresh => {
                return Ok(Err(anyhow!(
                    "the store folder {path} holds a run over {other}: give another with --store, \
                     or start over with --fresh"
                )));
            }
            Ok(_) => {}
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Err(_) if !is_empty(&self.path)? => {
                return Ok(Err(anyhow!(
                    "the store folder {path} holds something else: give an empty or a new one \
                     with --store"
                )));
            }
            Err(_) => {}
        }
        if fresh || !self.is_begun() {
            self.clear()?;
        }
        // Renamed into place, since a kill may leave half of a file.
        let draft = self.path.join(DRAFT);
        fs::write(&draft, own.as_bytes())?;
        fs::rename(draft, self.path.join(OWNER))?;
        Ok(Ok(self))
    }

    /// The engine's store.
    #[must_use]
    pub fn engine(&self) -> PathBuf {
        self.path.join("engine")
    }

    /// The list of files.
    #[must_use]
    pub fn list(&self) -> PathBuf {
        self.path.join("files.list")
    }

    /// The digests.
    #[must_use]
    pub fn digests(&self) -> PathBuf {
        self.path.join("digests.sha256")
    }

    /// The log of activity runs.
    #[must_use]
    pub fn runs(&self) -> PathBuf {
        self.path.join("runs.log")
    }

    /// How many files are recorded, and how many are listed, as the files here say. A run that
    /// resumes says no more before its next wave.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn position(&self) -> io::Result<(u64, u64)> {
        let count = |file, end| match fs::read(file) {
            Ok(bytes) => Ok(bytes.iter().filter(|byte| **byte == end).count() as u64),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(error),
        };
        Ok((count(self.digests(), b'\n')?, count(self.list(), 0)?))
    }

    /// Whether a run was begun here and has not ended.
    #[must_use]
    pub fn is_begun(&self) -> bool {
        self.engine().exists()
    }

    /// Ends the run: the next one starts over. The digests and the log stay.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn end(&self) -> io::Result<()> {
        // Renamed first: a store that is half removed would be taken for a damaged one.
        let ended = self.path.join("ended");
        remove_folder(&ended)?;
        match fs::rename(self.engine(), &ended) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            renamed => renamed.and_then(|()| remove_folder(&ended)),
        }
    }

    fn clear(&self) -> io::Result<()> {
        self.end()?;
        for file in [self.list(), self.digests(), self.runs()] {
            match fs::remove_file(file) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }
}

fn is_empty(path: &Path) -> io::Result<bool> {
    for entry in fs::read_dir(path)? {
        if entry?.file_name() != DRAFT {
            return Ok(false);
        }
    }
    Ok(true)
}

fn remove_folder(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

fn canonical(tree: &Path) -> Result<PathBuf> {
    let shown = tree.display();
    let path = tree
        .canonicalize()
        .with_context(|| format!("cannot read the folder {shown}: give one that exists"))?;
    if !path.is_dir() {
        let parent = tree
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty());
        let parent = parent.unwrap_or(Path::new(".")).display();
        bail!("{shown} is not a folder: give one, like {parent}");
    }
    fs::read_dir(&path)
        .with_context(|| format!("cannot read the folder {shown}: give one you may read"))?;
    Ok(path)
}

/// The same folder for the same tree, so that the same command resumes.
fn default_store(tree: &Path) -> PathBuf {
    let name = tree.file_name().unwrap_or_default().to_string_lossy();
    let sha = Sha256::digest(tree.as_os_str().as_encoded_bytes());
    std::env::temp_dir().join(format!("undying-filehash-{name}-{}", hex(&sha[..4])))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun() -> (tempfile::TempDir, WorkFolder) {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("tree")).unwrap();
        let folder = open(&root, false).unwrap();
        fs::create_dir(folder.engine()).unwrap();
        fs::write(folder.runs(), "1 list \n").unwrap();
        (root, folder)
    }

    fn open(root: &tempfile::TempDir, fresh: bool) -> Result<WorkFolder> {
        let root = root.path();
        WorkFolder::open(&root.join("tree"), Some(&root.join("store")), fresh)
    }

    #[test]
    fn a_run_that_was_begun_is_resumed() {
        let (root, _) = begun();
        let folder = open(&root, false).unwrap();
        assert!(folder.is_begun() && folder.runs().exists());
    }

    #[test]
    fn fresh_starts_over() {
        let (root, _) = begun();
        let folder = open(&root, true).unwrap();
        assert!(!folder.is_begun() && !folder.runs().exists());
    }

    #[test]
    fn after_a_run_has_ended_the_next_starts_over() {
        let (root, folder) = begun();
        folder.end().unwrap();
        assert!(folder.runs().exists(), "the log stays until then");
        assert!(!open(&root, false).unwrap().runs().exists());
    }

    #[test]
    fn the_store_of_another_tree_is_not_touched() {
        let (root, folder) = begun();
        let other = root.path().join("other");
        fs::create_dir(&other).unwrap();
        let error = WorkFolder::open(&other, Some(&folder.path), false).unwrap_err();
        assert!(error.to_string().contains("holds a run over"), "{error}");
        assert!(folder.is_begun());
    }

    #[test]
    fn a_folder_of_something_else_is_not_touched() {
        let (root, folder) = begun();
        let error = WorkFolder::open(&folder.tree, Some(root.path()), true).unwrap_err();
        assert!(
            error.to_string().contains("holds something else"),
            "{error}"
        );
    }
}

//! The folder a run works in: what is found there decides whether it resumes.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use super::digest::hex;

/// The file that says over which tree the run is.
const OWNER: &str = "filehash-of";
/// The same before it is complete.
const DRAFT: &str = "filehash-of.draft";
/// The file that is locked by the process the folder belongs to.
const LOCK: &str = "lock";

/// The folder of one run. It holds nothing but the files named here.
#[derive(Debug, Clone)]
pub struct WorkFolder {
    /// The canonical path of the tree.
    pub tree: PathBuf,
    /// The folder itself.
    pub path: PathBuf,
    /// Free when the last clone is dropped, or the process killed.
    _lock: Option<Arc<File>>,
}

impl WorkFolder {
    /// Chooses the folder of a run over `tree`, creates it, and empties it when the run in it has
    /// ended or `fresh` says so.
    ///
    /// # Errors
    /// When `tree` is no folder, or when the store folder cannot be written, is in use or holds
    /// another run.
    pub fn open(tree: &Path, store: Option<&Path>, fresh: bool) -> Result<WorkFolder> {
        let tree = canonical(tree)?;
        let path = store.map_or_else(|| default_store(&tree), Path::to_owned);
        let shown = path.display();
        if path.exists() && !path.is_dir() {
            bail!("the store {shown} is not a folder: give another with --store");
        }
        let refused =
            || format!("cannot write to the store folder {shown}: give another with --store");
        fs::create_dir_all(&path).with_context(refused)?;
        let path = path.canonicalize().with_context(refused)?;
        check_owner(&path, &tree, fresh)?;
        let lock = File::create(path.join(LOCK)).with_context(refused)?;
        if lock.try_lock().is_err() {
            bail!(
                "another filehash is at work in the store folder {shown}: let it end, or stop it"
            );
        }
        let _lock = Some(Arc::new(lock));
        let folder = WorkFolder { tree, path, _lock };
        if fresh || !folder.is_begun() {
            folder.clear().with_context(refused)?;
        }
        folder.own().with_context(refused)?;
        Ok(folder)
    }

    /// The folder as the parent of this process has opened it.
    #[must_use]
    pub fn of_parent(tree: &Path, path: &Path) -> WorkFolder {
        let (tree, path, _lock) = (tree.to_owned(), path.to_owned(), None);
        WorkFolder { tree, path, _lock }
    }

    fn own(&self) -> io::Result<()> {
        // Renamed into place, since a kill may leave half of a file.
        let draft = self.path.join(DRAFT);
        fs::write(&draft, self.tree.to_string_lossy().as_bytes())?;
        fs::rename(draft, self.path.join(OWNER))
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

/// Whether a run over `tree` may use the folder.
fn check_owner(path: &Path, tree: &Path, fresh: bool) -> Result<()> {
    let shown = path.display();
    let unreadable = || format!("cannot read the store folder {shown}: give another with --store");
    match fs::read_to_string(path.join(OWNER)) {
        Ok(owner) if owner == tree.to_string_lossy() || fresh => return Ok(()),
        Ok(owner) => bail!(
            "the store folder {shown} holds a run over {owner}: give another with --store, or \
             start over with --fresh"
        ),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(unreadable),
    }
    for entry in fs::read_dir(path).with_context(unreadable)? {
        let name = entry.with_context(unreadable)?.file_name();
        // Our own, of a process that was killed early.
        if name != DRAFT && name != LOCK {
            bail!(
                "the store folder {shown} holds something else: give an empty or a new one with \
                 --store"
            );
        }
    }
    Ok(())
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

    fn begun() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("tree")).unwrap();
        let folder = open(&root, false).unwrap();
        fs::create_dir(folder.engine()).unwrap();
        fs::write(folder.runs(), "1 list \n").unwrap();
        root
    }

    fn open(root: &tempfile::TempDir, fresh: bool) -> Result<WorkFolder> {
        let root = root.path();
        WorkFolder::open(&root.join("tree"), Some(&root.join("store")), fresh)
    }

    #[test]
    fn a_run_that_was_begun_is_resumed() {
        let root = begun();
        let folder = open(&root, false).unwrap();
        assert!(folder.is_begun() && folder.runs().exists());
    }

    #[test]
    fn fresh_starts_over() {
        let root = begun();
        let folder = open(&root, true).unwrap();
        assert!(!folder.is_begun() && !folder.runs().exists());
    }

    #[test]
    fn after_a_run_has_ended_the_next_starts_over() {
        let root = begun();
        let folder = open(&root, false).unwrap();
        folder.end().unwrap();
        assert!(folder.runs().exists(), "the log stays until then");
        drop(folder);
        assert!(!open(&root, false).unwrap().runs().exists());
    }

    #[test]
    fn a_run_under_way_is_not_started_over() {
        let root = begun();
        let folder = open(&root, false).unwrap();
        let error = open(&root, true).unwrap_err();
        assert!(
            error.to_string().contains("another filehash is at work"),
            "{error}"
        );
        assert!(folder.is_begun());
    }

    #[test]
    fn the_store_of_another_tree_is_not_touched() {
        let root = begun();
        let store = root.path().join("store");
        let error = WorkFolder::open(root.path(), Some(&store), false).unwrap_err();
        assert!(error.to_string().contains("holds a run over"), "{error}");
        assert!(open(&root, false).unwrap().is_begun());
    }

    #[test]
    fn a_folder_of_something_else_is_not_touched() {
        let root = begun();
        let tree = root.path().join("tree");
        let error = WorkFolder::open(&tree, Some(root.path()), true).unwrap_err();
        assert!(
            error.to_string().contains("holds something else"),
            "{error}"
        );
    }
}

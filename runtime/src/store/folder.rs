//! The files of a store and the checks of a path before anything is opened.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use super::StoreError;

/// The folder of a store:
///
/// | name | holds |
/// |---|---|
/// | `data` | the rows |
/// | `creating` | nothing: while it is there, the store is not whole and was never used |
/// | `witness` | how far the rows must reach |
/// | `lock` | the operating system's lock and the holder's process id |
/// | `cut` | journal bytes that an open cut off, until it is sure that none was acknowledged |
#[derive(Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    /// Finds the folder, or makes it if it may be made.
    pub(super) fn find(path: &Path, create: bool) -> Result<Self, StoreError> {
        let not_a_store = |problem, remedy| StoreError::NotAStore {
            path: path.to_owned(),
            problem,
            remedy,
        };
        match fs::metadata(path) {
            Ok(found) if !found.is_dir() => {
                return Err(not_a_store(
                    "is a file, a store is a folder",
                    "give the path of a folder",
                ));
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if !create {
                    return Err(not_a_store(
                        "does not exist",
                        "correct the path, or allow the store to be created",
                    ));
                }
                fs::create_dir(path).map_err(|source| match source.kind() {
                    io::ErrorKind::NotFound => not_a_store(
                        "cannot be created, its parent folder does not exist",
                        "create the parent folder, or correct the path",
                    ),
                    _ => io_error("create the folder", path, source),
                })?;
                if let Some(parent) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
                    sync_folder(parent)?;
                }
            }
            Err(source) => return Err(io_error("open", path, source)),
        }
        let folder = Self(path.to_owned());
        if !folder.data().exists() {
            folder.check_stranger(create)?;
        }
        Ok(folder)
    }

    /// A store is not created among other files: the path is more likely a mistake.
    fn check_stranger(&self, create: bool) -> Result<(), StoreError> {
        let ours = ["creating", "witness", "lock", "cut", "lost+found"];
        let entries = fs::read_dir(&self.0).map_err(|e| io_error("read", &self.0, e))?;
        for entry in entries {
            let name = entry.map_err(|e| io_error("read", &self.0, e))?.file_name();
            if !ours.iter().any(|known| name == *known) {
                return Err(StoreError::NotAStore {
                    path: self.0.clone(),
                    problem: "holds other files and no store",
                    remedy: "give the path of a store, or of a new or empty folder",
                });
            }
        }
        if !create && !self.witness().exists() {
            return Err(StoreError::NotAStore {
                path: self.0.clone(),
                problem: "holds no store",
                remedy: "correct the path, or allow the store to be created",
            });
        }
        Ok(())
    }

    pub(super) fn root(&self) -> &Path {
        &self.0
    }

    pub(super) fn data(&self) -> PathBuf {
        self.0.join("data")
    }

    pub(super) fn creating(&self) -> PathBuf {
        self.0.join("creating")
    }

    pub(super) fn witness(&self) -> PathBuf {
        self.0.join("witness")
    }

    pub(super) fn lock(&self) -> PathBuf {
        self.0.join("lock")
    }

    pub(super) fn cut(&self) -> PathBuf {
        self.0.join("cut")
    }
}

/// Makes names in a folder durable: created, renamed and removed ones.
pub(super) fn sync_folder(path: &Path) -> Result<(), StoreError> {
    // Folders cannot be opened as files on Windows, and need not be synced there.
    if cfg!(windows) {
        return Ok(());
    }
    File::open(path)
        .and_then(|folder| folder.sync_all())
        .map_err(|source| io_error("sync the folder", path, source))
}

/// Makes the names in a folder, and in all that are in it, durable.
pub(super) fn sync_folders(path: &Path) -> Result<(), StoreError> {
    let failed = |source| io_error("read", path, source);
    for entry in fs::read_dir(path).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if entry.file_type().map_err(failed)?.is_dir() {
            sync_folders(&entry.path())?;
        }
    }
    sync_folder(path)
}

pub(super) fn io_error(action: &'static str, path: &Path, source: io::Error) -> StoreError {
    StoreError::Io {
        action,
        path: path.to_owned(),
        source,
    }
}

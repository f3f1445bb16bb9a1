//! The lock that keeps a store to one process, and dies with it.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{Read, Seek, SeekFrom, Write},
    path::Path,
};

use super::StoreError;

/// Holds the store's folder while it lives. The lock is the operating system's, on the open
/// file, so `kill -9` frees it; the process id in the file is only for the message.
#[derive(Debug)]
pub(super) struct Lock(File);

impl Lock {
    /// Takes the lock file, creating it if needed.
    ///
    /// # Errors
    ///
    /// [`StoreError::Locked`] with the holder's process id.
    pub(super) fn take(file: &Path, store: &Path) -> Result<Self, StoreError> {
        let io_error = |action, source| StoreError::Io {
            action,
            path: file.to_owned(),
            source,
        };
        let mut lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(file)
            .map_err(|source| io_error("create the lock file", source))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut pid = String::new();
                // A holder that could not write its id is reported without one.
                let _ = lock.read_to_string(&mut pid);
                return Err(StoreError::Locked {
                    path: store.to_owned(),
                    by: pid.trim().parse().ok(),
                });
            }
            Err(TryLockError::Error(source)) => {
                return Err(io_error("lock", source));
            }
        }
        // On a full disk the id cannot be written; the lock holds all the same.
        let _ = lock
            .set_len(0)
            .and_then(|()| lock.seek(SeekFrom::Start(0)))
            .and_then(|_| write!(lock, "{}", std::process::id()));
        Ok(Self(lock))
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = self.0.set_len(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_handle_is_refused_by_process_id_until_the_first_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let first = Lock::take(&path, folder.path()).unwrap();
        let error = Lock::take(&path, folder.path()).unwrap_err();
        let me = std::process::id();
        assert!(
            matches!(error, StoreError::Locked { by: Some(pid), .. } if pid == me),
            "{error}"
        );
        drop(first);
        let holder = std::fs::read_to_string(&path).unwrap();
        assert_eq!(holder, "", "nobody is named when nobody holds it");
        Lock::take(&path, folder.path()).unwrap();
    }
}

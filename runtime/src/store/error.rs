//! What can go wrong in a store, each with the place and the remedy.

use std::{error::Error as StdError, io, path::PathBuf};

use super::{Key, keys};

/// Why a call on a [`Store`](super::Store) did not do what was asked.
///
/// A *refusal* ([`is_refusal`](Self::is_refusal)) changed nothing and leaves the store in use.
/// Everything else that comes from a commit ended the life of the handle: drop all memory that
/// was built on it, reopen, and go on from the sequence found there.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// A commit failed after it may have reached the disk. It is there entirely or not at all.
    #[error(
        "it is not known whether commit {sequence} reached the disk: {source}; reopen the store: \
         it did if the sequence found there is at least {sequence}"
    )]
    Unknown {
        /// The number the commit has if it landed.
        sequence: u64,
        /// What the disk said.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// The store is short of something that comes back; nothing was done.
    #[error("the store takes no new work: {reason}; finish running work, then try again")]
    Busy {
        /// What is short.
        reason: String,
    },
    /// One batch, key or value is over the limit of [`Caps`](super::Caps); nothing was done.
    #[error("{what} has {size} bytes, the limit is {limit}; nothing was written")]
    TooLarge {
        /// The batch, or the key that is too long or has too large a value.
        what: String,
        /// Its size in bytes.
        size: usize,
        /// The largest size in bytes.
        limit: usize,
    },
    /// Stored bytes fail a check, or what is stored is older than what was acknowledged.
    #[error("{what} is damaged{}; {remedy}", at(.key))]
    Corrupt {
        /// What failed its check: a row, a file.
        what: String,
        /// The row's key, if one row is meant.
        key: Option<Key>,
        /// What an operator can do.
        remedy: &'static str,
    },
    /// The store was written by another version, or with other fixed parameters.
    #[error("the store at {path} has {what} {found}, this program expects {expected}; {remedy}")]
    Incompatible {
        /// The store's folder.
        path: PathBuf,
        /// Which parameter differs.
        what: &'static str,
        /// Its value in the store.
        found: u64,
        /// Its value in this program.
        expected: u64,
        /// What an operator can do.
        remedy: &'static str,
    },
    /// Another process, or another handle of this one, has the store open.
    #[error(
        "the store at {path} is in use by {}; a store is opened by one process at a time: \
         stop that one, or open another path",
        holder(.by)
    )]
    Locked {
        /// The store's folder.
        path: PathBuf,
        /// The process that holds it, if it could be read.
        by: Option<u32>,
    },
    /// There is no store here and none may be created.
    #[error("{path} {problem}; {remedy}")]
    NotAStore {
        /// The path that was given.
        path: PathBuf,
        /// What was found there.
        problem: &'static str,
        /// What an operator can do.
        remedy: &'static str,
    },
    /// The operating system refused.
    #[error(
        "cannot {action} {path}: {source}; what was acknowledged is safe: set right what the \
         system reports, then open the store again"
    )]
    Io {
        /// What was tried, as a verb: "create", "read".
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The store's engine failed without saying more than this.
    #[error(
        "the store at {path} failed to {action}: {source}; what was acknowledged is safe: open \
         the store again"
    )]
    Backend {
        /// What was tried, as a verb.
        action: &'static str,
        /// The store's folder.
        path: PathBuf,
        /// What the engine said.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// The handle was closed, or an earlier commit failed; nothing was done.
    #[error("the store handle is closed; open the store again")]
    Closed,
    /// The disk is too full to commit safely; nothing was written and nothing is lost.
    #[error("{path} has {free} bytes free, a commit needs {needed}; free some space")]
    OutOfSpace {
        /// The store's folder.
        path: PathBuf,
        /// Bytes free on its file system.
        free: u64,
        /// Bytes that must be free.
        needed: u64,
    },
}

impl StoreError {
    /// Whether nothing was done and the handle can still be used.
    pub fn is_refusal(&self) -> bool {
        matches!(
            self,
            Self::Busy { .. } | Self::TooLarge { .. } | Self::OutOfSpace { .. }
        )
    }
}

fn at(key: &Option<Key>) -> String {
    key.as_ref()
        .map_or_else(String::new, |key| format!(" (row {})", keys::display(key)))
}

fn holder(by: &Option<u32>) -> String {
    by.map_or_else(|| "another process".into(), |pid| format!("process {pid}"))
}

//! The store: one small, synchronous trait between the kernel and what keeps its rows.
//!
//! What commits together is a *commit group*. Embedded there is exactly one: all virtual
//! partitions of the process, one batch and one fsync per epoch. That is why this trait is
//! smaller than one for a database that several processes share would be:
//!
//! - there is no `acquire`, lease or fence: the whole store is held by one process, by an
//!   operating system lock that dies with it;
//! - sends and acknowledgements of messages are ordinary writes of the group's batch, because
//!   sender and receiver commit together;
//! - it is synchronous: only the shard threads and the committer call it, and they are plain
//!   threads.
//!
//! The life of a handle ends with the first commit that fails or whose outcome is not known.
//! From then on every call answers [`StoreError::Closed`]; [`OpenStore::open`] starts the next
//! life from what is durable. Inputs are never replayed from memory.
//!
//! The embedded store records four metrics: the histograms `undying_store_commit_seconds`,
//! `undying_store_compaction_seconds`, of merges of its tables beside the commits, and
//! `undying_store_stall_seconds`, of commits that waited for those or for tables to be made, and the counter
//! `undying_store_stalled_commits_total`, of commits that hung for more than five seconds.

mod background;
mod batch;
mod chunks;
#[doc(hidden)]
#[allow(missing_docs, clippy::missing_errors_doc)]
pub mod conformance;
mod embedded;
mod error;
mod fjall;
mod folder;
mod journal;
mod keeper;
pub mod keys;
mod lock;
pub mod memory;
mod open;
mod options;
pub(crate) mod readers;
mod sealed;
mod space;
mod tables;
mod witness;

use std::sync::Arc;

pub use batch::Batch;
pub use error::StoreError;
pub use options::StoreOptions;
pub use sealed::SEAL_BYTES;
pub use space::SpaceLimits;

/// The key of a row; built by [`keys::Row::key`].
pub type Key = Vec<u8>;
/// The value of a row.
pub type Bytes = Vec<u8>;

/// What a store can take in one piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caps {
    /// Most bytes of keys and values in one batch.
    pub max_batch_bytes: usize,
    /// Most bytes of one value.
    pub max_value_bytes: usize,
    /// Most bytes of one key.
    pub max_key_bytes: usize,
}

/// When a commit counts as done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// On stable storage when `commit` returns: survives the process, the system and the power.
    #[default]
    Sync,
    /// Handed to the operating system when `commit` returns: survives the process. It is synced
    /// once a second, so a power loss takes back about that much.
    Buffered,
}

/// How short of space the store is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pressure {
    /// There is room.
    None,
    /// Refuse new starts, let what runs end.
    RefuseStarts {
        /// Bytes free on the store's file system.
        free: u64,
        /// Bytes below which starts are refused.
        wanted: u64,
    },
    /// Commits are refused with [`StoreError::OutOfSpace`] until there is space again.
    Stop {
        /// Bytes free on the store's file system.
        free: u64,
        /// Bytes below which commits are refused.
        needed: u64,
    },
}

impl Pressure {
    /// Whether new work from outside may be taken.
    ///
    /// # Errors
    ///
    /// [`StoreError::Busy`] if it may not.
    pub fn admit(self) -> Result<(), StoreError> {
        match self {
            Self::None => Ok(()),
            Self::RefuseStarts { free, wanted: want } | Self::Stop { free, needed: want } => {
                Err(StoreError::Busy {
                    reason: format!("{free} bytes of disk are free, {want} are wanted"),
                })
            }
        }
    }
}

/// Rows in key order, committed in atomic batches. One handle is one life of one commit group.
pub trait Store: Send + Sync + 'static {
    /// The limits of this store.
    fn caps(&self) -> Caps;

    /// The number of the last durable commit; 0 if there was none.
    fn sequence(&self) -> u64;

    /// Applies the batch entirely or not at all, in the order of the calls, and returns its
    /// number: one more than that of the commit before. Under [`Durability::Sync`] the batch,
    /// and every earlier one, is on stable storage when this returns. An empty batch writes
    /// nothing and returns the present sequence.
    ///
    /// # Errors
    ///
    /// A refusal ([`StoreError::is_refusal`]) changed nothing; ask [`pressure`](Self::pressure)
    /// first to keep a batch that a full disk would refuse. [`StoreError::Unknown`] ends the life
    /// of the handle.
    fn commit(&self, batch: Batch) -> Result<u64, StoreError>;

    /// The value of a row, as of the last commit.
    ///
    /// # Errors
    ///
    /// [`StoreError::Corrupt`] if the row fails its check, [`StoreError::Closed`] if the life is
    /// over.
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError>;

    /// Up to `limit` rows with `from <= key < to`, in key order. To go on, scan from
    /// [`keys::after`] the last key.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    fn scan(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<(Key, Bytes)>, StoreError>;

    /// Whether there is space for new work.
    fn pressure(&self) -> Pressure;

    /// Whether the life before this one ended with [`close`](Self::close), or there was none.
    fn was_clean(&self) -> bool;

    /// Ends the life cleanly and gives the store free for others. The caller has drained and
    /// made its last commit; the marker that says so is written last. Dropping the handle
    /// without this counts as a crash.
    ///
    /// # Errors
    ///
    /// [`StoreError::Closed`] if the life was over; an I/O error if the marker could not be
    /// written: all commits are safe, but the next open will count as one after a crash.
    fn close(&self) -> Result<(), StoreError>;
}

/// Opens a store, again and again: how the engine starts the next life after a failure.
pub trait OpenStore: Send + Sync + 'static {
    /// Opens the store at what is durable now.
    ///
    /// # Errors
    ///
    /// [`StoreError::Locked`] while another life holds it; [`StoreError::Corrupt`],
    /// [`StoreError::Incompatible`] and the file system's errors, none of which change the store.
    fn open(&self) -> Result<Arc<dyn Store>, StoreError>;
}

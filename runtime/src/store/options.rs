//! How to open the embedded store.

use std::path::{Path, PathBuf};

use super::{Durability, SpaceLimits};

/// Where a store is and how it is opened; [`OpenStore::open`](super::OpenStore::open) opens it,
/// as often as needed.
#[derive(Clone, Debug)]
#[must_use]
pub struct StoreOptions {
    pub(super) path: PathBuf,
    pub(super) durability: Durability,
    pub(super) virtual_partitions: u16,
    pub(super) accept_data_loss: bool,
    pub(super) create_if_missing: bool,
    pub(super) space: SpaceLimits,
}

impl StoreOptions {
    /// The number of virtual partitions unless another is set.
    pub const VIRTUAL_PARTITIONS: u16 = 64;

    /// The store in this folder: created if it is missing, synced at every commit.
    pub fn new(path: impl AsRef<Path>) -> Self {
        Self {
            path: path.as_ref().to_owned(),
            durability: Durability::Sync,
            virtual_partitions: Self::VIRTUAL_PARTITIONS,
            accept_data_loss: false,
            create_if_missing: true,
            space: SpaceLimits::default(),
        }
    }

    /// When a commit counts as done.
    pub fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// How many virtual partitions instances hash to. Fixed when the store is created; a store
    /// with another number is refused.
    pub fn virtual_partitions(mut self, count: u16) -> Self {
        self.virtual_partitions = count;
        self
    }

    /// Opens a store although acknowledged commits are gone from it: what is cut off a damaged
    /// journal is kept in the folder `cut`, the rest is used as it is. For an operator, once.
    pub fn accept_data_loss(mut self, accept: bool) -> Self {
        self.accept_data_loss = accept;
        self
    }

    /// Whether a missing store is created. Its parent folder must exist.
    pub fn create_if_missing(mut self, create: bool) -> Self {
        self.create_if_missing = create;
        self
    }

    /// How much disk must be free.
    pub fn space_limits(mut self, limits: SpaceLimits) -> Self {
        self.space = limits;
        self
    }
}

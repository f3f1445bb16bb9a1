//! Every store adapter keeps the promises of the store.

use tempfile::TempDir;
use undying::store::{
    Durability, OpenStore, SpaceLimits, StoreOptions,
    conformance::Subject,
    memory::{Fault, MemoryDisk},
};

struct Memory(MemoryDisk);

impl Subject for Memory {
    fn opener(&self) -> &dyn OpenStore {
        &self.0
    }

    fn plan_unknown(&self, sequence: u64, landed: bool) -> bool {
        let fault = if landed { Fault::Landed } else { Fault::Lost };
        self.0.fail_commit(sequence, fault);
        true
    }
}

struct Embedded {
    options: StoreOptions,
    _folder: TempDir,
}

impl Embedded {
    fn new(durability: Durability) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let limits = SpaceLimits {
            refuse_starts_below: 0,
            stop_below: 0,
        };
        Self {
            options: StoreOptions::new(folder.path())
                .durability(durability)
                .space_limits(limits),
            _folder: folder,
        }
    }
}

impl Subject for Embedded {
    fn opener(&self) -> &dyn OpenStore {
        &self.options
    }
}

mod memory {
    undying::store_conformance!(super::Memory(super::MemoryDisk::new()));
}

mod embedded {
    undying::store_conformance!(super::Embedded::new(super::Durability::Sync));
}

mod embedded_buffered {
    undying::store_conformance!(super::Embedded::new(super::Durability::Buffered));
}

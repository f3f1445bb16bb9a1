//! What the tests of the engine share: stores that outlive their engines, and a door to wait at.

// Each test binary uses its own part of this.
#![allow(
    dead_code,
    missing_docs,
    missing_debug_implementations,
    unreachable_pub
)]

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, watch};
use undying::store::memory::MemoryDisk;
use undying::{Engine, EngineBuilder};

/// A store that outlives its engines.
pub enum Place {
    Memory(MemoryDisk),
    Folder(tempfile::TempDir),
}

impl Place {
    /// One store of each kind.
    pub fn each() -> [Place; 2] {
        [Place::memory(), Place::folder()]
    }

    pub fn memory() -> Place {
        Place::Memory(MemoryDisk::new())
    }

    pub fn folder() -> Place {
        Place::Folder(tempfile::tempdir().expect("a folder for the test"))
    }

    /// Opens it with the door as its state.
    pub async fn open(&self, door: &Door) -> Engine {
        self.open_with(Engine::builder().state(door.clone()))
            .await
            .expect("the engine opens")
    }

    pub async fn open_with(&self, builder: EngineBuilder) -> undying::Result<Engine> {
        // Activities that wait at a door would make every shutdown long.
        let builder = builder.cancellation_grace(Duration::from_millis(20));
        match self {
            Place::Memory(disk) => builder.open_store(Arc::new(disk.clone())).await,
            Place::Folder(folder) => builder.open(folder.path().join("store")).await,
        }
    }
}

/// Where activities wait until the test lets them pass, and are counted.
#[derive(Clone)]
pub struct Door(Arc<Inner>);

struct Inner {
    came: watch::Sender<usize>,
    permits: Semaphore,
}

impl Door {
    pub fn closed() -> Door {
        let (came, permits) = (watch::Sender::new(0), Semaphore::new(0));
        Door(Arc::new(Inner { came, permits }))
    }

    pub fn open() -> Door {
        let door = Door::closed();
        door.let_pass(Semaphore::MAX_PERMITS);
        door
    }

    /// What an activity does at the door.
    pub async fn pass(&self) {
        self.0.came.send_modify(|came| *came += 1);
        self.0
            .permits
            .acquire()
            .await
            .expect("the door stays")
            .forget();
    }

    /// Lets so many more pass.
    pub fn let_pass(&self, count: usize) {
        self.0.permits.add_permits(count);
    }

    /// How many came so far.
    pub fn came(&self) -> usize {
        *self.0.came.borrow()
    }

    /// Waits until at least so many have come.
    pub async fn until_came(&self, count: usize) {
        let mut came = self.0.came.subscribe();
        came.wait_for(|came| *came >= count)
            .await
            .expect("the door stays");
    }
}

/// Waits until `holds`, which nothing announces.
pub async fn until<F: Future<Output = bool>>(mut holds: impl FnMut() -> F) {
    while !holds().await {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

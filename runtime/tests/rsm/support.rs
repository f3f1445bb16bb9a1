//! What the tests of machines share: an engine by a clock of their own, and what machines wrote down.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::Mutex;

use serde::Serialize;
use serde::de::DeserializeOwned;
use undying::durable::rsm::Rsm;
use undying::prelude::*;
use undying::store::memory::MemoryDisk;
use undying::testing::VirtualClock;
use undying::{Refusal, Status};

/// What happens while a turn is undone does not undo this.
static SIDE: Mutex<BTreeMap<String, Vec<String>>> = Mutex::new(BTreeMap::new());

/// Writes a line that stays even if the turn does not.
pub(crate) fn note(id: &str, line: String) {
    let mut side = SIDE.lock().unwrap_or_else(|broken| broken.into_inner());
    side.entry(id.to_owned()).or_default().push(line);
}

/// The lines so far.
pub(crate) fn noted(id: &str) -> Vec<String> {
    let side = SIDE.lock().unwrap_or_else(|broken| broken.into_inner());
    side.get(id).cloned().unwrap_or_default()
}

/// An engine over a store that outlives it, by a clock that the test moves.
pub(crate) struct World {
    place: Place,
    pub(crate) clock: VirtualClock,
    pub(crate) engine: Engine,
}

enum Place {
    Memory(MemoryDisk),
    Folder(tempfile::TempDir),
}

impl World {
    pub(crate) async fn new() -> World {
        World::over(Place::Memory(MemoryDisk::new())).await
    }

    /// One over a store of each kind.
    pub(crate) async fn each() -> [World; 2] {
        let folder = tempfile::tempdir().expect("a folder for the test");
        [World::new().await, World::over(Place::Folder(folder)).await]
    }

    async fn over(place: Place) -> World {
        let clock = VirtualClock::new();
        let engine = place.open(&clock).await;
        World {
            place,
            clock,
            engine,
        }
    }

    /// Another engine over the same store, as after a kill.
    pub(crate) async fn killed(self) -> World {
        let World { place, engine, .. } = self;
        drop(engine);
        World::over(place).await
    }

    /// Everything that can happen now has happened.
    pub(crate) async fn settle(&self) {
        self.clock.settle().await;
    }

    pub(crate) async fn create<M: Rsm>(&self, machine: &RsmRef<M>, init: M::Init) {
        let created = self.engine.create(machine, init).await;
        created.expect("it is created");
        self.settle().await;
    }

    /// The fields when everything that can happen now has happened.
    pub(crate) async fn fields<M: Rsm>(&self, machine: &RsmRef<M>) -> M {
        self.settle().await;
        let fields = self.engine.fields(machine).await.expect("they can be read");
        fields.expect("there is such a machine")
    }

    /// The states on the stack.
    pub(crate) async fn stack<M: Rsm>(&self, machine: &RsmRef<M>) -> String {
        let found = self.engine.describe(machine.id()).await;
        let status = found.expect("there is such a machine").custom_status;
        status.expect("a machine says where it is")
    }

    /// Whether there is no such machine.
    pub(crate) async fn is_gone<M: Rsm>(&self, machine: &RsmRef<M>) -> bool {
        let fields = self.engine.fields(machine).await.expect("it can be read");
        fields.is_none()
    }

    /// Why it is parked.
    pub(crate) async fn parked<M: Rsm>(&self, machine: &RsmRef<M>) -> Refusal {
        self.settle().await;
        let found = self.engine.describe(machine.id()).await;
        let found = found.expect("there is such a machine");
        assert_eq!(found.status, Status::Parked, "{found:?}");
        found.parked.expect("a reason")
    }
}

impl Place {
    async fn open(&self, clock: &VirtualClock) -> Engine {
        let builder = Engine::builder().clock(clock);
        let opened = match self {
            Place::Memory(disk) => builder.open_store(Arc::new(disk.clone())).await,
            Place::Folder(folder) => builder.open(folder.path().join("store")).await,
        };
        opened.expect("the engine opens")
    }
}

/// Events without a value, and a way to send them by name.
macro_rules! signs {
    ($send:ident to $machine:ty: $($sign:ident)*) => {
        async fn $send(world: &World, to: &RsmRef<$machine>, name: &str) {
            let sent = match name {
                $(stringify!($sign) => world.engine.send(to, &$sign).await,)*
                _ => panic!("no event {name}"),
            };
            sent.expect("it is sent");
            world.settle().await;
        }
    };
}
pub(crate) use signs;

/// Types of events without a value.
macro_rules! events {
    ($($event:ident)*) => {
        $(
            #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
            pub struct $event;
        )*
    };
}
pub(crate) use events;

/// Something is kept as it is when it is written and read again.
pub(crate) fn rewritten<T: Serialize + DeserializeOwned + Send + 'static>(value: &T) -> T {
    let stored = undying::schema::Stored::write(value).expect("it can be written");
    stored.read().expect("it can be read")
}

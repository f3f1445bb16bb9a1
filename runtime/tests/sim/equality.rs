//! Reloading what is durable gives what memory has: of every instance, entity and machine.

use undying::core::{Answer, Command, Description, HistoryEntry};
use undying::schema::Stored;
use undying::store::keys::Row;
use undying::store::memory::MemoryDisk;
use undying::store::{Batch, OpenStore};

use crate::life::{Legacy, Life};
use crate::reads::{asked, history};
use crate::world::World;

/// What can be seen of one.
#[derive(Debug, PartialEq)]
struct Seen {
    described: Option<Box<Description>>,
    state: Option<Stored>,
    history: Vec<HistoryEntry>,
}

impl World {
    /// All that was done is durable: another life that begins now sees the same.
    pub(crate) fn check_equality(&mut self) {
        let rows = self.disk.rows();
        let mut ids = Vec::new();
        for key in rows.keys() {
            if let Some(Row::Name { id, .. }) = Row::parse(key) {
                ids.push(String::from_utf8(id.to_vec()).unwrap());
            }
        }
        let copy = MemoryDisk::new();
        let store = copy.open().unwrap();
        let mut batch = Batch::new();
        for (key, value) in rows {
            batch.put(key, value);
        }
        store.commit(batch).unwrap();
        let (bounds, now) = (self.bounds(), self.now);
        let shards = self.life().shards.len() % 4 + 1;
        let program = self.program.clone();
        let mut other = Life::open(
            store,
            &program,
            shards,
            &Legacy::default(),
            bounds,
            true,
            now,
        );
        for id in ids {
            let memory = seen(self.life(), &id, now);
            let durable = seen(&mut other, &id, now);
            assert_eq!(
                durable, memory,
                "what is durable of `{id}` is what memory has"
            );
            self.done.compared += 1;
        }
    }
}

fn seen(life: &mut Life, id: &str, now: undying::durable::Timestamp) -> Seen {
    let id = id.to_owned();
    let described = match asked(life, Command::Describe { id: id.clone() }, now) {
        Some(Answer::Description(found)) => Some(found),
        _ => None,
    };
    let entity = id.clone();
    // Others have states that only their own code can read.
    let state = match entity.starts_with('@') {
        true => asked(life, Command::State { entity }, now),
        false => None,
    };
    let state = state.and_then(|answer| match answer {
        Answer::State(state) => state,
        _ => None,
    });
    Seen {
        described,
        state,
        history: history(life, &id, now),
    }
}

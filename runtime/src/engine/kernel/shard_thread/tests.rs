//! One round of a shard's thread: how much of what has arrived goes into an epoch.

use tokio::sync::oneshot;

use super::super::desk::Papers;
use super::super::life::{self, Legacy};
use super::super::nothing::hub;
use super::*;
use crate::schema::Stored;
use crate::store::memory::MemoryDisk;

/// An event for an instance that nobody has started: it is kept, so the epoch has something to commit.
fn event(number: usize, value: &str) -> Command {
    Command::Raise {
        id: format!("instance-{number}"),
        name: "event".to_owned(),
        value: Stored::write(&value.to_owned()).unwrap(),
        early: true,
        waits: false,
        key: None,
    }
}

/// A shard that has begun a life.
struct World {
    hub: Arc<Hub>,
    thread: ShardThread,
    epoch: u64,
    events: usize,
}

impl World {
    fn new() -> World {
        let (disk, hub) = (MemoryDisk::new(), hub());
        let store = life::open_store(&disk, hub.partitions.count()).unwrap().0;
        let mut begun = life::begin(store, &hub, &Legacy::default()).unwrap();
        let mut thread = ShardThread::new(hub.clone(), 0);
        let opens = Input::Open(Box::new(begun.shards.remove(0)), begun.store);
        thread.round(&mut vec![opens], Pace::USUAL);
        let (epoch, events) = (begun.epoch, 0);
        World {
            hub,
            thread,
            epoch,
            events,
        }
    }

    /// So many small events arrive for this shard.
    fn events(&mut self, count: usize) -> Vec<Input> {
        self.events_of(count, "")
    }

    fn events_of(&mut self, count: usize, value: &str) -> Vec<Input> {
        let mut inputs = Vec::new();
        while inputs.len() < count {
            self.events += 1;
            let event = event(self.events, value);
            if self.hub.shard_of(&event) == 0 {
                inputs.push(Input::Command(event, Asker(oneshot::channel().0)));
            }
        }
        inputs
    }
}

#[test]
fn an_epoch_that_is_to_be_sealed_and_is_large_leaves_to_the_next_what_arrives() {
    let mut world = World::new();
    let mut inputs = world.events(CLOSED_CHANGED);
    world.thread.round(&mut inputs, Pace::USUAL);
    assert!(world.thread.queue.is_empty() && world.hub.desk.look(sealed).is_err());
    inputs.push(Input::Cut(world.epoch));
    inputs.extend(world.events(10));
    world.thread.round(&mut inputs, Pace::USUAL);
    assert_eq!(world.hub.desk.look(sealed).unwrap(), 1);
    assert_eq!(world.thread.queue.len(), 10);
    assert_eq!(world.thread.patience(), Patience::None, "it runs at once");
}

#[test]
fn an_epoch_that_is_full_leaves_to_the_next_what_arrives() {
    let mut world = World::new();
    let part = "x".repeat(world.hub.bounds.epoch_bytes / 20);
    let mut inputs = world.events_of(25, &part);
    world.thread.round(&mut inputs, Pace::USUAL);
    assert_eq!(world.thread.queue.len(), 5);
    assert_eq!(world.thread.patience(), Patience::Endless, "until a cut");
    inputs.push(Input::Cut(world.epoch));
    world.thread.round(&mut inputs, Pace::USUAL);
    assert_eq!(world.hub.desk.look(sealed).unwrap(), 1);
    assert_eq!(world.thread.patience(), Patience::None, "it runs at once");
}

#[test]
fn some_of_what_arrives_is_taken_whatever_there_is_to_run() {
    let mut world = World::new();
    let mut inputs = world.events(INPUTS_A_TURN + 1);
    let pace = Pace {
        inputs: 0,
        ..Pace::USUAL
    };
    world.thread.round(&mut inputs, pace);
    assert_eq!(world.thread.queue.len(), 1);
}

/// How many shards have sealed, if any has.
fn sealed(papers: &mut Papers) -> Option<usize> {
    (!papers.sealed.is_empty()).then_some(papers.sealed.len())
}

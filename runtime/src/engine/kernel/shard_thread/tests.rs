//! One round of a shard's thread: how much of what has arrived goes into an epoch.

use tokio::sync::oneshot;

use super::super::life::{self, Legacy};
use super::super::nothing::hub;
use super::*;
use crate::schema::Stored;
use crate::store::memory::MemoryDisk;

/// An event for an instance that nobody has started: it is kept, so the epoch has something to commit.
fn event(number: usize) -> Command {
    Command::Raise {
        id: format!("instance-{number}"),
        name: "event".to_owned(),
        value: Stored::write(&1_u64).unwrap(),
        early: true,
        waits: false,
        key: None,
    }
}

#[test]
fn an_epoch_ends_between_two_slices_of_what_has_arrived() {
    let (disk, hub) = (MemoryDisk::new(), hub());
    let store = life::open_store(&disk, hub.partitions.count()).unwrap().0;
    let mut begun = life::begin(store, &hub, &Legacy::default()).unwrap();
    let mut thread = ShardThread::new(hub.clone(), 0);
    let opens = Input::Open(Box::new(begun.shards.remove(0)), begun.store);
    let mut inputs = vec![opens, Input::Cut(begun.epoch)];
    let events = (0..).map(event).filter(|event| hub.shard_of(event) == 0);
    let events = events.take(SLICE_INPUTS + 10);
    inputs.extend(events.map(|event| Input::Command(event, Asker(oneshot::channel().0))));
    thread.round(&mut inputs, Pace::USUAL);
    let sealed = |papers: &mut super::super::desk::Papers| Some(papers.sealed.len());
    assert_eq!(hub.desk.look(sealed).unwrap(), 1);
    assert_eq!(thread.queue.len(), 10, "the rest is for the next epoch");
    assert_eq!(thread.patience(), Patience::None, "which runs at once");
}

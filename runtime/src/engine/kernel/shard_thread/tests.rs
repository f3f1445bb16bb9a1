//! One round of a shard's thread: how much of what has arrived goes into an epoch.

use tokio::sync::oneshot;

use super::super::desk::Papers;
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
fn an_epoch_that_is_to_be_sealed_and_is_large_leaves_to_the_next_what_arrives() {
    let (disk, hub) = (MemoryDisk::new(), hub());
    let store = life::open_store(&disk, hub.partitions.count()).unwrap().0;
    let mut begun = life::begin(store, &hub, &Legacy::default()).unwrap();
    let mut thread = ShardThread::new(hub.clone(), 0);
    let mut events = (0..).map(event).filter(|event| hub.shard_of(event) == 0);
    let mut arrive = |first, count| {
        let events = events.by_ref().take(count);
        let events = events.map(|event| Input::Command(event, Asker(oneshot::channel().0)));
        std::iter::once(first).chain(events).collect::<Vec<_>>()
    };
    let opens = Input::Open(Box::new(begun.shards.remove(0)), begun.store);
    thread.round(&mut arrive(opens, CLOSED_CHANGED), Pace::USUAL);
    assert!(thread.queue.is_empty() && hub.desk.look(sealed).is_err());
    thread.round(&mut arrive(Input::Cut(begun.epoch), 10), Pace::USUAL);
    assert_eq!(hub.desk.look(sealed).unwrap(), 1);
    assert_eq!(thread.queue.len(), 10);
    assert_eq!(thread.patience(), Patience::None, "it runs at once");
}

/// How many shards have sealed, if any has.
fn sealed(papers: &mut Papers) -> Option<usize> {
    (!papers.sealed.is_empty()).then_some(papers.sealed.len())
}

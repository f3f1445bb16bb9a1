//! One round of a shard's thread: how much of what has arrived goes into an epoch.

use tokio::sync::oneshot;

use super::super::desk::Papers;
use super::super::life::Legacy;
use super::super::nothing::begun;
use super::*;
use crate::durable::Retry;
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
        let (_, hub, mut begun) = begun(2);
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

    /// So many small events arrive for one instance of this shard.
    fn events_of_one(&self, count: usize) -> Vec<Input> {
        let mut all = (0..).map(|number| event(number, ""));
        let one = all.find(|event| self.hub.shard_of(event) == 0);
        let one = Arc::new(one.expect("an instance of this shard"));
        let input = |_| Input::Command(one.clone(), Asker(oneshot::channel().0));
        (0..count).map(input).collect()
    }

    fn events_of(&mut self, count: usize, value: &str) -> Vec<Input> {
        let mut inputs = Vec::new();
        while inputs.len() < count {
            self.events += 1;
            let event = event(self.events, value);
            if self.hub.shard_of(&event) == 0 {
                inputs.push(Input::Command(Arc::new(event), Asker(oneshot::channel().0)));
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
fn an_epoch_that_is_to_be_sealed_and_answers_many_leaves_to_the_next_what_arrives() {
    let mut world = World::new();
    let mut inputs = world.events_of_one(CLOSED_CHANGED);
    world.thread.round(&mut inputs, Pace::USUAL);
    inputs.push(Input::Cut(world.epoch));
    inputs.extend(world.events_of_one(10));
    world.thread.round(&mut inputs, Pace::USUAL);
    assert_eq!(world.hub.desk.look(sealed).unwrap(), 1);
    assert_eq!(world.thread.queue.len(), 10);
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
    let mut inputs = world.events(SLICE_INPUTS_MIN + 1);
    let pace = Pace {
        inputs: 0,
        ..Pace::USUAL
    };
    world.thread.round(&mut inputs, pace);
    assert_eq!(world.thread.queue.len(), 1);
}

#[test]
fn of_many_commands_for_one_instance_some_are_left_for_the_next_epoch() {
    let mut world = World::new();
    let mut inputs = world.events_of_one(3 * SLICE_COMMANDS);
    world.thread.round(&mut inputs, Pace::USUAL);
    assert_eq!(world.thread.queue.len(), 2 * SLICE_COMMANDS);
    // That there is something to seal is known by now.
    inputs.push(Input::Cut(world.epoch));
    world.thread.round(&mut inputs, Pace::USUAL);
    assert_eq!(world.hub.desk.look(sealed).unwrap(), 1);
    assert_eq!(world.thread.queue.len(), 2 * SLICE_COMMANDS);
}

#[test]
fn answers_are_given_whatever_becomes_of_who_was_to_give_them() {
    let (asker, mut answer) = oneshot::channel();
    let replies = Replies(vec![(Asker(asker), Answer::Done)]);
    let work: Box<dyn FnOnce() + Send> = Box::new(|| drop(replies));
    drop(work);
    assert!(matches!(answer.try_recv(), Ok(Ok(Answer::Done))));
}

/// The only shard and its committer, which nobody else runs.
struct Alone {
    disk: MemoryDisk,
    hub: Arc<Hub>,
    committer: Arc<Mutex<Committer>>,
    thread: ShardThread,
}

impl Alone {
    fn new() -> Alone {
        let (disk, hub, begun) = begun(1);
        let (opener, once) = (Arc::new(disk.clone()), Retry::attempts(1));
        let committer = Committer::new(hub.clone(), opener, Legacy::default(), once, begun);
        let committer = Arc::new(Mutex::new(committer));
        let thread = ShardThread::new(hub.clone(), 0).with_committer(committer.clone());
        Alone {
            disk,
            hub,
            committer,
            thread,
        }
    }

    /// So many clients raise an event each, for an instance of its own. Returns whether their answers
    /// are durable and the shard knows it.
    fn commits(&mut self, clients: std::ops::Range<usize>) -> bool {
        for client in clients {
            let asker = Asker(oneshot::channel().0);
            self.hub.command(0, Arc::new(event(client, "")), asker);
        }
        let before = self.disk.rows().len();
        while self.thread.go(Pace::USUAL) {}
        self.disk.rows().len() > before && !self.thread.life.as_ref().unwrap().shard.is_committing()
    }

    fn is_asked_to_cut(&self) -> bool {
        self.hub
            .desk
            .look(|papers| (papers.dirty > 0).then_some(()))
            .is_ok()
    }
}

#[test]
fn the_only_shard_commits_by_itself_what_nobody_is_likely_to_share_the_fsync_of() {
    let mut alone = Alone::new();
    assert!(alone.commits(0..2));
    assert!(!alone.is_asked_to_cut());
    // Both were told, so both may come again.
    assert!(!alone.commits(2..3));
    assert!(alone.is_asked_to_cut());
}

#[test]
fn the_only_shard_leaves_a_commit_to_a_committer_that_is_at_work() {
    let mut alone = Alone::new();
    let committer = alone.committer.clone();
    let at_work = committer.lock().unwrap();
    assert!(!alone.commits(0..1));
    assert!(alone.is_asked_to_cut());
    drop(at_work);
}

/// How many shards have sealed, if any has.
fn sealed(papers: &mut Papers) -> Option<usize> {
    (!papers.sealed.is_empty()).then_some(papers.sealed.len())
}

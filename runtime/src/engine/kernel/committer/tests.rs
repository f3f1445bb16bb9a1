//! The committer step by step, at a desk that a test fills: how epochs and lives end without a commit.

use super::super::desk::Dropped;
use super::super::inbox::Patience;
use super::super::nothing::begun;
use super::*;
use crate::core::ReadError;
use crate::store::memory::MemoryDisk;

/// How often the engine may go back without a commit in between.
const ATTEMPTS: u32 = 3;

/// The committer of two shards that nobody runs.
struct World {
    disk: MemoryDisk,
    hub: Arc<Hub>,
    committer: Committer,
}

impl World {
    fn new() -> World {
        let (disk, hub, begun) = begun(2);
        let reopening = Retry::attempts(ATTEMPTS).first(Duration::ZERO);
        let opener = Arc::new(disk.clone());
        let committer = Committer::new(hub.clone(), opener, Legacy::default(), reopening, begun);
        World {
            disk,
            hub,
            committer,
        }
    }

    /// What a shard was told since it was asked last.
    fn told(&self, shard: usize) -> Vec<Input> {
        let mut inputs = Vec::new();
        self.hub.inboxes[shard].take(Patience::None, &mut inputs);
        inputs
    }

    /// Both shards were told this, and nothing else.
    fn both_were_told(&self, what: impl Fn(&Input) -> bool) -> bool {
        let told = [self.told(0), self.told(1)];
        told.iter()
            .all(|inputs| matches!(&inputs[..], [input] if what(input)))
    }

    /// Has the open epoch cut, and both shards seal it although nothing changed.
    fn seal(&mut self) {
        let epoch = self.committer.epoch;
        let shards: Vec<_> = (0..2).flat_map(|shard| self.told(shard)).collect();
        self.hub.desk.put(|papers| papers.dirty = epoch);
        assert_eq!(self.committer.step(), Step::On);
        assert!(self.both_were_told(|input| matches!(input, Input::Cut(cut) if *cut == epoch)));
        for input in shards {
            let Input::Open(mut shard, _) = input else {
                panic!("a life has begun");
            };
            let sealed = shard.seal().unwrap();
            self.hub.desk.put(|papers| papers.sealed.push(sealed));
        }
    }

    /// An instance could not be undone (rule 23).
    fn suspect(&self) {
        let id = "one".into();
        let cause = Cause::Suspect { id, failures: 1 };
        self.hub.desk.put(|papers| papers.cause = Some(cause));
    }

    /// Both shards give up what they have in memory.
    fn drop_memory(&self) {
        for shard in 0..2 {
            drop(self.told(shard));
            let dropped = Dropped {
                floors: vec![(shard as u16, 7)],
                recovering: false,
            };
            self.hub.desk.put(|papers| papers.dropped.push(dropped));
        }
    }

    /// Whether somebody has the store.
    fn has_store(&self) -> bool {
        matches!(self.disk.open(), Err(StoreError::Locked { .. }))
    }
}

fn opens(input: &Input) -> bool {
    matches!(input, Input::Open(..))
}

#[test]
fn an_epoch_in_which_nothing_changed_is_durable_without_a_commit() {
    let mut world = World::new();
    let (epoch, sequence) = (world.committer.epoch, world.disk.sequence());
    world.seal();
    assert_eq!(world.committer.step(), Step::On);
    assert!(world.both_were_told(|input| matches!(input, Input::Durable(of) if *of == epoch)));
    assert_eq!(world.committer.epoch, epoch + 1);
    assert_eq!(world.disk.sequence(), sequence);
}

#[test]
fn an_engine_that_is_dropped_while_it_cuts_makes_nothing_durable_any_more() {
    let mut world = World::new();
    world.seal();
    world.hub.desk.put(|papers| papers.abandoned = true);
    assert_eq!(world.committer.step(), Step::Over);
    assert!(world.told(0).is_empty() && world.told(1).is_empty());
    assert!(!world.has_store());
    assert_eq!(world.committer.step(), Step::Over, "and never again");
}

#[test]
fn a_suspect_ends_the_life_but_not_the_store() {
    let mut world = World::new();
    let epoch = world.committer.epoch;
    drop((world.told(0), world.told(1)));
    world.suspect();
    assert_eq!(world.committer.step(), Step::On);
    assert!(world.both_were_told(|input| matches!(input, Input::Drop)));
    assert!(matches!(world.committer.step(), Step::Wait(_)), "for both");
    world.drop_memory();
    assert_eq!(world.committer.step(), Step::On);
    assert!(world.has_store());
    assert!(world.both_were_told(opens));
    // The messages of the epoch that was open are of no later one, and no number is given twice.
    assert!(world.committer.epoch > epoch + 1);
    assert_eq!(world.committer.legacy.floors, [(0, 7), (1, 7)]);
    assert_eq!(world.committer.legacy.suspects.get("one"), Some(&1));
}

#[test]
fn a_suspect_that_is_found_while_an_epoch_is_cut_takes_the_whole_epoch_back() {
    let mut world = World::new();
    world.seal();
    world.suspect();
    assert_eq!(world.committer.step(), Step::On);
    assert!(world.both_were_told(|input| matches!(input, Input::Drop)));
    world.drop_memory();
    assert_eq!(world.committer.step(), Step::On);
    assert!(world.both_were_told(opens));
    let left = world.hub.desk.put(|papers| papers.sealed.len());
    assert_eq!(left, 0, "what was sealed is of the life before");
}

#[test]
fn lives_that_end_again_and_again_without_a_commit_end_the_engine() {
    let mut world = World::new();
    for life in 1..=ATTEMPTS {
        world.suspect();
        assert_eq!(world.committer.step(), Step::On);
        world.drop_memory();
        let last = life == ATTEMPTS;
        assert_eq!(
            world.committer.step(),
            if last { Step::Over } else { Step::On }
        );
    }
    let why = world.hub.stopped().unwrap().to_string();
    assert!(
        why.contains("3 times in a row it went back without a commit"),
        "{why}"
    );
    assert!(!world.has_store());
}

#[test]
fn a_store_that_failed_while_a_shard_read_is_given_up_and_opened_again() {
    let mut world = World::new();
    drop((world.told(0), world.told(1)));
    let cause = Cause::Read(ReadError::Store(StoreError::Closed));
    world.hub.desk.put(|papers| papers.cause = Some(cause));
    assert_eq!(world.committer.step(), Step::On);
    world.drop_memory();
    assert_eq!(world.committer.step(), Step::Pause(Duration::ZERO));
    assert!(!world.has_store());
    assert_eq!(world.committer.step(), Step::On);
    assert!(world.both_were_told(opens));
    assert!(world.has_store());
}

#[test]
fn an_engine_that_is_dropped_while_a_life_ends_begins_no_other() {
    let mut world = World::new();
    world.suspect();
    assert_eq!(world.committer.step(), Step::On);
    world.drop_memory();
    world.hub.desk.put(|papers| papers.abandoned = true);
    assert_eq!(world.committer.step(), Step::Over);
    assert!(!world.has_store());
}

//! Children: joined in one turn, cancelled down the tree, never mistaken for others.

use std::mem::take;

use undying::core::{Answer, Command, Ending, Filter, Outcome, Status};
use undying::durable::Failure;
use undying::store::keys::Tag;

use crate::bench::Bench;
use crate::support::children::{
    ChoosesCall, ElderCall, FansCall, FounderCall, GathersCall, LeafCall,
};
use crate::support::step_of;

fn cancel(bench: &mut Bench, id: &str) {
    let id = id.to_owned();
    assert_eq!(bench.told(Command::Cancel { id }), Answer::Done);
}

/// How many instances are in this place of their life.
fn count(bench: &mut Bench, status: Status) -> usize {
    let filter = Filter {
        statuses: vec![status],
        ..Filter::default()
    };
    match bench.told(Command::List(filter)) {
        Answer::Listed(found, None) => found.len(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn joining_ten_thousand_children_and_as_many_activities_wakes_their_parent_once() {
    const MANY: u64 = 10_000;
    let mut bench = Bench::new();
    bench.start::<FansCall>("fans", MANY, MANY);
    let mut ended = 0;
    while ended < MANY {
        bench.commit();
        for start in take(&mut bench.started) {
            bench.tell(&start, Outcome::Done(step_of(&start)));
            ended += 1;
        }
    }
    bench.commit();
    let sum = MANY * (MANY - 1) / 2;
    assert_eq!(bench.value("fans"), sum + sum + MANY);
    // One turn a child; the parent's first, and the one that has it all.
    assert_eq!(bench.life().turns as u64, MANY + 2);
    assert_eq!(bench.rows(Tag::Op), 0);
}

#[test]
fn results_that_wait_to_be_joined_are_no_part_of_the_frame() {
    let mut bench = Bench::new();
    bench.start::<GathersCall>("gathers", 50, 5_000);
    for _ in 0..4 {
        bench.commit();
    }
    let waiting = bench.describe("gathers");
    assert_eq!(waiting.calls_pending, 1, "the activity");
    let row = bench.row(waiting.number).unwrap();
    assert!(row.len() < 5_000, "{} bytes", row.len());
    assert_eq!(bench.rows(Tag::Op), 50, "a row for each result");
    bench.crash();
    bench.finish();
    assert_eq!(bench.value("gathers"), 51);
    assert_eq!(bench.rows(Tag::Op), 0);
}

#[test]
fn cancelling_goes_down_three_levels_through_a_crash_after_every_commit() {
    for shards in [1, 3] {
        let mut bench = Bench::with(shards, undying::core::limits::Bounds::default());
        bench.start::<ElderCall>("elder", 3, 2);
        for _ in 0..12 {
            bench.commit();
        }
        assert_eq!(count(&mut bench, Status::Running), 1 + 2 + 4 + 8);
        cancel(&mut bench, "elder");
        for _ in 0..12 {
            bench.crash();
            bench.commit();
        }
        assert_eq!(count(&mut bench, Status::Cancelled), 1 + 2 + 4 + 8);
        assert_eq!((bench.rows(Tag::Op), bench.rows(Tag::Msg)), (0, 0));
    }
}

#[test]
fn what_was_started_detached_goes_on_when_its_starter_is_cancelled() {
    let mut bench = Bench::new();
    bench.start::<FounderCall>("founder", 1, 2);
    for _ in 0..4 {
        bench.commit();
    }
    cancel(&mut bench, "founder");
    for _ in 0..4 {
        bench.crash();
        bench.commit();
    }
    assert_eq!(count(&mut bench, Status::Cancelled), 1);
    assert_eq!(count(&mut bench, Status::Running), 3);
    assert_eq!(bench.describe("free").parent, None);
}

#[test]
fn a_child_whose_id_another_instance_has_fails_and_leaves_that_alone() {
    for shards in [1, 3] {
        let mut bench = Bench::with(shards, undying::core::limits::Bounds::default());
        bench.start::<LeafCall>("taken", 7, 0);
        bench.finish();
        for (entity, said) in [
            (0, "there is another instance with the id `taken`"),
            (
                1,
                "`@taken` begins with `@`, as only the ids of entities may",
            ),
        ] {
            let id = format!("chooses/{entity}");
            bench.start::<ChoosesCall>(&id, 1, entity);
            bench.finish();
            let Some(Answer::Ended(Ending::Failed(Failure::Failed { call, message }))) =
                bench.result(&id)
            else {
                panic!("{:?}", bench.result(&id));
            };
            assert_eq!((&*call, &*message), ("leaf", said));
        }
        assert_eq!(bench.value("taken"), 7);
        assert_eq!(bench.describe("taken").parent, None);
    }
}

#[test]
fn two_children_of_one_id_are_one_child_and_one_failure() {
    let mut bench = Bench::new();
    bench.start::<ChoosesCall>("one", 1, 0);
    bench.finish();
    bench.start::<ChoosesCall>("two", 2, 0);
    bench.finish();
    assert_eq!(bench.value("one"), 1);
    assert!(matches!(
        bench.result("two"),
        Some(Answer::Ended(Ending::Failed(_)))
    ));
}

//! What a new life finds.

use undying::core::limits::Bounds;
use undying::core::{HighWater, Outcome};
use undying::store::keys::Tag;

use crate::bench::Bench;
use crate::support::bodies::{Chain, Family, Nap, Tasks};
use crate::support::step_of;

#[test]
fn only_what_is_runnable_is_loaded_when_a_store_is_opened() {
    let mut bench = Bench::new();
    for n in 0..100 {
        bench.start::<Nap>(&format!("nap-{n}"), 1_000_000, 0);
    }
    bench.start::<Chain>("one", 1, 0);
    bench.commit();
    assert_eq!(bench.rows(Tag::Run), 1);
    bench.crash();
    bench.settle();
    assert_eq!(bench.life().shards[0].resident(), 1);
}

#[test]
fn another_number_of_shards_goes_on_where_the_first_was() {
    let mut bench = Bench::with(3, Bounds::default());
    bench.start::<Family>("root", 2, 3);
    bench.commit();
    for shards in [1, 8, 2] {
        bench.shards = shards;
        bench.crash();
        bench.commit();
        bench.step();
        bench.step();
    }
    for _ in 0..5 {
        bench.now.0 += 10;
        bench.finish();
    }
    assert_eq!(bench.value("root"), 1 + 3 + 9);
}

#[test]
fn every_commit_notes_its_epoch_and_the_time() {
    let mut bench = Bench::new();
    bench.start::<Chain>("one", 1, 0);
    bench.commit();
    let store = bench.life().store.clone();
    let before = HighWater::read(&store).unwrap();
    assert_eq!((before.now, before.partitions), (bench.now, 8));
    bench.now.0 += 5;
    bench.step();
    let after = HighWater::read(&store).unwrap();
    assert_eq!(after.now, bench.now);
    assert!(after.epoch > before.epoch);
}

#[test]
fn large_locals_are_in_rows_of_their_own_and_come_back() {
    large_locals_come_back(Bench::new());
}

#[test]
fn large_locals_of_a_suspect_come_back_too() {
    let mut bench = Bench::new();
    bench.suspect_all();
    large_locals_come_back(bench);
}

fn large_locals_come_back(mut bench: Bench) {
    bench.start::<Tasks>("tasks", 2, 0);
    bench.commit();
    assert_eq!(bench.rows(Tag::Part), 2);
    bench.crash();
    bench.finish();
    assert_eq!(bench.value("tasks"), 3);
    assert_eq!(bench.rows(Tag::Part), 0);
}

/// So many instances are runnable when the process dies. The next life finds one at a time, and
/// keeps none in memory.
fn recovering(count: usize) -> Bench {
    let mut bench = Bench::new();
    for n in 0..count {
        bench.start::<Chain>(&format!("old-{n}"), 1, 0);
    }
    bench.bounds = Bounds {
        recovery_slice: 1,
        idle_instances: 0,
        ..Bounds::default()
    };
    bench.commit();
    assert_eq!(bench.started.len(), count);
    bench.crash();
    bench
}

#[test]
fn an_attempt_of_this_life_is_not_taken_for_a_lost_one_while_the_last_life_is_recovered() {
    let mut bench = recovering(30);
    bench.start::<Chain>("new", 1, 0);
    bench.commit();
    let new = bench.started.iter().position(|start| start.attempt == 1);
    let start = bench.started.remove(new.expect("a first attempt"));
    bench.commit();
    assert!(bench.life().shards[0].is_recovering());
    bench.tell(&start, Outcome::Done(step_of(&start)));
    bench.commit();
    assert_eq!(bench.value("new"), 1);
}

#[test]
fn a_life_is_recovering_until_what_it_counted_last_is_durable() {
    let mut bench = recovering(1);
    // It is loaded, and nothing is found behind it.
    bench.settle();
    bench.settle();
    let now = bench.now;
    let is_recovering = |bench: &mut Bench| bench.life().shards[0].is_recovering();
    // It seals, then it hears that this is durable.
    for _ in 0..2 {
        assert!(is_recovering(&mut bench));
        bench.life().commit(now).unwrap();
        bench.life().deliver(0, now).unwrap();
        bench.life().seal_if_asked(0).unwrap();
    }
    assert!(!is_recovering(&mut bench));
}

#[test]
fn a_lost_attempt_is_made_again_once_though_its_instance_is_forgotten_and_read_again() {
    let mut bench = recovering(30);
    let mut made = Vec::new();
    for _ in 0..100 {
        bench.commit();
        while !bench.started.is_empty() {
            let start = bench.started.remove(0);
            made.push((start.instance_id.to_string(), start.attempt));
            bench.tell(&start, Outcome::Done(step_of(&start)));
        }
    }
    made.sort();
    let mut once: Vec<_> = (0..30).map(|n| (format!("old-{n}"), 2)).collect();
    once.sort();
    assert_eq!(made, once);
}

#[test]
fn whatever_stored_bytes_refer_to_is_stored_before_or_with_them() {
    let mut bench = Bench::new();
    bench.start::<Chain>("one", 1, 0);
    bench.commit();
    // The arguments, the locals and the frame's layout.
    let (schemas, layouts) = (bench.rows(Tag::Schema), bench.rows(Tag::Layout));
    assert!(schemas >= 3, "{schemas}");
    assert_eq!(layouts, 1);
    let store = bench.life().store.clone();
    undying::core::read_books(&store).unwrap();
}

//! State machines: what is left of those that have halted, and what becomes of events to them.

use undying::store::keys::Tag;

use crate::bench::Bench;
use crate::support::machines::{MournsCall, RingsCall, TICKS, WorksCall};

/// Lets all timers run out that are set now.
fn wait(bench: &mut Bench) {
    for _ in 0..20 {
        bench.now.0 += 10;
        bench.finish();
    }
}

#[test]
fn machines_that_have_halted_leave_no_row() {
    for shards in [1, 3] {
        let mut bench = Bench::new();
        bench.shards = shards;
        bench.crash();
        bench.start::<RingsCall>("rings", 4, 9);
        bench.start::<WorksCall>("works", 5, 2);
        bench.finish();
        wait(&mut bench);
        assert_eq!(bench.value("rings"), 9);
        assert_eq!(bench.value("works"), 5 + TICKS);
        assert_eq!((bench.rows(Tag::Inst), bench.rows(Tag::Name)), (2, 2));
        for tag in [Tag::Op, Tag::Part, Tag::Timer, Tag::Msg, Tag::Run] {
            assert_eq!(bench.rows(tag), 0, "{tag:?}");
        }
    }
}

#[test]
fn what_is_sent_to_a_machine_that_has_halted_is_dropped_after_a_minute_and_counted() {
    let mut bench = Bench::new();
    bench.start::<MournsCall>("mourns", 3, 0);
    bench.finish();
    assert_eq!(bench.value("mourns"), 3);
    assert_eq!(bench.life().dead_letters, 0);
    bench.now.0 += 61_000;
    bench.finish();
    bench.commit();
    assert_eq!(bench.life().dead_letters, 3);
    assert_eq!(bench.rows(Tag::Inst), 1);
    assert_eq!(bench.rows(Tag::Op) + bench.rows(Tag::Timer), 0);
}

//! Tests of the calls of an instance: what is kept of them, and what is written.

use super::*;
use crate::durable::Timestamp;
use crate::schema::Stored;

fn timer() -> Operation {
    Operation::Timer { due: Timestamp(1) }
}

#[test]
fn a_call_that_stays_does_not_keep_what_came_after_it() {
    let mut operations = Operations::default();
    operations.add(0, timer());
    for number in 1..1_000 {
        operations.add(number + 1, timer());
        let unit = Stored::write(&()).unwrap();
        operations.complete(number, Completion::Value(unit));
        let mut left = operations.lend();
        left.remove(&number);
        operations.give_back(left, [number]);
        operations.write_rows(|_, _| {});
    }
    assert_eq!(operations.numbers(), [0, 1_000]);
    assert!(operations.entries.len() < 20, "{operations:?}");
}

#[test]
fn what_came_and_went_has_no_row_to_be_written() {
    let mut operations = Operations::default();
    operations.add_own(1, timer());
    assert!(operations.are_touched());
    assert_eq!(operations.remove(1), Some(timer()));
    assert!(!operations.are_touched());
    operations.write_rows(|number, _| panic!("{number} has a row"));
}

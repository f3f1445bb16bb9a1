//! Schedules without an engine: their times, and what they do when one has come.

mod random;

use std::time::Duration;

use super::book::{Action, Book, Plan};
use super::named::Running;
use super::when::{read, written};
use super::{InvalidSchedule, Missed, Overlap, Schedule, Told};
use crate::durable::Timestamp;
use crate::durable::kept::Kept;
use crate::durable::limits::SCHEDULE_GRACE;
use crate::schema::Stored;

fn at(time: &str) -> Timestamp {
    read(time).unwrap_or_else(|| panic!("{time} is a time"))
}

/// The next three times of an expression after `from`, all in UTC; from each of them the last time
/// is itself, and a moment before the next one still.
#[track_caller]
fn check(expression: &str, zone: &str, from: &str, expected: [&str; 3]) {
    let schedule = Schedule::cron(expression)
        .and_then(|schedule| schedule.time_zone(zone))
        .unwrap_or_else(|error| panic!("{error}"));
    let mut now = at(from);
    for expected in expected {
        let next = schedule.next(now).unwrap().unwrap();
        assert_eq!(
            written(next),
            expected,
            "`{expression}` after {}",
            written(now)
        );
        if now != at(from) {
            let before = Timestamp(next.0 - 1);
            assert_eq!(
                schedule.when.latest(before).unwrap(),
                Some(now),
                "{before:?}"
            );
        }
        assert_eq!(schedule.when.latest(next).unwrap(), Some(next));
        now = next;
    }
}

#[test]
fn a_fixed_time_of_day_in_the_gap_of_spring_is_the_first_after_it() {
    check(
        "30 2 * * *",
        "Europe/Berlin",
        "2026-03-28T12:00:00Z",
        [
            "2026-03-29T01:00:00Z",
            "2026-03-30T00:30:00Z",
            "2026-03-31T00:30:00Z",
        ],
    );
    // In Chile it is midnight that is left out.
    check(
        "0 0 * * *",
        "America/Santiago",
        "2026-09-05T12:00:00Z",
        [
            "2026-09-06T04:00:00Z",
            "2026-09-07T03:00:00Z",
            "2026-09-08T03:00:00Z",
        ],
    );
}

#[test]
fn a_fixed_time_of_day_that_comes_twice_in_autumn_counts_once() {
    check(
        "30 2 * * *",
        "Europe/Berlin",
        "2026-10-24T12:00:00Z",
        [
            "2026-10-25T00:30:00Z",
            "2026-10-26T01:30:00Z",
            "2026-10-27T01:30:00Z",
        ],
    );
}

#[test]
fn a_time_of_day_outside_of_the_change_keeps_its_hour_on_the_wall() {
    check(
        "0 3 * * *",
        "Europe/Berlin",
        "2026-03-28T12:00:00Z",
        [
            "2026-03-29T01:00:00Z",
            "2026-03-30T01:00:00Z",
            "2026-03-31T01:00:00Z",
        ],
    );
    check(
        "0 9 * * *",
        "America/New_York",
        "2026-10-31T20:00:00Z",
        [
            "2026-11-01T14:00:00Z",
            "2026-11-02T14:00:00Z",
            "2026-11-03T14:00:00Z",
        ],
    );
}

#[test]
fn what_is_no_fixed_time_of_day_follows_the_clock_on_the_wall_through_both_changes() {
    check(
        "0 * * * *",
        "Europe/Berlin",
        "2026-03-29T00:30:00Z",
        [
            "2026-03-29T01:00:00Z",
            "2026-03-29T02:00:00Z",
            "2026-03-29T03:00:00Z",
        ],
    );
    check(
        "*/30 2 * * *",
        "Europe/Berlin",
        "2026-03-28T12:00:00Z",
        [
            "2026-03-30T00:00:00Z",
            "2026-03-30T00:30:00Z",
            "2026-03-31T00:00:00Z",
        ],
    );
    check(
        "30 2,14 * * *",
        "Europe/Berlin",
        "2026-10-24T20:00:00Z",
        [
            "2026-10-25T00:30:00Z",
            "2026-10-25T01:30:00Z",
            "2026-10-25T13:30:00Z",
        ],
    );
}

#[test]
fn seconds_leap_days_last_days_and_names_are_understood() {
    check(
        "*/20 * * * * *",
        "UTC",
        "2026-11-28T12:00:00.5Z",
        [
            "2026-11-28T12:00:20Z",
            "2026-11-28T12:00:40Z",
            "2026-11-28T12:01:00Z",
        ],
    );
    check(
        "0 0 29 2 *",
        "UTC",
        "2026-01-01T00:00:00Z",
        [
            "2028-02-29T00:00:00Z",
            "2032-02-29T00:00:00Z",
            "2036-02-29T00:00:00Z",
        ],
    );
    check(
        "0 12 L * *",
        "Asia/Kolkata",
        "2026-01-01T00:00:00Z",
        [
            "2026-01-31T06:30:00Z",
            "2026-02-28T06:30:00Z",
            "2026-03-31T06:30:00Z",
        ],
    );
    check(
        "0 8 * * MON-TUE",
        "UTC",
        "2026-11-28T12:00:00Z",
        [
            "2026-11-30T08:00:00Z",
            "2026-12-01T08:00:00Z",
            "2026-12-07T08:00:00Z",
        ],
    );
}

#[test]
fn a_time_is_never_its_own_next_one() {
    let nightly = Schedule::cron("0 3 * * *").unwrap();
    let three = at("2026-11-28T03:00:00Z");
    assert_eq!(nightly.next(Timestamp(three.0 - 1)).unwrap(), Some(three));
    assert_eq!(
        nightly.next(three).unwrap(),
        Some(at("2026-11-29T03:00:00Z"))
    );
}

#[test]
fn an_interval_is_counted_from_1970() {
    let often = Schedule::every(Duration::from_secs(600));
    let next = often.next(at("2026-11-28T03:04:05.678Z")).unwrap();
    assert_eq!(next, Some(at("2026-11-28T03:10:00Z")));
    assert_eq!(
        often.next(next.unwrap()).unwrap(),
        Some(at("2026-11-28T03:20:00Z"))
    );
    let none = Schedule::every(Duration::ZERO);
    assert_eq!(none.next(Timestamp(7)).unwrap(), Some(Timestamp(8)));
    let never = Schedule::every(Duration::MAX);
    assert_eq!(never.next(Timestamp(u64::MAX)).unwrap(), None);
}

#[test]
fn a_schedule_begins_and_ends_with_its_bounds() {
    let (first, last) = (at("2026-11-28T03:00:00Z"), at("2026-11-28T05:00:00Z"));
    let hourly = Schedule::cron("0 * * * *").unwrap();
    let hourly = hourly.starting(first.into()).ending(last.into());
    let mut times = Vec::new();
    let mut now = Timestamp(0);
    while let Some(next) = hourly.next(now).unwrap() {
        times.push(written(next));
        now = next;
    }
    assert_eq!(
        times,
        [
            "2026-11-28T03:00:00Z",
            "2026-11-28T04:00:00Z",
            "2026-11-28T05:00:00Z"
        ]
    );
    assert_eq!(
        hourly.latest(first, at("2027-01-01T00:00:00Z")).unwrap(),
        last
    );
}

#[test]
fn what_is_no_schedule_is_refused_by_name() {
    let told = |schedule: Result<Schedule, InvalidSchedule>| schedule.unwrap_err().to_string();
    for expression in ["", "0 25 * * *", "* * * *", "every day", "61 * * * * *"] {
        let why = told(Schedule::cron(expression));
        assert!(
            why.starts_with(&format!("`{expression}` is not a cron expression: ")),
            "{why}"
        );
    }
    assert_eq!(
        told(Schedule::cron("0 0 30 2 *")),
        "the cron expression `0 0 30 2 *` never comes true"
    );
    let hourly = || Schedule::cron("0 * * * *").unwrap();
    assert_eq!(
        told(hourly().time_zone("Europe/Atlantis")),
        "there is no time zone `Europe/Atlantis`; use a name of the IANA database, like \
         `Europe/Berlin`"
    );
    let long = format!("0 0 * * {}MON", "MON,".repeat(100));
    assert!(told(Schedule::cron(long)).contains("more than 256"));
}

const HOUR: u64 = 3_600_000;

fn plan(overlap: Overlap, missed: Missed) -> Plan {
    let hourly = Schedule::every(Duration::from_millis(HOUR));
    Plan {
        schedule: hourly.overlap(overlap).missed(missed),
        orchestration: "report".to_owned(),
        args: Kept::of(Stored::write(&()).unwrap()),
    }
}

fn book(overlap: Overlap, missed: Missed) -> Book {
    Book::new("s".to_owned(), plan(overlap, missed), Timestamp(HOUR / 2)).unwrap()
}

fn id(hour: u64) -> String {
    format!("s/{}", written(Timestamp(hour * HOUR)))
}

fn hour(book: &mut Book, hour: u64) -> Action {
    book.due(Timestamp(hour * HOUR)).unwrap()
}

#[test]
fn each_overlap_policy_does_what_it_says() {
    use Action::{Nothing, Replace, Start};
    // What hours 1 to 4 lead to while the first start runs, then what its end leads to.
    let cases = [
        (Overlap::Skip, [Nothing, Nothing, Nothing], Nothing, 3),
        (
            Overlap::QueueOne,
            [Nothing, Nothing, Nothing],
            Start(id(2)),
            2,
        ),
        (
            Overlap::Allow,
            [2, 3, 4].map(|hour| Start(id(hour))),
            Nothing,
            0,
        ),
        (
            Overlap::CancelRunning,
            [2, 3, 4].map(|hour| Replace(id(hour))),
            Nothing,
            0,
        ),
    ];
    for (overlap, later, end, skipped) in cases {
        let mut book = book(overlap, Missed::default());
        assert_eq!(hour(&mut book, 1), Start(id(1)), "{overlap:?}");
        book.running = Running((overlap != Overlap::Allow).then_some(7));
        for (at, action) in (2..).zip(later) {
            assert_eq!(hour(&mut book, at), action, "{overlap:?} at {at}");
        }
        assert_eq!(book.ended(), end, "{overlap:?}");
        assert_eq!(book.told().skipped, skipped, "{overlap:?}");
    }
}

#[test]
fn times_that_have_passed_unseen_are_one_start_or_each_one_or_none() {
    let late = Timestamp(4 * HOUR + HOUR / 2);
    let mut once = book(Overlap::Allow, Missed::RunOnce);
    assert_eq!(once.due(late).unwrap(), Action::Start(id(4)));
    assert_eq!(once.next, Some(Timestamp(5 * HOUR)));

    let mut all = book(Overlap::Allow, Missed::RunAll);
    for hour in 1..=4 {
        assert_eq!(all.due(late).unwrap(), Action::Start(id(hour)));
    }
    assert_eq!(all.due(late).unwrap(), Action::Nothing);

    let mut none = book(Overlap::Allow, Missed::Skip);
    assert_eq!(none.due(late).unwrap(), Action::Nothing);
    assert_eq!(none.next, Some(Timestamp(5 * HOUR)));
    let grace = Timestamp(5 * HOUR).after(SCHEDULE_GRACE);
    assert_eq!(none.due(grace).unwrap(), Action::Start(id(5)));
    let too_late = Timestamp(grace.0 + HOUR + 1);
    assert_eq!(none.due(too_late).unwrap(), Action::Nothing);
}

#[test]
fn the_same_plan_again_changes_nothing_and_another_one_counts_from_now() {
    let mut book = book(Overlap::Skip, Missed::RunOnce);
    let now = Timestamp(HOUR + 1);
    book.replan(plan(Overlap::Skip, Missed::RunOnce), now)
        .unwrap();
    assert_eq!(book.next, Some(Timestamp(HOUR)));
    book.replan(plan(Overlap::Allow, Missed::RunOnce), now)
        .unwrap();
    assert_eq!(book.next, Some(Timestamp(2 * HOUR)));
}

#[test]
fn what_a_schedule_says_of_itself_is_read_as_it_was_written() {
    let mut book = book(Overlap::QueueOne, Missed::RunAll);
    for _ in 0..2 {
        assert_eq!(Told::read(&book.told().to_string()), book.told());
        hour(&mut book, 1);
    }
}

#[test]
fn a_time_is_read_off_the_id_that_was_made_of_it() {
    for id in [
        "nightly/2026-11-28T03:00:00Z",
        "a/b/trigger/2026-11-28T03:00:00.123Z",
    ] {
        let time = Schedule::time_of(id).map(Timestamp::from);
        assert!(id.ends_with(&written(time.unwrap())), "{id}");
    }
    for id in ["nightly", "nightly/", "order/17", "2026-11-28T03:00:00Z"] {
        assert_eq!(Schedule::time_of(id), None, "{id}");
    }
}

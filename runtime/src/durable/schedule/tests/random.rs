//! Random schedules against a reference that looks at every second, or every minute, there is.

use std::time::Duration;

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::super::book::{Action, Book, Plan};
use super::super::named::Running;
use super::super::when::written;
use super::super::{Missed, Overlap, Schedule};
use crate::durable::Timestamp;
use crate::durable::kept::Kept;
use crate::durable::limits::SCHEDULE_GRACE;
use crate::schema::Stored;

/// What happens to a schedule.
#[derive(Debug, Clone)]
enum Event {
    /// Its time may have come, so many milliseconds later.
    Later(u64),
    /// What ran has ended.
    Ended,
    /// Somebody triggers it, under one of a few ids.
    Triggered(u8),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        4 => (0u64..200_000).prop_map(Event::Later),
        2 => (0u64..4_000).prop_map(Event::Later),
        3 => Just(Event::Ended),
        1 => (0u8..3).prop_map(Event::Triggered),
    ];
    prop::collection::vec(event, 0..60)
}

fn overlaps() -> impl Strategy<Value = Overlap> {
    prop_oneof![
        Just(Overlap::Skip),
        Just(Overlap::Allow),
        Just(Overlap::QueueOne),
        Just(Overlap::CancelRunning),
    ]
}

fn misses() -> impl Strategy<Value = Missed> {
    prop_oneof![
        Just(Missed::RunOnce),
        Just(Missed::RunAll),
        Just(Missed::Skip),
    ]
}

/// The reference: it remembers up to when it has looked, and looks at each second since.
struct Naive {
    every: u64,
    ending: u64,
    overlap: Overlap,
    missed: Missed,
    seen: u64,
    running: bool,
    waiting: Option<String>,
    last: Option<String>,
    started: u64,
    skipped: u64,
}

impl Naive {
    fn due(&mut self, now: u64) -> Action {
        let mut times = (self.seen + 1..=now.min(self.ending))
            .filter(|at| at % 1_000 == 0 && at / 1_000 % self.every == 0);
        let at = match self.missed {
            Missed::RunAll => times.next(),
            Missed::RunOnce | Missed::Skip => times.next_back(),
        };
        let Some(at) = at else {
            return Action::Nothing;
        };
        self.seen = at;
        if self.missed == Missed::Skip && u128::from(now - at) > SCHEDULE_GRACE.as_millis() {
            self.skipped += 1;
            return Action::Nothing;
        }
        self.wanted(format!("s/{}", written(Timestamp(at))))
    }

    fn wanted(&mut self, id: String) -> Action {
        let start = match self.overlap {
            Overlap::Allow => Action::Start,
            _ if !self.running => Action::Start,
            Overlap::CancelRunning => Action::Replace,
            Overlap::QueueOne if self.waiting.is_none() => {
                self.waiting = Some(id);
                return Action::Nothing;
            }
            Overlap::QueueOne | Overlap::Skip => {
                self.skipped += 1;
                return Action::Nothing;
            }
        };
        self.started += 1;
        self.last = Some(id.clone());
        self.running = self.overlap != Overlap::Allow;
        start(id)
    }

    fn ended(&mut self) -> Action {
        self.running = false;
        match self.waiting.take() {
            Some(id) => self.wanted(id),
            None => Action::Nothing,
        }
    }

    fn triggered(&mut self, id: String) -> Action {
        match self.last.as_ref() == Some(&id) || self.waiting.as_ref() == Some(&id) {
            true => Action::Nothing,
            false => self.wanted(id),
        }
    }
}

proptest! {
    #[test]
    fn a_schedule_does_what_one_does_that_looks_at_every_second(
        every in 1u64..200,
        from in 0u64..100_000,
        lasts in prop_oneof![Just(u64::MAX / 2), 0u64..2_000_000],
        overlap in overlaps(),
        missed in misses(),
        events in events(),
    ) {
        let mut now = from;
        let schedule = Schedule::every(Duration::from_secs(every));
        let schedule = schedule.overlap(overlap).missed(missed);
        let ending = Timestamp(from.saturating_add(lasts).min(1 << 40));
        let plan = Plan {
            schedule: schedule.ending(ending.into()),
            orchestration: "report".to_owned(),
            args: Kept::of(Stored::write(&()).unwrap()),
        };
        let mut book = Book::new("s".to_owned(), plan, Timestamp(now)).unwrap();
        let mut naive = Naive {
            every,
            ending: ending.0,
            overlap,
            missed,
            seen: now,
            running: false,
            waiting: None,
            last: None,
            started: 0,
            skipped: 0,
        };
        let mut ids = Vec::new();
        for event in events {
            let (done, expected) = match event {
                Event::Later(millis) => {
                    now += millis;
                    (book.due(Timestamp(now)).unwrap(), naive.due(now))
                }
                // An end comes of what runs alone.
                Event::Ended if !naive.running => continue,
                Event::Ended => (book.ended(), naive.ended()),
                Event::Triggered(which) => {
                    let id = format!("s/trigger/{which}");
                    (book.triggered(id.clone()), naive.triggered(id))
                }
            };
            prop_assert_eq!(&done, &expected);
            if let Action::Start(id) | Action::Replace(id) = done {
                book.running = Running((overlap != Overlap::Allow).then_some(7));
                ids.push(id);
            }
            let told = book.told();
            prop_assert_eq!((told.started, told.skipped), (naive.started, naive.skipped));
        }
        // The times of the starts only grow: so no time is one twice.
        let times: Vec<_> = ids.iter().filter(|id| !id.contains("trigger")).collect();
        prop_assert!(times.is_sorted_by_key(|id| Schedule::time_of(id)), "{:?}", times);
        prop_assert!(times.windows(2).all(|two| two[0] != two[1]), "{:?}", times);
    }
}

/// One field of an expression: its text, and what it says of a number.
#[derive(Debug, Clone)]
enum Field {
    Any,
    Step(i8),
    List(i8, i8),
}

impl Field {
    fn text(&self) -> String {
        match self {
            Field::Any => "*".to_owned(),
            Field::Step(step) => format!("*/{step}"),
            Field::List(a, b) => format!("{a},{b}"),
        }
    }

    fn takes(&self, number: i8) -> bool {
        match self {
            Field::Any => true,
            Field::Step(step) => number % step == 0,
            Field::List(a, b) => number == *a || number == *b,
        }
    }
}

/// A field with values from 0 that is never one fixed value, for which clock changes have rules of
/// their own.
fn fields(below: i8) -> impl Strategy<Value = Field> {
    let list = (0..below / 2, below / 2..below);
    prop_oneof![
        Just(Field::Any),
        (2..below / 2).prop_map(Field::Step),
        list.prop_map(|(a, b)| Field::List(a, b)),
    ]
}

proptest! {
    #[test]
    fn the_times_of_an_expression_are_those_at_which_the_clock_on_the_wall_fits(
        minute in fields(60),
        hour in fields(24),
        day in prop_oneof![Just(None), (0i8..7).prop_map(Some)],
        zone in prop::sample::select(vec!["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"]),
        // Around both changes of 2026 in Europe and in America.
        near in prop::sample::select(vec![
            "2026-03-08T00:00:00Z", "2026-03-29T00:00:00Z", "2026-10-25T00:00:00Z",
            "2026-11-01T00:00:00Z", "2026-07-01T00:00:00Z",
        ]),
        before in 0u64..2 * 24 * 60 * 60_000,
    ) {
        let weekday = day.map_or("*".to_owned(), |day| day.to_string());
        let expression = format!("{} {} * * {weekday}", minute.text(), hour.text());
        let schedule = Schedule::cron(&expression).unwrap().time_zone(zone).unwrap();
        let clock = TimeZone::get(zone).unwrap();
        let fits = |at: Timestamp| {
            let at = jiff::Timestamp::from_millisecond(at.0 as i64).unwrap();
            let wall = clock.to_datetime(at);
            let on = day.is_none_or(|day| {
                wall.weekday() == Weekday::from_sunday_zero_offset(day).unwrap()
            });
            on && minute.takes(wall.minute()) && hour.takes(wall.hour())
        };
        let mut now = Timestamp(super::at(near).0 - before);
        for _ in 0..4 {
            let first = now.0 / 60_000 + 1;
            let minutes = (first..).map(|minute| Timestamp(minute * 60_000));
            let expected = minutes.take(9 * 24 * 60).find(|at| fits(*at));
            let next = schedule.next(now).unwrap();
            prop_assert_eq!(next.map(written), expected.map(written), "{} after {}", expression, written(now));
            let Some(next) = next else { break };
            prop_assert_eq!(schedule.when.latest(next).unwrap(), Some(next));
            now = next;
        }
    }
}

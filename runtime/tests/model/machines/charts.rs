//! Random state charts, each made by the compiler of its number.
//!
//! Two states are base states, which say something about every event; two are only pushed on top of others, and say
//! less. Two events may be deferred; the third may be raised.

use undying::durable::rsm::{Chart, ChartState, Does, Heat, On, Row};

/// The events; timeouts and the end are known to every machine.
pub const EVENTS: &[&str] = &["A", "B", "C", "Timeout", "Halt"];
const TIMEOUT: usize = 3;
/// The handlers of rows.
pub const ROW_HANDLERS: usize = 4;
pub const ENTRY: usize = 4;
pub const EXIT: usize = 5;
pub const HANDLERS: &[&str] = &["h0", "h1", "h2", "h3", "entry", "exit"];
/// States from this on are only pushed.
pub const UPPER: usize = 2;

/// The chart of a number.
pub struct Numbered<const S: u64>;

impl<const S: u64> Numbered<S> {
    const STATES: &'static [ChartState] = &[
        state(Rows::<S, 0>::ROWS),
        state(Rows::<S, 1>::ROWS),
        state(Rows::<S, 2>::ROWS),
        state(Rows::<S, 3>::ROWS),
    ];
    pub const CHART: &'static Chart = &Chart {
        machine: "random",
        events: EVENTS,
        states: Self::STATES,
        always: Rows::<S, 4>::ROWS,
        handlers: HANDLERS,
        start: (dice(S, 9, 9) % 2) as usize,
    };
}

const fn state(rows: &'static [Row]) -> ChartState {
    ChartState {
        name: "a state",
        heat: Heat::Warm,
        entry: Some(ENTRY),
        exit: Some(EXIT),
        rows,
    }
}

/// The rows of a state; of the whole chart if there is no such state.
struct Rows<const S: u64, const STATE: usize>;

impl<const S: u64, const STATE: usize> Rows<S, STATE> {
    const ALL: &'static ([Row; 5], usize) = &rows(S, STATE);
    const ROWS: &'static [Row] = Self::ALL.0.split_at(Self::ALL.1).0;
}

pub const fn mix(seed: u64) -> u64 {
    let mut x = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

const fn dice(seed: u64, state: usize, event: usize) -> u64 {
    mix(seed * 1_009 + state as u64 * 101 + event as u64)
}

const fn rows(seed: u64, state: usize) -> ([Row; 5], usize) {
    let on = On::Any;
    let does = Does::Ignore;
    let mut rows = [Row { on, does }; 5];
    let mut count = 0;
    let mut event = 0;
    while event <= TIMEOUT {
        if let Some(does) = does_on(dice(seed, state, event), state, event) {
            let on = On::Event(event);
            rows[count] = Row { on, does };
            count += 1;
        }
        event += 1;
    }
    let wildcard = match dice(seed, state, 7) % 6 {
        0 => Some(Does::Handle(0)),
        1 => Some(Does::Ignore),
        _ => None,
    };
    if let (Some(does), UPPER..=3) = (wildcard, state) {
        rows[count] = Row { on: On::Any, does };
        count += 1;
    }
    (rows, count)
}

const fn does_on(dice: u64, state: usize, event: usize) -> Option<Does> {
    let more = dice / 8;
    let handle = Does::Handle((more % ROW_HANDLERS as u64) as usize);
    let base = (more % 2) as usize;
    let upper = UPPER + base;
    let may_wait = event < 2;
    // A timeout that is ignored leaves no trace, and the model has to know which timers run.
    let is_seen = event == TIMEOUT;
    Some(match (state, dice % 8) {
        (0..=3, 7) | (2 | 3, 0..3) if is_seen => handle,
        (0 | 1, 0..3) => handle,
        (0 | 1, 3) => Does::Goto(base),
        (0 | 1, 4) => Does::Push(upper),
        (0 | 1, 5 | 6) if may_wait => Does::Defer,
        (0 | 1, 5 | 6) => handle,
        (0 | 1, _) => Does::Ignore,
        (2 | 3, 0..3) => return None,
        (2 | 3, 3) => handle,
        (2 | 3, 4) => Does::Goto(upper),
        (2 | 3, 5) => Does::Pop,
        (2 | 3, 6) if may_wait => Does::Defer,
        (2 | 3, 6) => Does::Push(upper),
        (2 | 3, _) => Does::Ignore,
        (_, 0..4) => handle,
        _ => return None,
    })
}

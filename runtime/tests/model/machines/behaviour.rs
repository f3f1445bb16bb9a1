//! What the handlers of a random machine do: a function of what they are run for, so that the model knows it, too.

use super::charts::{UPPER, mix};

/// What a handler is run for.
#[derive(Debug, Clone, PartialEq)]
pub struct Ran<'a> {
    /// Which handler.
    pub handler: &'a str,
    /// The state on top.
    pub state: usize,
    /// The event's name and tag.
    pub event: &'a str,
    pub tag: &'a str,
    /// How much may still come of it.
    pub fuel: u64,
    /// How many handlers the machine has run.
    pub nth: usize,
}

/// What it does besides.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Act {
    /// Sends an event of this kind to a machine that has a name.
    Send(u64, u64),
    /// To the machine that it created last, if it did.
    SendToChild(u64),
    Create,
    /// Starts this timer, or stops it if it runs.
    Turn(u64),
}

/// What it returns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Move {
    Stay,
    Goto(usize),
    Push(usize),
    Pop,
    Raise,
    Halt,
}

/// How many machines have names.
pub const NAMED: u64 = 3;

pub fn behave(chart: u64, name: &str, ran: &Ran<'_>) -> (Vec<Act>, Move) {
    let text = format!("{name}{ran:?}");
    let mut dice = text
        .bytes()
        .fold(chart, |seed, byte| mix(seed ^ u64::from(byte)));
    let mut below = |below: u64| {
        dice = mix(dice);
        dice % below
    };
    let mut acts = Vec::new();
    let more = match (ran.fuel, ran.handler) {
        (0, _) => 0,
        // Or a few events would become thousands.
        (_, "entry" | "exit") => below(4) / 3,
        _ => 1 + below(2),
    };
    for _ in 0..more {
        acts.push(match below(9) {
            0..5 => Act::Send(below(NAMED), below(3)),
            5 | 6 => Act::SendToChild(below(3)),
            7 if ran.fuel > 1 => Act::Create,
            _ => Act::Turn(below(2)),
        });
    }
    let is_upper = ran.state >= UPPER;
    let level = if is_upper { UPPER } else { 0 };
    let wanted = match below(12) {
        0 | 1 => Move::Goto(level + below(2) as usize),
        2 => Move::Push(UPPER + below(2) as usize),
        3 if is_upper => Move::Pop,
        4 | 5 if ran.fuel > 0 => Move::Raise,
        6 if name.contains('/') => Move::Halt,
        _ => Move::Stay,
    };
    let calm = match ran.handler {
        "exit" => true,
        // Or they would enter one state after the other.
        "entry" => below(3) > 0,
        _ => false,
    };
    (acts, if calm { Move::Stay } else { wanted })
}

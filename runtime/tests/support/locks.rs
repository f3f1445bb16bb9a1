//! Orchestrations with critical sections, which find out whether somebody else was in them.

use undying::__private::{Arg, EntityRef};
use undying::prelude::*;

use super::bodies::{PANICS, spend, step};
use super::entities::{Look, Purse, Put, Take, purse};

/// The purses that are locked: so many, from this number on.
pub const PURSES: u64 = 4;
pub const FIRST: u64 = 9_000;

/// The reference to one of them.
fn at(nth: u64) -> EntityRef<Purse> {
    EntityRef::new((FIRST + nth % PURSES).to_string())
}

/// Puts coins into a few purses, which it has locked, and steps in between; in the order that `seed`
/// gives. Whether only its own coins came into them meanwhile, for each of `rounds`.
#[orchestration]
pub async fn exclusive(seed: u64, rounds: u64) -> u64 {
    let mut alone = 0;
    for round in 0..rounds {
        let coins = 1 + seed % 7;
        let purses = lock(some(seed + round * 3)).await;
        let mut before = Vec::new();
        for purse in &purses {
            before.push(purse.operation::<Put>((Arg(coins),)).await);
        }
        assert!(!spend(&PANICS), "a turn that panics");
        if step(round).await != round + 1 {
            return 0;
        }
        let mut same = 1;
        for (purse, before) in purses.into_iter().zip(before) {
            let now = purse.operation::<Look>((Arg(0),)).await;
            same *= u64::from(now == before);
        }
        alone += same;
    }
    alone
}

/// One to three of them, in some order.
fn some(seed: u64) -> Vec<EntityRef<Purse>> {
    match seed % 3 {
        0 => vec![at(seed), at(seed + 1)],
        1 => vec![at(seed + 2), at(seed + 1), at(seed)],
        _ => vec![at(seed)],
    }
}

/// Takes one coin out of each purse it has locked, without steps and in orders that look random: all
/// of it may happen in one epoch.
#[orchestration]
pub async fn brief(seed: u64, rounds: u64) -> u64 {
    let mut alone = 0;
    for round in 0..rounds {
        let mixed = (seed + round).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33;
        let purses = lock(some(mixed)).await;
        let mut same = 1;
        for purse in &purses {
            let before = purse.operation::<Look>((Arg(0),)).await;
            let now = purse.operation::<Take>((Arg(1),)).await;
            same *= u64::from(now == Ok(before - 1));
        }
        alone += same;
    }
    alone
}

/// Enters a section unless that takes too long, again and again; how often it got in.
#[orchestration]
pub async fn hasty(seed: u64, rounds: u64) -> u64 {
    let mut entered = 0;
    for round in 0..rounds {
        entered += match race((inside(seed + round), sleep(millis(5 * (seed % 4))))).await {
            Either::First(entered) => entered,
            Either::Second(()) => 0,
        };
    }
    rounds * 100 + entered
}

/// Whether it was alone.
#[resumable]
pub(super) async fn inside(first: u64) -> u64 {
    let (one, other) = lock((at(first + 1), at(first))).await;
    let before = one.operation::<Look>((Arg(0),)).await;
    step(before).await;
    other.operation::<Put>((Arg(1),)).await;
    u64::from(one.operation::<Look>((Arg(0),)).await == before)
}

/// Signals a purse, locks it and another one, and looks: what it signalled is there.
#[orchestration]
pub async fn signals_first(nth: u64, coins: u64) -> u64 {
    purse::<Put>(FIRST + 100 + nth, coins).signal().await;
    let mine: EntityRef<Purse> = EntityRef::new((FIRST + 100 + nth).to_string());
    let (_, mine) = lock((at(0), mine)).await;
    mine.operation::<Look>((Arg(0),)).await
}

/// Locks two purses, steps, and looks into one of them so often.
#[orchestration]
pub async fn glances(first: u64, looks: u64) -> u64 {
    let (one, _other) = lock((at(first), at(first + 1))).await;
    step(first).await;
    let mut seen = 0;
    for _ in 0..looks {
        seen += one.operation::<Look>((Arg(0),)).await;
    }
    step(seen).await
}

//! Transfers between accounts, in critical sections that also end early.

use undying::__private::{Arg, EntityRef};
use undying::prelude::*;

use super::bodies::{PANICS, spend, step};
use super::entities::{Purse, Put, Take};

/// The accounts: so many purses, from this number on.
pub const ACCOUNTS: u64 = 4;
pub const FIRST: u64 = 7_000;

/// From which account to which other one.
pub fn accounts(route: u64) -> (u64, u64) {
    let from = route % ACCOUNTS;
    let to = from + 1 + route / ACCOUNTS % (ACCOUNTS - 1);
    (from, to % ACCOUNTS)
}

fn at(account: u64) -> EntityRef<Purse> {
    EntityRef::new((FIRST + account).to_string())
}

/// Moves coins if there are enough, and leaves the section by `?` if there are not.
#[resumable]
async fn moves(route: u64, coins: u64) -> Result<u64, u64> {
    let (from, to) = accounts(route);
    let (from, to) = lock((at(from), at(to))).await;
    let taken = from.operation::<Take>((Arg(coins),)).await;
    taken?;
    step(route).await;
    assert!(!spend(&PANICS), "a turn that panics");
    to.operation::<Put>((Arg(coins),)).await;
    Ok(coins)
}

/// How many coins were moved.
#[orchestration]
pub async fn transfer(route: u64, coins: u64) -> u64 {
    let moved = moves(route, coins).await.unwrap_or(0);
    step(moved).await;
    moved
}

//! The cast of the programs: three items, and activities that price, reserve and charge them.

use serde::{Deserialize, Serialize};
use undying::{Failure, activity};

pub use crate::{deploy, run};

/// What the shop sells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Item {
    /// Costs 3; there are 2.
    Tea,
    /// Costs 7; there is 1.
    Cup,
    /// Costs 1000; there is none.
    Unicorn,
}

/// An item that is set aside.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held(pub Item);

/// What was paid.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt(pub u64);

/// Why there is no deal.
#[derive(Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum Declined {
    /// The buyer's fault.
    #[error("no money")]
    NoMoney,
    /// The shop's fault.
    #[error("out of stock")]
    OutOfStock,
    /// An activity timed out, panicked or was cancelled.
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// What an item costs.
#[activity]
pub async fn price(item: Item) -> u64 {
    match item {
        Item::Tea => 3,
        Item::Cup => 7,
        Item::Unicorn => 1000,
    }
}

/// How many there are.
#[activity]
pub async fn stock(item: Item) -> Option<u64> {
    match item {
        Item::Tea => Some(2),
        Item::Cup => Some(1),
        Item::Unicorn => None,
    }
}

/// Sets an item aside.
///
/// # Errors
/// A unicorn is out of stock.
#[activity]
pub async fn reserve(item: Item) -> Result<Held, Declined> {
    if item == Item::Unicorn {
        return Err(Declined::OutOfStock);
    }
    Ok(Held(item))
}

/// Puts an item back.
#[activity]
pub async fn release(held: Held) -> Item {
    held.0
}

/// Takes the money.
///
/// # Errors
/// Nobody has more than 100.
#[activity]
pub async fn charge(amount: u64) -> Result<Receipt, Declined> {
    if amount > 100 {
        return Err(Declined::NoMoney);
    }
    Ok(Receipt(amount))
}

/// The sum of two numbers.
#[activity]
pub async fn add(a: u64, b: u64) -> u64 {
    a + b
}

/// Application state: what an activity adds to an amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rates {
    /// In percent.
    pub percent: u64,
}

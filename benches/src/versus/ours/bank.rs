//! The bank: each transfer locks two accounts, reads one, and changes both.

use anyhow::{Result, ensure};
use undying::prelude::*;

use super::Setting;
use crate::row::Row;

/// How many accounts the contended bank has.
const FEW: u64 = 20;

#[entity(key = u64)]
#[derive(Debug, Default, Serialize, Deserialize)]
struct Account {
    balance: i64,
}

#[entity]
impl Account {
    pub fn balance(&self) -> i64 {
        self.balance
    }

    pub fn add(&mut self, amount: i64) {
        self.balance += amount;
    }
}

/// Succeeds whatever the balance is.
#[orchestration]
pub(crate) async fn transfer(from: u64, to: u64) -> bool {
    let (from, to) = lock((Account::at(from), Account::at(to))).await;
    from.balance().await;
    from.add(-1_000).await;
    to.add(1_000).await;
    true
}

/// So many transfers in flight; each between two accounts of its own, or between two of a few.
pub(crate) async fn run(
    setting: &Setting,
    is_contended: bool,
    in_flight: usize,
    shards: usize,
) -> Result<Vec<Row>> {
    let subject = setting.open(super::builder().shards(shards)).await?;
    let engine = subject.engine.clone();
    let accounts = move |number: u64| match is_contended {
        true => {
            let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
            let (from, step) = (mixed % FEW, 1 + mixed / FEW % (FEW - 1));
            (from, (from + step) % FEW)
        }
        false => (2 * number, 2 * number + 1),
    };
    let load = setting.clients(in_flight).run(move |number| {
        let engine = engine.clone();
        async move {
            let (from, to) = accounts(number);
            let transfer = engine.start(number.to_string(), transfer(from, to));
            let is_moved = transfer.await?.result().await?;
            ensure!(is_moved, "transfer {number} moved nothing");
            Ok(())
        }
    });
    let load = load.await?;
    let mut money = 0;
    let all = if is_contended {
        FEW
    } else {
        2 * load.latencies.count().min(1_000) as u64
    };
    for account in 0..all {
        let state = subject.engine.state::<Account>(account).await?;
        money += state.map_or(0, |account| account.balance);
    }
    ensure!(money == 0, "{money} were made of nothing");
    subject.close().await?;
    Ok(vec![setting.row("").load(&load, 1)])
}

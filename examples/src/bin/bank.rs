//! A bank: accounts are entities, transfers are orchestrations; kills neither make nor lose money.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use clap::Parser;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::task::JoinSet;
use undying::prelude::*;
use undying_examples::crash::Crash;
use undying_examples::progress::Progress;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What each account begins with.
const OPENED_WITH: i64 = 2_000;

#[derive(Debug, Clone, PartialEq, thiserror::Error, Serialize, Deserialize)]
enum Declined {
    #[error("there are only {0}")]
    Short(i64),
    #[error(transparent)]
    Failed(#[from] undying::Failure),
}

#[entity]
#[derive(Debug, Default, Serialize, Deserialize)]
struct Account {
    balance: i64,
}

#[entity]
impl Account {
    pub fn deposit(&mut self, amount: i64) {
        self.balance += amount;
    }

    /// Takes the money first: an operation that returns an `Err` is undone.
    pub fn withdraw(&mut self, amount: i64) -> Result<(), Declined> {
        let before = self.balance;
        self.balance -= amount;
        if self.balance < 0 {
            return Err(Declined::Short(before));
        }
        Ok(())
    }
}

#[orchestration]
async fn open_account(number: u64) {
    Account::at(number.to_string()).deposit(OPENED_WITH).await;
}

/// Whether the money was moved.
#[orchestration]
async fn transfer(from: u64, to: u64, amount: i64) -> Result<bool, Declined> {
    match Account::at(from.to_string()).withdraw(amount).await {
        Ok(()) => {}
        Err(Declined::Short(_)) => return Ok(false),
        Err(failed) => return Err(failed),
    }
    Account::at(to.to_string()).deposit(amount).await;
    Ok(true)
}

/// Moves money between accounts, and counts it at the end
#[derive(Debug, Parser)]
struct Options {
    /// How many accounts there are
    #[arg(long, value_name = "N", default_value_t = 20)]
    accounts: u64,
    /// How many transfers are made
    #[arg(long, value_name = "N", default_value_t = 5_000)]
    transfers: u64,
    #[command(flatten)]
    crash: Crash,
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    let work = async |store: &Path, progress: &Arc<Progress>| {
        let engine = Engine::open(store).await?;
        let moved = transfer_all(&options, &engine, progress).await?;
        let total = count(&options, &engine).await?;
        engine.shutdown().await?;
        Ok((moved, total))
    };
    let progress = Progress::new("moving", "transfers");
    let Some(done) = options.crash.run(progress, work).await? else {
        return Ok(());
    };
    let (moved, total) = done.result;
    let expected = options.accounts as i64 * OPENED_WITH;
    println!(
        "{} transfers, {moved} moved money; killed {} times; {total} in {} accounts",
        options.transfers, done.killed, options.accounts
    );
    ensure!(total == expected, "there should be {expected}");
    Ok(())
}

/// Opens the accounts and makes the transfers, each once: what was done before is not done again.
async fn transfer_all(options: &Options, engine: &Engine, progress: &Progress) -> Result<usize> {
    for number in 0..options.accounts {
        let opening = open_account(number);
        engine.start(format!("open-{number}"), opening).await?;
    }
    let mut transfers = JoinSet::new();
    for number in 0..options.transfers {
        // Random, and the same in every process.
        let mut random = StdRng::seed_from_u64(number);
        let mut account = || random.random_range(0..options.accounts);
        let (from, to) = (account(), account());
        let call = transfer(from, to, random.random_range(0..30));
        let engine = engine.clone();
        transfers.spawn(async move {
            let handle = engine.start(format!("transfer-{number}"), call).await?;
            handle.result().await
        });
    }
    progress.set(0, options.transfers);
    let mut moved = 0;
    while let Some(ended) = transfers.join_next().await {
        moved += usize::from(ended???);
        progress.increment();
    }
    Ok(moved)
}

/// The money in all accounts.
async fn count(options: &Options, engine: &Engine) -> Result<i64> {
    let mut total = 0;
    for number in 0..options.accounts {
        let account = engine.state::<Account>(number.to_string()).await?;
        total += account.context("every account was opened")?.balance;
    }
    Ok(total)
}

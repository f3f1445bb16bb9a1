//! A bank: tellers move money between accounts that they lock, an auditor locks all of them and counts.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use clap::Parser;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::task::JoinSet;
use undying::prelude::*;
use undying_benches::Latencies;
use undying_examples::crash::Crash;
use undying_examples::figures::grouped;
use undying_examples::progress::Progress;

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// What each account begins with.
const OPENED_WITH: i64 = 2_000;

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

/// Whether the money was moved. Nobody sees it on the way: both accounts are held.
#[orchestration]
async fn transfer(from: u64, to: u64, amount: i64) -> bool {
    let (from, to) = lock((Account::at(from), Account::at(to))).await;
    if from.balance().await < amount {
        return false;
    }
    from.add(-amount).await;
    to.add(amount).await;
    true
}

/// The money in all accounts at one time.
#[orchestration]
async fn audit(accounts: u64) -> i64 {
    let all = lock((0..accounts).map(Account::at).collect::<Vec<_>>()).await;
    let balances = join_all(all.iter().map(|account| account.balance())).await;
    balances.into_iter().sum()
}

/// How the audits came out.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Audits {
    right: u64,
    /// Sums that were not what they had to be.
    wrong: Vec<i64>,
}

/// Audits again and again until the bank closes, and once more then.
#[orchestration]
async fn auditor(accounts: u64, every: Duration) -> Audits {
    let mut audits = Audits::default();
    loop {
        let closed = timeout(every, event::<()>("closed")).await.is_ok();
        match audit(accounts).await {
            sum if sum == money(accounts) => audits.right += 1,
            sum => audits.wrong.push(sum),
        }
        if closed {
            return audits;
        }
    }
}

#[orchestration]
async fn open_accounts(accounts: u64) {
    let openings = (0..accounts).map(|number| Account::at(number).add(OPENED_WITH));
    join_all(openings).await;
}

fn money(accounts: u64) -> i64 {
    accounts as i64 * OPENED_WITH
}

/// Moves money between accounts under locks, and audits it all the while
#[derive(Debug, Parser)]
struct Options {
    /// How many tellers make transfers, each one after the other
    #[arg(long, value_name = "N", default_value = "50", value_parser = clap::value_parser!(u64).range(1..=10_000))]
    tellers: u64,
    /// How many accounts there are
    #[arg(long, value_name = "M", default_value = "20", value_parser = clap::value_parser!(u64).range(1..=500))]
    accounts: u64,
    /// How many transfers each teller makes
    #[arg(long, value_name = "N", default_value = "200", value_parser = clap::value_parser!(u64).range(1..))]
    transfers: u64,
    /// How many milliseconds the auditor waits after each audit
    #[arg(long, value_name = "MS", default_value = "20")]
    audit_every: u64,
    #[command(flatten)]
    crash: Crash,
}

/// What a day at the bank gave.
#[derive(Debug)]
struct Day {
    moved: u64,
    audits: Audits,
    /// In the end.
    money: i64,
    took: Duration,
    times: Latencies,
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    let work =
        async |engine: &Engine, progress: &Arc<Progress>| day(&options, engine, progress).await;
    let progress = Progress::new("moving", "transfers");
    let Some(done) = options.crash.run_on_engine(progress, work).await? else {
        return Ok(());
    };
    let Day {
        moved,
        audits,
        money: total,
        took,
        times,
    } = done.result;
    let transfers = options.tellers * options.transfers;
    println!(
        "{} transfers by {} tellers, {} of them moved money; killed {} times",
        grouped(transfers),
        options.tellers,
        grouped(moved),
        done.killed
    );
    if done.killed == 0 {
        let rate = transfers as f64 / took.as_secs_f64();
        println!(
            "{} transfers/s, each with two locks; {times}",
            grouped(rate as u64)
        );
    }
    println!(
        "{} audits, {} of them wrong; {total} in {} accounts",
        grouped(audits.right + audits.wrong.len() as u64),
        audits.wrong.len(),
        options.accounts
    );
    let expected = money(options.accounts);
    ensure!(
        audits.wrong.is_empty(),
        "sums: {:?}, not {expected}",
        audits.wrong
    );
    ensure!(total == expected, "there should be {expected}");
    Ok(())
}

/// Opens the bank, or goes on where it was; closes it when all tellers are done.
async fn day(options: &Options, engine: &Engine, progress: &Arc<Progress>) -> Result<Day> {
    let (accounts, every) = (options.accounts, millis(options.audit_every));
    let opening = engine.start("open", open_accounts(accounts)).await?;
    opening.result().await?;
    let started = Instant::now();
    let auditor = engine.start("auditor", auditor(accounts, every)).await?;
    progress.set(0, options.tellers * options.transfers);
    let mut tellers = JoinSet::new();
    for number in 0..options.tellers {
        let (engine, progress) = (engine.clone(), progress.clone());
        tellers.spawn(teller(
            number,
            accounts,
            options.transfers,
            engine,
            progress,
        ));
    }
    let (mut moved, mut times) = (0, Vec::new());
    while let Some(teller) = tellers.join_next().await {
        let teller = teller??;
        moved += teller.0;
        times.extend(teller.1);
    }
    let took = started.elapsed();
    match auditor.raise("closed", &()).await {
        // It was told before a kill.
        Ok(()) | Err(undying::Error::WrongStatus { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    let audits = auditor.result().await?;
    let mut money = 0;
    for number in 0..accounts {
        let account = engine.state::<Account>(number).await?;
        money += account.context("every account was opened")?.balance;
    }
    Ok(Day {
        moved,
        audits,
        money,
        took,
        times: Latencies::new(times),
    })
}

/// Makes transfers one after the other between accounts in any order. Which were made before a kill
/// are not made again. Gives how many moved money, and the time of each.
async fn teller(
    number: u64,
    accounts: u64,
    transfers: u64,
    engine: Engine,
    progress: Arc<Progress>,
) -> undying::Result<(u64, Vec<Duration>)> {
    let (mut moved, mut times) = (0, Vec::new());
    for n in 0..transfers {
        // Random, and the same in every process.
        let mut random = StdRng::seed_from_u64((number << 32) | n);
        let (from, to) = (
            random.random_range(0..accounts),
            random.random_range(0..accounts),
        );
        let call = transfer(from, to, random.random_range(1..OPENED_WITH / 4));
        let started = Instant::now();
        let handle = engine.start(format!("transfer-{number}-{n}"), call).await?;
        moved += u64::from(handle.result().await?);
        times.push(started.elapsed());
        progress.increment();
    }
    Ok((moved, times))
}

//! A bank that loses its commits and its engine again and again: each transfer is made exactly once.
//!
//! Clients start transfers by their ids, many at a time, between accounts that are entities in all
//! partitions, until each has been answered; whoever was not answered asks again. `TRIES` is the number
//! of transfers, in banks of at most 20,000; `SEED` chooses them and what fails. Engine and clients run on threads: the same seed
//! meets the same transfers and faults, not the same interleaving.

#[path = "common/tally.rs"]
mod tally;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tally::Tally;
use tokio::task::JoinSet;
use undying::Error;
use undying::prelude::*;
use undying::store::memory::{Fault, MemoryDisk};

const ACCOUNTS: u64 = 1_000;
/// Some are in every fourth transfer.
const POPULAR: u64 = 10;
const OPENED_WITH: i64 = 100;
/// Transfers that are asked for at a time.
const AT_ONCE: u64 = 200;
/// Transfers of one bank at most.
const TRANSFERS_MAX: u64 = 20_000;

#[entity(key = u64)]
#[derive(Debug, Serialize, Deserialize)]
struct Account {
    balance: i64,
    /// The transfers that took from it, and those that put in.
    took: Vec<u64>,
    put: Vec<u64>,
}

impl Default for Account {
    fn default() -> Self {
        Account {
            balance: OPENED_WITH,
            took: Vec::new(),
            put: Vec::new(),
        }
    }
}

#[entity]
impl Account {
    pub fn balance(&self) -> i64 {
        self.balance
    }

    pub fn take(&mut self, transfer: u64, amount: i64) {
        self.balance -= amount;
        assert!(self.balance >= 0, "transfer {transfer} takes too much");
        self.took.push(transfer);
    }

    pub fn put(&mut self, transfer: u64, amount: i64) {
        self.balance += amount;
        self.put.push(transfer);
    }
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Order {
    number: u64,
    from: u64,
    to: u64,
    amount: i64,
}

/// Whether the money was moved.
#[orchestration]
async fn transfer(order: Order) -> bool {
    let (from, to) = lock((Account::at(order.from), Account::at(order.to))).await;
    if from.balance().await < order.amount {
        return false;
    }
    from.take(order.number, order.amount).await;
    to.put(order.number, order.amount).await;
    true
}

fn order(number: u64, random: &mut StdRng) -> Order {
    let accounts = match number % 4 {
        0 => POPULAR,
        _ => ACCOUNTS,
    };
    let from = random.random_range(0..accounts);
    let to = (from + random.random_range(1..accounts)) % accounts;
    let amount = random.random_range(1..OPENED_WITH);
    Order {
        number,
        from,
        to,
        amount,
    }
}

async fn open(disk: &MemoryDisk, shards: usize) -> Engine {
    let builder = Engine::builder().shards(shards);
    let engine = builder.open_store(Arc::new(disk.clone())).await;
    engine.expect("the engine opens")
}

/// Asks for a transfer, and for its answer.
async fn ask(engine: Engine, order: Order) -> Result<(u64, bool), Error> {
    let id = format!("transfer-{}", order.number);
    let handle = engine.start(id, transfer(order)).await?;
    Ok((order.number, handle.result().await?))
}

/// The bank of one run.
struct Bank {
    disk: MemoryDisk,
    random: StdRng,
    orders: Vec<Order>,
    /// What was answered, by numbers.
    answers: BTreeMap<u64, bool>,
    deaths: u64,
}

impl Bank {
    /// Makes all transfers.
    async fn work(&mut self) {
        while self.answers.len() < self.orders.len() {
            self.live().await;
        }
    }

    /// One life of an engine: it is dropped after some answers.
    async fn live(&mut self) {
        let shards = self.random.random_range(1..=3);
        let engine = open(&self.disk, shards).await;
        let open = |order: &&Order| !self.answers.contains_key(&order.number);
        let open: Vec<Order> = self.orders.iter().filter(open).copied().collect();
        let longest = self.orders.len().div_ceil(8).min(400);
        let life = self.random.random_range(1..=longest);
        let mut open = open.into_iter();
        let mut asked = JoinSet::new();
        // One that was answered before is asked again.
        if let Some((number, _)) = self.answers.last_key_value() {
            asked.spawn(ask(engine.clone(), self.orders[*number as usize]));
        }
        for order in open.by_ref().take(AT_ONCE as usize) {
            asked.spawn(ask(engine.clone(), order));
        }
        for _ in 0..life {
            let Some(answer) = asked.join_next().await else {
                break;
            };
            let (number, moved) = answer.expect("no panic").expect("an answer");
            let first = *self.answers.entry(number).or_insert(moved);
            assert_eq!(first, moved, "transfer {number} is answered otherwise");
            if let Some(order) = open.next() {
                asked.spawn(ask(engine.clone(), order));
            }
            if self.random.random_range(0..100) == 0 {
                let fault = [Fault::Lost, Fault::Landed][self.random.random_range(0..2)];
                let commit = self.disk.sequence() + self.random.random_range(1..10);
                self.disk.fail_commit(commit, fault);
            }
        }
        asked.shutdown().await;
        self.deaths += 1;
    }

    /// Each transfer was made once or was refused, and no money came or went.
    async fn check(&self) {
        let engine = open(&self.disk, 2).await;
        let (mut money, mut partitions) = (0, BTreeSet::new());
        let (mut took, mut put) = (BTreeMap::new(), BTreeMap::new());
        for number in 0..ACCOUNTS {
            let state = engine.state::<Account>(number).await;
            let account = state.expect("it is open").unwrap_or_default();
            assert!(account.balance >= 0, "{number}: {account:?}");
            money += account.balance;
            for (transfers, sides) in [(&account.took, &mut took), (&account.put, &mut put)] {
                for transfer in transfers {
                    let before = sides.insert(*transfer, number);
                    assert_eq!(before, None, "transfer {transfer} was made twice");
                }
            }
            if let Ok(found) = engine.describe(&format!("@Account@{number}")).await {
                assert_eq!(found.locked_by, None, "{found:?}");
                partitions.insert(found.number.partition);
            }
        }
        assert_eq!(money, ACCOUNTS as i64 * OPENED_WITH);
        let moved = self
            .orders
            .iter()
            .filter(|order| self.answers[&order.number]);
        let moved: Vec<_> = moved.collect();
        let sides = |side: fn(&Order) -> u64| {
            let sides = moved.iter().map(|order| (order.number, side(order)));
            sides.collect::<BTreeMap<_, _>>()
        };
        assert_eq!(took, sides(|order| order.from));
        assert_eq!(put, sides(|order| order.to));
        let (moved, partitions) = (moved.len(), partitions.len());
        let deaths = self.deaths;
        println!("{moved} moved money in {partitions} partitions; {deaths} engines were dropped");
        engine.shutdown().await.expect("it closes");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn transfers_are_made_exactly_once_however_often_commits_and_engines_are_lost() {
    let mut tally = Tally::new(7, "transfers of a bank are made exactly once");
    // Many transfers are those of several banks, each with the next seed.
    let (mut left, mut seed) = (tally::tries(300), tally::seed());
    while left > 0 {
        let transfers = left.min(TRANSFERS_MAX);
        println!("SEED={seed} TRIES={transfers}");
        let mut random = StdRng::seed_from_u64(seed);
        let orders = (0..transfers).map(|number| order(number, &mut random));
        let mut bank = Bank {
            disk: MemoryDisk::new(),
            orders: orders.collect(),
            random,
            answers: BTreeMap::new(),
            deaths: 0,
        };
        bank.work().await;
        tally.tried(transfers);
        bank.check().await;
        (left, seed) = (left - transfers, seed + 1);
    }
}

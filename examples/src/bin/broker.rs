//! A broker: moves money between two accounts, and puts it back when one of them refuses; no kill
//! makes or loses any.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use clap::Parser;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::task::JoinSet;
use undying::{Engine, MonitorReport};
use undying_examples::crash::Crash;
use undying_examples::figures::grouped;
use undying_examples::progress::Progress;
use undying_examples::rsm::broker::{
    AMOUNT_BELOW, Broker, Client, HowDone, OPENED_WITH, Outcome, Which, Wish, account,
};
use undying_examples::rsm::{at_rest, left, lines};

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Lets state machines move money, with compensation, and watches that none is made or lost
#[derive(Debug, Parser)]
struct Options {
    /// How many clients there are, each with two accounts and a broker
    #[arg(long, value_name = "N", default_value = "500", value_parser = clap::value_parser!(u64).range(1..=10_000))]
    clients: u64,
    #[command(flatten)]
    crash: Crash,
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    let work = async |engine: &Engine, progress: &Arc<Progress>| {
        day(options.clients, engine, progress).await
    };
    let progress = Progress::new("serving", "clients");
    let Some(done) = options.crash.run_on_engine(progress, work).await? else {
        return Ok(());
    };
    let (outcomes, reports) = done.result;
    let number = |outcome| grouped(outcomes.get(&outcome).copied().unwrap_or_default());
    println!(
        "{} orders: {} moved money, {} were refused, {} were compensated; killed {} times",
        grouped(options.clients),
        number(Outcome::Moved),
        number(Outcome::Refused),
        number(Outcome::Compensated),
        done.killed
    );
    println!(
        "{} in {} accounts, each pair as it must be",
        grouped(options.clients * 2 * OPENED_WITH),
        grouped(options.clients * 2)
    );
    println!("{}", lines(&reports));
    Ok(())
}

/// Serves all clients, or those that are left, and counts the money of each.
async fn day(
    clients: u64,
    engine: &Engine,
    progress: &Arc<Progress>,
) -> Result<(BTreeMap<Outcome, u64>, Vec<MonitorReport>)> {
    progress.set(0, clients);
    let mut serving = JoinSet::new();
    for number in 0..clients {
        let (engine, progress) = (engine.clone(), progress.clone());
        serving.spawn(async move {
            let outcome = serve(number, &engine).await?;
            progress.increment();
            anyhow::Ok(outcome)
        });
    }
    let mut outcomes = BTreeMap::new();
    while let Some(outcome) = serving.join_next().await {
        *outcomes.entry(outcome??).or_default() += 1;
    }
    left::<Broker>(engine, 0).await?;
    Ok((outcomes, at_rest(engine).await?))
}

/// How the order of one client came out; its money is where it should be.
async fn serve(number: u64, engine: &Engine) -> Result<Outcome> {
    // Random, and the same in every process.
    let mut random = StdRng::seed_from_u64(number);
    let from = [Which::A, Which::B][random.random_range(0..2)];
    let amount = random.random_range(0..AMOUNT_BELOW);
    let client = Client::at(number);
    let wish = Wish {
        client: number,
        from,
        amount,
        pauses: random.random_range(0..6),
    };
    engine.create(&client, wish).await?;
    let outcome = engine.ask(&client, &HowDone).await?;
    let mut balances = Vec::new();
    for which in [Which::A, Which::B] {
        let account = engine.fields(&account(number, which)).await?;
        balances.push(account.context("both accounts were opened")?.balance);
    }
    if from == Which::B {
        balances.reverse();
    }
    let expected = match outcome {
        Outcome::Moved => [OPENED_WITH - amount, OPENED_WITH + amount],
        Outcome::Refused | Outcome::Compensated => [OPENED_WITH; 2],
    };
    ensure!(
        balances == expected,
        "client {number}: {balances:?} after {outcome:?}, not {expected:?}"
    );
    Ok(outcome)
}

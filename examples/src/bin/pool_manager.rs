//! A pool manager: keeps pools of VMs as a file says that changes while it runs, though VMs fail to be
//! created and deleted; no kill leaves a VM over or a pool short of one.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use clap::Parser;
use undying::{Engine, MonitorReport};
use undying_examples::crash::Crash;
use undying_examples::figures::grouped;
use undying_examples::progress::Progress;
use undying_examples::rsm::pool_manager::{
    Chance, Config, DriverInit, PoolDriver, PoolManager, PoolsAtGoal, VmManager,
};
use undying_examples::rsm::{at_rest, left, lines};

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// How many VMs each pool has in the end.
const VMS: u64 = 20;
/// How long a change of the configuration may take.
const WITHIN: Duration = Duration::from_secs(60);

/// Keeps pools of VMs as a file says, which it changes now and then, though VMs fail
#[derive(Debug, Parser)]
struct Options {
    /// How many pools there are in the end, each with 20 VMs
    #[arg(long, value_name = "N", default_value = "10", value_parser = clap::value_parser!(u64).range(1..=1_000))]
    pools: u64,
    /// How often the file changes
    #[arg(long, value_name = "N", default_value = "5", value_parser = clap::value_parser!(u64).range(0..=1_000))]
    changes: u64,
    /// How many percent of the creations and deletions of VMs fail
    #[arg(long, value_name = "PERCENT", default_value = "25", value_parser = clap::value_parser!(u32).range(0..=90))]
    failing: u32,
    /// How many milliseconds pass between two looks at the file
    #[arg(long, value_name = "MS", default_value = "20", value_parser = clap::value_parser!(u64).range(1..))]
    every: u64,
    /// Follows this file instead, lines `<pool> <VMs>`, until Ctrl-C: change it
    #[arg(long, value_name = "FILE", conflicts_with_all = ["pools", "changes", "times"])]
    config: Option<PathBuf>,
    #[command(flatten)]
    crash: Crash,
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    if let Some(file) = &options.config {
        return follow(&options, file).await;
    }
    let work = async |store: &Path, progress: &Arc<Progress>| {
        let engine = Engine::open(store).await?;
        let file = store.with_file_name("pools.conf");
        let made = change(&options, &engine, &file, progress).await?;
        engine.shutdown().await?;
        Ok(made)
    };
    let progress = Progress::new("managing", "percent");
    let Some(done) = options.crash.run(progress, work).await? else {
        return Ok(());
    };
    let (spec, reports) = done.result;
    println!(
        "{} pools of {VMS} VMs each after {} changes; killed {} times",
        grouped(options.pools),
        grouped(options.changes),
        done.killed
    );
    println!(
        "{} VMs came and {} went; {} creations and {} deletions failed",
        grouped(spec.came),
        grouped(spec.went),
        grouped(spec.not_created),
        grouped(spec.not_deleted)
    );
    println!("{}", lines(&reports));
    Ok(())
}

/// The pools of a step: other ones and other sizes each time, in the last as they shall be.
fn pools(options: &Options, step: u64) -> Config {
    let is_last = step == options.changes;
    let there = (0..options.pools).filter(|pool| is_last || !(pool + step).is_multiple_of(4));
    let size = |pool: u64| match is_last {
        true => VMS,
        false => VMS / 2 + 5 * ((pool * 7 + step * 3) % 5),
    };
    Config(
        there
            .map(|pool| (format!("pool-{pool}"), size(pool)))
            .collect(),
    )
}

/// Changes the file step by step, or goes on where that was, and looks at what has become of it.
async fn change(
    options: &Options,
    engine: &Engine,
    file: &Path,
    progress: &Progress,
) -> Result<(PoolsAtGoal, Vec<MonitorReport>)> {
    let first = step_of(file)?.unwrap_or_default();
    for step in first..=options.changes {
        let config = pools(options, step);
        config.write(file, &step.to_string())?;
        if step == first {
            let init = driver(options, file);
            engine.create(&PoolDriver::at("driver"), init).await?;
        }
        // Every other change comes before the one before is done.
        let share = match step % 2 == 1 && step < options.changes {
            true => 50,
            false => 100,
        };
        let show = |percent| {
            let done = step * 100 + percent;
            progress.set(done / (options.changes + 1), 100);
        };
        until(engine, &config, share, show).await?;
    }
    let reports = at_rest(engine).await?;
    let config = pools(options, options.changes);
    left::<PoolManager>(engine, config.0.len() as u64).await?;
    left::<VmManager>(engine, config.vms()).await?;
    let driver = engine.fields(&PoolDriver::at("driver")).await?;
    for (name, pool) in driver.context("a driver")?.pools {
        let pool = engine.fields(&pool).await?.context("a pool")?;
        let vms = [&pool.created, &pool.creating, &pool.deleting].map(|vms| vms.len() as u64);
        ensure!(
            Some(&vms[0]) == config.0.get(&name) && vms[1..] == [0, 0],
            "of `{name}`, {vms:?} VMs are created, being created, being deleted"
        );
    }
    Ok((spec(engine).await?, reports))
}

/// Which step the file is at.
fn step_of(file: &Path) -> Result<Option<u64>> {
    if !file.exists() {
        return Ok(None);
    }
    let text = fs::read_to_string(file)?;
    let step = text.lines().next().and_then(|line| line.strip_prefix("# "));
    let step = step.and_then(|step| step.parse().ok());
    Ok(Some(step.context("a configuration begins with its step")?))
}

fn driver(options: &Options, file: &Path) -> DriverInit {
    DriverInit {
        file: file.to_owned(),
        every_ms: options.every,
        chance: Chance {
            failing: options.failing,
            seed: rand::random(),
        },
    }
}

/// Waits until the driver follows `config`, and so many percent of its pools and VMs are there.
async fn until(engine: &Engine, config: &Config, share: u64, show: impl Fn(u64)) -> Result<()> {
    let deadline = Instant::now() + WITHIN;
    loop {
        let driver = engine.fields(&PoolDriver::at("driver")).await?;
        let spec = spec(engine).await?;
        if let Some(driver) = driver.filter(|driver| driver.config == *config)
            && driver.followed == spec.goal.followed
        {
            let away = spec.vms().abs_diff(config.vms())
                + (spec.pools.len() as u64).abs_diff(config.0.len() as u64);
            let percent = 100 - (away * 100 / config.vms().max(1)).min(100);
            show(percent);
            if away == 0 || percent > share {
                return Ok(());
            }
        }
        let reports = engine.monitors().await?;
        if reports.iter().any(|report| report.violation.is_some()) {
            bail!("{}", lines(&reports));
        }
        ensure!(
            Instant::now() < deadline,
            "{config:?} not after {WITHIN:?}: {spec:?}"
        );
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// What the monitor knows.
async fn spec(engine: &Engine) -> Result<PoolsAtGoal> {
    let fields = engine.fields(&PoolsAtGoal::at("monitor")).await?;
    Ok(fields.unwrap_or_default())
}

/// Follows a file that somebody else changes.
async fn follow(options: &Options, file: &Path) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let engine = Engine::open(folder.path().join("store")).await?;
    let machine = PoolDriver::at("driver");
    engine.create(&machine, driver(options, file)).await?;
    let (mut said, mut trouble) = (0, None);
    loop {
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(50)) => {}
            ended = tokio::signal::ctrl_c() => {
                ended?;
                break;
            }
        }
        let driver = engine.fields(&machine).await?.context("a driver")?;
        if driver.trouble != trouble {
            if let Some(trouble) = &driver.trouble {
                println!("nothing is changed: {trouble}");
            }
            trouble = driver.trouble;
        }
        let spec = spec(&engine).await?;
        let is_there = spec.vms() == spec.goal.vms && spec.pools.len() as u64 == spec.goal.pools;
        if is_there && spec.goal.followed > said {
            said = spec.goal.followed;
            println!(
                "{} pools with {} VMs, as configured",
                spec.goal.pools, spec.goal.vms
            );
        }
    }
    Ok(engine.shutdown().await?)
}

//! Runs the same workloads on `undying`, on its peers, on the raw disk and store: one table.

mod catalogue;
mod curves;
mod figures;
mod goals;
mod load;
mod memory;
mod options;
mod ours;
mod plot;
mod row;
mod systems;
mod table;

use std::io::Write;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use catalogue::{WORKLOADS, Workload};
use clap::Parser;
use goals::SUBJECT;
use options::Options;
use ours::Setting;
use systems::{Systems, Told};
use undying_benches::{Latencies, Times};

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> Result<ExitCode> {
    let options = Options::parse();
    if options.list {
        for Workload { name, what, .. } in WORKLOADS {
            println!("{name:24} {what}");
        }
        return Ok(ExitCode::SUCCESS);
    }
    let folder = options.folder();
    std::fs::create_dir_all(&folder).context("cannot create the folder of --folder")?;
    if options.here {
        return here(&options);
    }
    let workloads = options.workloads()?;
    let all = workloads.iter().flat_map(|one| options.systems(one));
    let systems = match all.into_iter().any(|system| system != SUBJECT) {
        true => Systems::with_peers(options.restate)?,
        false => Systems::default(),
    };
    if !options.restate && options.on.is_empty() {
        eprintln!("restate is skipped: `--restate` runs it, where its server is installed");
    }
    let (mut rows, mut is_well) = (Vec::new(), true);
    for workload in workloads {
        for system in options.systems(workload) {
            eprint!("{} on {system} .. ", workload.name);
            std::io::stderr().flush()?;
            let told = Told {
                workload: workload.name,
                secs: options.secs(),
                folder: &folder,
            };
            let began = Instant::now();
            let done = systems.run(system, &told)?;
            let failed = done.iter().find_map(row::Row::failed);
            let took = began.elapsed().as_secs_f64();
            eprintln!("{took:.1} s {}", failed.unwrap_or(""));
            is_well &= failed.is_none() || system != SUBJECT;
            rows.extend(done);
        }
    }
    // What is compared stands together, also where one workload has several results.
    let order: Vec<_> = rows.iter().map(|row| row.workload.clone()).collect();
    rows.sort_by_key(|row| order.iter().position(|one| *one == row.workload));
    table::compare(&mut rows);
    goals::judge(&mut rows);
    anstream::print!("{}\n{}", table::table(&rows), table::json(&rows));
    if let Some(file) = &options.plot {
        plot::draw(&rows, options.curves, file)?;
        eprintln!("drawn to {}", file.display());
    }
    Ok(ExitCode::from(u8::from(!is_well)))
}

/// Runs what a parent process has asked for.
fn here(options: &Options) -> Result<ExitCode> {
    let runtime = tokio::runtime::Runtime::new()?;
    for workload in &options.only {
        let setting = Setting {
            workload: workload.clone(),
            time: Duration::from_secs_f64(options.secs()),
            folder: options.folder(),
        };
        let mut rows = runtime.block_on(ours::run(&setting))?;
        let peak = memory::peak() as f64 / 1e6;
        for row in &mut rows {
            row.rss_mb.get_or_insert(peak);
        }
        print!("{}", table::json(&rows));
    }
    Ok(ExitCode::SUCCESS)
}

//! Counts the instructions of the shard per turn of several workloads, which hardly depend on the machine.

mod count;
mod table;
mod workloads;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use count::Valgrind;
use table::Counted;
use workloads::WORKLOADS;

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Counts the instructions that one unit of each workload costs a shard, by valgrind's callgrind
///
/// They are the same on every machine but for a part in a thousand, so that a change of the code shows
/// which no clock would. Runs in the simulation: one thread, a store in memory, no disk.
#[derive(Debug, Parser)]
struct Options {
    #[command(subcommand)]
    run: Option<Run>,
    /// Compare with benches/instructions.txt, and exit with 1 if any has grown by more than 10%
    #[arg(long)]
    check: bool,
    /// Write benches/instructions.txt anew
    #[arg(long, conflicts_with = "check")]
    write: bool,
}

#[derive(Debug, Subcommand)]
enum Run {
    /// What is counted: does so many units of a workload
    #[command(hide = true)]
    Work {
        /// Which
        workload: String,
        /// How many
        units: u64,
    },
}

fn main() -> Result<ExitCode> {
    let options = Options::parse();
    if let Some(Run::Work { workload, units }) = options.run {
        workloads::work(&workload, units)?;
        return Ok(ExitCode::SUCCESS);
    }
    let Some(valgrind) = Valgrind::installed() else {
        println!("skipped: valgrind is not installed, and nothing else counts instructions");
        return Ok(ExitCode::SUCCESS);
    };
    let before = table::read()?;
    let mut counted = Vec::new();
    for workload in WORKLOADS {
        let count = valgrind.count(workload)?;
        let was = before.get(workload.name).copied();
        println!(
            "{}",
            Counted {
                workload,
                count,
                was
            }
        );
        counted.push((workload.name, count));
    }
    if options.write {
        table::write(&counted)?;
    }
    let grown = counted
        .iter()
        .any(|(name, count)| table::has_grown(before.get(*name).copied(), *count));
    Ok(ExitCode::from(u8::from(options.check && grown)))
}

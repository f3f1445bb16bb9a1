//! The limits: the disk alone, and the store alone with the rows of a turn.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use fjall::{Database, KeyspaceCreateOptions, PersistMode};

use crate::load::Load;
use crate::row::Row;
use crate::{Latencies, Run};

/// How many turns one batch has at most.
const BATCH: usize = 1_000;

/// Appends of 4 KiB, one after the other, each synced.
pub fn disk(run: &Run) -> Result<Vec<Row>> {
    let folder = run.store()?;
    let one = crate::disk::fsync(folder.path(), 100)?.percentile(50);
    let count = (run.time.as_secs_f64() / one.as_secs_f64()) as usize;
    let began = Instant::now();
    let load = Load {
        latencies: crate::disk::fsync(folder.path(), count)?,
        took: began.elapsed(),
        unfinished: 0,
    };
    let row = run.row("fdatasync").load(&load, 1);
    Ok(vec![row.note("appends of 4 KiB, one at a time")])
}

/// Hello: the rows of four or six turns for each orchestration, one batch and one fsync for all that are
/// in flight, on one thread that does nothing else.
pub fn fjall(run: &Run) -> Result<Vec<Row>> {
    let turns = match run.family.as_str() {
        "hello-3" => 4,
        "hello-5" => 6,
        "sequence" => 1,
        family => bail!("raw fjall has no {family}"),
    };
    let in_flight = match run.family.as_str() {
        "sequence" => 1,
        _ => *run.sizes.first().context("how many are in flight?")?,
    };
    let folder = run.store()?;
    let database = Database::builder(folder.path()).open()?;
    let open = |name| database.keyspace(name, KeyspaceCreateOptions::default);
    let (events, instances, queue) = (open("events")?, open("instances")?, open("queue")?);
    let key = |instance: usize, turn: u64| {
        let mut key = [0; 20];
        key[4..12].copy_from_slice(&(instance as u64).to_be_bytes());
        key[12..].copy_from_slice(&turn.to_be_bytes());
        key
    };
    let (began, mut times, mut first) = (Instant::now(), Vec::<Duration>::new(), 0);
    while began.elapsed() < run.time {
        let started = Instant::now();
        for turn in 0..turns {
            let mut instance = first;
            while instance < first + in_flight {
                let next = (instance + BATCH).min(first + in_flight);
                let mut batch = database.batch().durability(Some(PersistMode::SyncAll));
                for instance in instance..next {
                    batch.insert(&events, key(instance, turn), [7; 98]);
                    batch.insert(&instances, &key(instance, 0)[4..12], [7; 48]);
                    batch.insert(&queue, key(instance, turn + 1), []);
                    batch.remove(&queue, key(instance, turn));
                }
                batch.commit()?;
                instance = next;
            }
        }
        times.extend(vec![started.elapsed(); in_flight]);
        first += in_flight;
    }
    let load = Load {
        took: began.elapsed(),
        latencies: Latencies::new(times),
        unfinished: 0,
    };
    let row = run.row("fsync").load(&load, 1);
    Ok(vec![row.note("the rows of its turns, on one thread")])
}

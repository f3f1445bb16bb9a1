//! What makes and merges the tables, beside the commits.

use std::{cmp::Reverse, path::Path, sync::Arc, time::Instant};

use fjall::{AbstractTree, Database, Keyspace, LsmError, compaction::Leveled};

use super::{LEVEL_BYTES, MERGED_TOGETHER, failed, stop::Stop, sync};
use crate::store::{
    StoreError,
    chunks::{Chunks, Merge},
};

/// Merges once in the first keyspace that has something to merge; says whether there was one.
pub(super) fn compact(
    database: &Database,
    keyspaces: Vec<Keyspace>,
    path: &Path,
    stop: Stop,
) -> impl FnMut() -> Result<bool, StoreError> + use<> {
    let snapshots = database.supervisor.snapshot_tracker.clone();
    let path = path.to_owned();
    let leveled = MERGED_TOGETHER.map(|together| {
        let leveled = Leveled::default().with_l0_threshold(together);
        // A level is as large as so many tables.
        Arc::new(leveled.with_table_target_size(LEVEL_BYTES / u64::from(together)))
    });
    let mut keyspaces: Vec<_> = keyspaces.into_iter().zip(leveled).collect();
    move || {
        // Most is unmerged where commits would have to wait first.
        keyspaces.sort_by_key(|(keyspace, _)| Reverse(keyspace.tree.l0_run_count()));
        for (keyspace, leveled) in &keyspaces {
            let tree = &keyspace.tree;
            let before = tree.current_version().id();
            let begun = Instant::now();
            match tree.compact(leveled.clone(), snapshots.get_seqno_safe_to_gc()) {
                Err(_) if stop.is_set() => return Ok(false),
                merged => merged.map_err(|error| failed("merge tables of", &path, error.into()))?,
            }
            // A flush in between makes it another version too: then this is asked once too often.
            if tree.current_version().id() != before {
                metrics::histogram!("undying_store_compaction_seconds").record(begun.elapsed());
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Moves all chunks to tables if they are so many bytes, but carries over what is less than a table; says
/// whether they were.
pub(super) fn move_chunks(
    database: &Database,
    keyspaces: Vec<Keyspace>,
    chunks: Arc<Chunks>,
    path: &Path,
) -> impl Fn(usize, usize) -> Result<bool, StoreError> + use<> {
    let database = database.clone();
    let path = path.to_owned();
    move |least, table| {
        let Some(leaving) = chunks.leave(least, table) else {
            return Ok(false);
        };
        // No table holds rows of a commit that a power loss can take back.
        sync(&database, &path)?;
        for (family, rows) in leaving.for_tables() {
            write_table(&keyspaces[family as usize], rows)
                .map_err(|error| failed("write a table of", &path, error.into()))?;
        }
        chunks.left(&leaving);
        Ok(true)
    }
}

/// Writes rows into a table that lies over those of the keyspace.
fn write_table(keyspace: &Keyspace, rows: Merge<'_>) -> Result<(), LsmError> {
    let mut rows = rows.peekable();
    if rows.peek().is_none() {
        return Ok(());
    }
    // Not by way of the keyspace, which keeps all commits waiting for the table's syncs, lest a commit puts
    // rows into the memtable that the table must lie under: nothing is put into this one.
    let mut table = keyspace.tree.ingestion()?;
    for (key, value) in rows {
        match value {
            Some(value) => table.write(key, value)?,
            None => table.write_tombstone(key)?,
        }
    }
    table.finish()
}

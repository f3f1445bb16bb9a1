//! What the disk itself takes: the floor under every durable figure.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::time::Instant;

use crate::Latencies;

/// Appends 4 KiB and syncs, `count` times, to a file in `folder`.
///
/// # Errors
/// Those of the file system.
pub fn fsync(folder: &Path, count: usize) -> io::Result<Latencies> {
    let mut file = File::create(folder.join("fsync"))?;
    let block = [7; 4096];
    let mut times = Vec::with_capacity(count);
    for _ in 0..count {
        let started = Instant::now();
        file.write_all(&block)?;
        file.sync_data()?;
        times.push(started.elapsed());
    }
    Ok(Latencies::new(times))
}

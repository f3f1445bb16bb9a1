//! A commit of the embedded store: batches of 1, 100 and 1,000 rows, with and without an fsync.
//!
//! The rows are those of instances that are written again and again, 256 bytes each.

use std::time::Duration;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use undying::Durability;
use undying::store::keys::Row;
use undying::store::{Batch, OpenStore, StoreOptions};

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// How many instances there are.
const INSTANCES: u64 = 10_000;

/// A batch that writes the next `rows` instances.
fn batch(rows: u64, instance: &mut u64) -> Batch {
    let mut batch = Batch::new();
    for _ in 0..rows {
        *instance = (*instance + 1) % INSTANCES;
        let n = *instance;
        batch.put(Row::Inst { vp: 0, n }.key(), vec![n as u8; 256]);
    }
    batch
}

fn commit(c: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut group = c.benchmark_group("commit");
    group
        .sample_size(20)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2));
    for (name, durability) in [
        ("fsync", Durability::Sync),
        ("buffered", Durability::Buffered),
    ] {
        let options = StoreOptions::new(folder.path().join(name)).durability(durability);
        let store = options.open().expect("a store");
        let mut instance = 0;
        for rows in [1, 100, 1_000] {
            group.throughput(Throughput::Elements(rows));
            group.bench_function(BenchmarkId::new(name, rows), |b| {
                b.iter_batched(
                    || batch(rows, &mut instance),
                    |batch| store.commit(batch).expect("it commits"),
                    BatchSize::LargeInput,
                );
            });
        }
        store.close().expect("a clean end");
    }
    group.finish();
}

criterion_group!(benches, commit);
criterion_main!(benches);

//! Values and their schemas: traced once, written, read by the same type, read by a changed one.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use undying::prelude::*;
use undying::schema::{Stored, id_of, trace};

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

#[derive(Serialize, Deserialize)]
struct Order {
    id: u32,
    customer: String,
    lines: Vec<Line>,
    note: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Line {
    article: String,
    count: u32,
    price: u64,
}

/// The same in a later version of the program: reordered, renamed, widened, and with one field more.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct NewOrder {
    #[serde(default)]
    paid: bool,
    #[serde(alias = "lines")]
    items: Vec<NewLine>,
    customer: String,
    id: u64,
    note: Option<String>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct NewLine {
    price: u64,
    article: String,
    count: u64,
}

fn order() -> Order {
    let line = |n| Line {
        article: format!("article {n}"),
        count: n,
        price: 100 + u64::from(n),
    };
    Order {
        id: 17,
        customer: "Ann".to_owned(),
        lines: (0..10).map(line).collect(),
        note: Some("ring twice".to_owned()),
    }
}

fn schema(c: &mut Criterion) {
    let order = order();
    let stored = Stored::write(&order).expect("it can be written");
    println!("an order of ten lines: {} bytes", stored.bytes.len());
    let new: NewOrder = stored.read().expect("it fits");
    assert_eq!((new.id, new.items.len(), new.items[9].count), (17, 10, 9));
    assert_ne!(id_of::<Order>(), id_of::<NewOrder>());

    let mut group = c.benchmark_group("schema");
    group.bench_function("trace a type", |b| {
        b.iter(|| trace::<Order>().expect("it has a schema"));
    });
    group.bench_function("write", |b| {
        b.iter(|| Stored::write(black_box(&order)).expect("it can be written"));
    });
    group.bench_function("read, unchanged", |b| {
        b.iter(|| black_box(&stored).read::<Order>().expect("it fits"));
    });
    group.bench_function("read, changed", |b| {
        b.iter(|| black_box(&stored).read::<NewOrder>().expect("it fits"));
    });
    group.finish();
}

criterion_group!(benches, schema);
criterion_main!(benches);

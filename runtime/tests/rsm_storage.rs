//! What is left of machines that have halted: nothing.
#![allow(
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    reason = "the attributes make public items"
)]

#[path = "common/tables.rs"]
mod tables;

use std::path::Path;
use std::sync::Arc;

use undying::Filter;
use undying::prelude::*;
use undying::store::memory::MemoryDisk;

/// How many live at a time.
const BROOD: u64 = 500;

#[derive(Serialize, Deserialize)]
pub struct Hatch(u64);
#[derive(Serialize, Deserialize)]
pub struct Buzz;
#[derive(Serialize, Deserialize)]
pub struct Gone;
#[derive(Serialize, Deserialize)]
pub struct Empty;
impl Question for Empty {
    type Answer = u64;
}

/// Creates mayflies until so many have lived.
#[rsm]
pub struct Nest {
    left: u64,
    alive: u64,
    lived: u64,
}

#[rsm]
impl Nest {
    chart! {
        pub enum NestState;
        start Quiet {
            Hatch => hatch,
            Empty => empty,
        }
        Humming {
            Hatch => defer,
            Empty => defer,
            Gone  => gone,
        }
    }
    fn new() -> Self {
        Nest {
            left: 0,
            alive: 0,
            lived: 0,
        }
    }
    fn hatch(&mut self, hatch: Hatch, cx: &mut Cx<Self>) -> Next<Self> {
        self.left = hatch.0;
        self.brood(cx)
    }
    fn brood(&mut self, cx: &mut Cx<Self>) -> Next<Self> {
        if self.left == 0 {
            return Next::goto(NestState::Quiet);
        }
        self.alive = BROOD.min(self.left);
        self.left -= self.alive;
        for _ in 0..self.alive {
            let nest = cx.me();
            let fly = cx.create::<Mayfly>(("a mayfly, which lives for a day".to_owned(), nest));
            cx.send(&fly, Buzz);
        }
        match cx.state() {
            NestState::Quiet => Next::goto(NestState::Humming),
            NestState::Humming => Next::stay(),
        }
    }
    fn gone(&mut self, cx: &mut Cx<Self>) -> Next<Self> {
        self.alive -= 1;
        self.lived += 1;
        match self.alive {
            0 => self.brood(cx),
            _ => Next::stay(),
        }
    }
    fn empty(&mut self, asked: Asked<Empty>, cx: &mut Cx<Self>) {
        cx.reply(asked.reply_to, self.lived);
    }
}

/// Has a timer and two states, and halts.
#[rsm]
pub struct Mayfly {
    name: String,
    nest: RsmRef<Nest>,
}

#[rsm]
impl Mayfly {
    chart! {
        pub enum MayflyState;
        start Young {
            entry   => begin,
            Buzz    => goto Old,
            Timeout => ignore,
        }
        Old {
            entry   => end,
        }
    }
    fn new(init: (String, RsmRef<Nest>)) -> Self {
        Mayfly {
            name: init.0,
            nest: init.1,
        }
    }
    fn begin(&mut self, cx: &mut Cx<Self>) {
        cx.start_timer("a day", once(days(1)));
    }
    fn end(&mut self, cx: &mut Cx<Self>) -> Next<Self> {
        cx.send(&self.nest, Gone);
        Next::halt()
    }
}

/// So many live and die.
async fn live(engine: &Engine, count: u64) {
    let nest = Nest::at("it");
    engine.create(&nest, ()).await.expect("it is created");
    let before = engine.ask(&nest, &Empty).await.expect("an answer");
    engine.send(&nest, &Hatch(count)).await.expect("it is sent");
    let after = engine.ask(&nest, &Empty).await.expect("an answer");
    assert_eq!(after - before, count);
    let page = engine.list(Filter::default()).await.expect("a page");
    let ids: Vec<_> = page.instances.iter().map(|found| &found.id).collect();
    assert_eq!(ids, [nest.id()]);
}

#[tokio::test]
async fn no_row_is_left_of_a_machine_that_has_halted() {
    let disk = MemoryDisk::new();
    let mut rows = Vec::new();
    for _ in 0..3 {
        let engine = Engine::builder().open_store(Arc::new(disk.clone())).await;
        let engine = engine.expect("the engine opens");
        live(&engine, 2_000).await;
        engine.shutdown().await.expect("it shuts down");
        rows.push(disk.rows().len());
    }
    assert_eq!(rows, [rows[0]; 3]);
}

/// What the tables of the store have on the disk when all that was deleted is dropped.
fn compacted(store: &Path) -> u64 {
    let database = fjall::Database::builder(store.join("data")).open();
    let database = database.expect("it is closed");
    tables::keyspaces(&database)
        .iter()
        .map(|keyspace| {
            keyspace.rotate_memtable_and_wait().expect("it is flushed");
            keyspace.major_compact().expect("it is compacted");
            keyspace.disk_space()
        })
        .sum()
}

/// So many machines are created and halt: how large the store is then.
async fn size_after(count: u64) -> u64 {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let store = folder.path().join("store");
    let engine = Engine::open(&store).await.expect("the engine opens");
    live(&engine, count).await;
    engine.shutdown().await.expect("it shuts down");
    drop(engine);
    compacted(&store)
}

/// The size of a store after one machine, and after many.
async fn sizes(count: u64) -> (u64, u64) {
    let (one, many) = (size_after(1).await, size_after(count).await);
    println!("{one} bytes after 1 machine, {many} after {count}");
    (one, many)
}

/// A table of nothing has some bytes of its own, and the counters of all partitions are there after
/// many machines.
const SLACK: u64 = 16 << 10;

#[tokio::test]
async fn thousands_of_machines_leave_the_store_as_small_as_one() {
    let (before, after) = sizes(5_000).await;
    assert!(after <= before + SLACK, "{before} bytes became {after}");
}

#[tokio::test]
#[ignore = "takes minutes: `cargo test --release --test rsm_storage -- --ignored --nocapture`"]
async fn a_million_machines_leave_the_store_as_small_as_one() {
    let (before, after) = sizes(1_000_000).await;
    assert!(after <= before + SLACK, "{before} bytes became {after}");
}

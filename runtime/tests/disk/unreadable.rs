//! An instance that cannot be read is passed over and named; the others run.

use std::sync::Arc;

use crate::common::Door;
use undying::prelude::*;
use undying::store::keys::Row;
use undying::store::memory::MemoryDisk;
use undying::store::{Batch, OpenStore};
use undying::{Description, Error, Filter, Status};

#[activity]
async fn step(n: u64, State(door): State<Door>) -> u64 {
    door.pass().await;
    n
}

#[orchestration]
async fn busy(n: u64) -> u64 {
    let text = "x".repeat(2_000);
    step(n).await + text.len() as u64
}

async fn engine(disk: &MemoryDisk, door: &Door) -> Engine {
    let builder = Engine::builder().state(door.clone()).shards(2);
    let builder = builder.cancellation_grace(millis(20));
    let engine = builder.open_store(Arc::new(disk.clone())).await;
    engine.expect("the engine opens")
}

/// Ten instances under way when the process died; the rows of this kind of number 3.
async fn died_with_ten(row: impl Fn(u16, u64) -> Row<'static>) -> (MemoryDisk, Vec<u8>) {
    let (disk, door) = (MemoryDisk::new(), Door::closed());
    let engine = engine(&disk, &door).await;
    for n in 0..10 {
        let started = engine.start(format!("busy/{n}"), busy(n)).await;
        started.expect("it starts");
    }
    door.until_came(10).await;
    let number = engine.describe("busy/3").await.unwrap().number;
    drop(engine);
    (disk, row(number.partition, number.n).key())
}

fn replace(disk: &MemoryDisk, key: &[u8], value: &[u8]) {
    let store = disk.open().unwrap();
    let mut batch = Batch::new();
    batch.put(key.to_vec(), value.to_vec());
    store.commit(batch).unwrap();
}

async fn the_others_run(engine: &Engine) {
    for n in (0..10).filter(|n| *n != 3) {
        let handle = engine.get::<BusyCall>(&format!("busy/{n}")).await.unwrap();
        assert_eq!(handle.result().await.unwrap(), n + 2_000);
    }
}

async fn parked(engine: &Engine) -> Description {
    let filter = Filter {
        statuses: vec![Status::Parked],
        ..Filter::default()
    };
    let page = engine.list(filter).await.expect("it lists");
    assert_eq!(page.instances.len(), 1);
    page.instances.into_iter().next().unwrap()
}

#[tokio::test]
async fn an_instance_with_a_row_of_another_form_is_passed_over_until_it_can_be_read() {
    let (disk, key) = died_with_ten(|vp, n| Row::Inst { vp, n }).await;
    let well = disk.rows()[&key].clone();
    replace(&disk, &key, &[9, 9, 9]);
    let engine = engine(&disk, &Door::open()).await;
    the_others_run(&engine).await;
    let seen = parked(&engine).await;
    assert_eq!(seen.id, "busy/3");
    let why = seen.parked.unwrap().to_string();
    assert!(why.contains("Inst {") && why.contains("format 9"), "{why}");
    let asked = engine.describe("busy/3").await;
    assert!(matches!(asked, Err(Error::Unreadable { .. })), "{asked:?}");
    engine.shutdown().await.unwrap();
    drop(engine);

    replace(&disk, &key, &well);
    let engine = self::engine(&disk, &Door::open()).await;
    let handle = engine.get::<BusyCall>("busy/3").await.unwrap();
    assert_eq!(handle.result().await.unwrap(), 2_003);
}

#[tokio::test]
async fn an_instance_with_a_row_that_fails_its_check_is_passed_over() {
    let (disk, key) = died_with_ten(|vp, n| Row::Inst { vp, n }).await;
    disk.damage(key);
    let engine = engine(&disk, &Door::open()).await;
    the_others_run(&engine).await;
    let seen = parked(&engine).await;
    assert_eq!(seen.id, "busy/3");
    let why = seen.parked.unwrap().to_string();
    assert!(why.contains("is damaged"), "{why}");
    assert_eq!(
        engine
            .list(Filter::default())
            .await
            .unwrap()
            .instances
            .len(),
        10
    );
    assert_eq!(engine.health().restarts, 0);
}

#[tokio::test]
async fn one_that_cannot_be_read_does_not_keep_the_others_from_being_managed() {
    let (disk, key) = died_with_ten(|vp, n| Row::Inst { vp, n }).await;
    disk.damage(key);
    let engine = engine(&disk, &Door::closed()).await;
    let all = Filter::default;
    assert_eq!(engine.retry_all(all()).await.unwrap(), 0);
    assert_eq!(engine.terminate_all(all(), "enough").await.unwrap(), 9);
}

#[tokio::test]
async fn an_instance_whose_mark_fails_its_check_runs() {
    let (disk, key) = died_with_ten(|vp, n| Row::Run { vp, n }).await;
    disk.damage(key);
    let engine = engine(&disk, &Door::open()).await;
    the_others_run(&engine).await;
    let handle = engine.get::<BusyCall>("busy/3").await.unwrap();
    assert_eq!(handle.result().await.unwrap(), 2_003);
}

#[tokio::test]
async fn an_instance_with_a_local_that_fails_its_check_is_parked_by_its_name() {
    let part = 0;
    let (disk, key) = died_with_ten(move |vp, n| Row::Part { vp, n, part }).await;
    assert!(disk.rows().contains_key(&key));
    disk.damage(key);
    let engine = engine(&disk, &Door::open()).await;
    the_others_run(&engine).await;
    let handle = engine.get::<BusyCall>("busy/3").await.unwrap();
    let Err(Error::Parked { .. }) = handle.result().await else {
        panic!("it is parked");
    };
    let why = parked(&engine).await.parked.unwrap().to_string();
    assert!(why.contains("part 0"), "{why}");
    assert_eq!(engine.health().restarts, 0);
}

//! An instance that cannot be read is passed over and named; the others run.

use std::path::Path;
use std::sync::Arc;

use crate::common::{Door, Place};
use undying::prelude::*;
use undying::store::keys::Row;
use undying::store::{Batch, OpenStore, Store, StoreOptions};
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

async fn engine(place: &Place, door: &Door) -> Engine {
    let builder = Engine::builder().state(door.clone()).shards(2);
    let engine = place.open_with(builder).await;
    engine.expect("the engine opens")
}

/// A store of each kind, with ten instances under way when the process died; the row of this kind of
/// number 3, which is there.
async fn died_with_ten(row: impl Fn(u16, u64) -> Row<'static>) -> Vec<(Place, Vec<u8>)> {
    let mut places = Vec::new();
    for place in Place::each() {
        let door = Door::closed();
        let engine = engine(&place, &door).await;
        for n in 0..10 {
            let started = engine.start(format!("busy/{n}"), busy(n)).await;
            started.expect("it starts");
        }
        door.until_came(10).await;
        let number = engine.describe("busy/3").await.unwrap().number;
        drop(engine);
        let key = row(number.partition, number.n).key();
        assert!(store(&place).get(&key).unwrap().is_some());
        places.push((place, key));
    }
    places
}

fn store(place: &Place) -> Arc<dyn Store> {
    let store = match place {
        Place::Memory(disk) => disk.open(),
        Place::Folder(folder) => StoreOptions::new(folder.path().join("store")).open(),
    };
    store.expect("the store opens")
}

fn replace(place: &Place, key: &[u8], value: &[u8]) {
    let mut batch = Batch::new();
    batch.put(key, value);
    store(place).commit(batch).unwrap();
}

/// Makes a row fail its check.
fn damage(place: &Place, key: Vec<u8>) {
    match place {
        Place::Memory(disk) => disk.damage(key),
        Place::Folder(folder) => damage_row(&folder.path().join("store/data"), &key),
    }
}

/// Flips a bit of a row in the tables, which a whole journal would be replayed over.
fn damage_row(data: &Path, key: &[u8]) {
    let database = fjall::Database::builder(data).open().unwrap();
    let keyspaces = crate::tables::keyspaces(&database);
    let mut found = 0;
    for keyspace in &keyspaces {
        if let Some(row) = keyspace.get(key).unwrap() {
            let mut row = row.to_vec();
            let middle = row.len() / 2;
            row[middle] ^= 1;
            keyspace.insert(key, row).unwrap();
            found += 1;
        }
        keyspace.rotate_memtable_and_wait().unwrap();
    }
    assert_eq!(found, 1, "the row is in one keyspace");
    drop(keyspaces);
    drop(database);
    for file in crate::folder::files(data) {
        if file.extension().is_some_and(|ext| ext == "jnl") {
            std::fs::write(file, b"").unwrap();
        }
    }
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
    for (place, key) in died_with_ten(|vp, n| Row::Inst { vp, n }).await {
        let well = store(&place).get(&key).unwrap().unwrap();
        replace(&place, &key, &[9, 9, 9]);
        let engine = engine(&place, &Door::open()).await;
        the_others_run(&engine).await;
        let seen = parked(&engine).await;
        assert_eq!(seen.id, "busy/3");
        let why = seen.parked.unwrap().to_string();
        assert!(why.contains("Inst {") && why.contains("format 9"), "{why}");
        let asked = engine.describe("busy/3").await;
        assert!(matches!(asked, Err(Error::Unreadable { .. })), "{asked:?}");
        engine.shutdown().await.unwrap();
        drop(engine);

        replace(&place, &key, &well);
        let engine = self::engine(&place, &Door::open()).await;
        let handle = engine.get::<BusyCall>("busy/3").await.unwrap();
        assert_eq!(handle.result().await.unwrap(), 2_003);
    }
}

#[tokio::test]
async fn an_instance_with_a_row_that_fails_its_check_is_passed_over() {
    for (place, key) in died_with_ten(|vp, n| Row::Inst { vp, n }).await {
        damage(&place, key);
        let engine = engine(&place, &Door::open()).await;
        the_others_run(&engine).await;
        let seen = parked(&engine).await;
        assert_eq!(seen.id, "busy/3");
        let why = seen.parked.unwrap().to_string();
        assert!(why.contains("is damaged"), "{why}");
        let all = engine.list(Filter::default()).await.unwrap();
        assert_eq!(all.instances.len(), 10);
        assert_eq!(engine.health().restarts, 0);
    }
}

#[tokio::test]
async fn one_that_cannot_be_read_does_not_keep_the_others_from_being_managed() {
    for (place, key) in died_with_ten(|vp, n| Row::Inst { vp, n }).await {
        damage(&place, key);
        let engine = engine(&place, &Door::closed()).await;
        let all = Filter::default;
        assert_eq!(engine.retry_all(all()).await.unwrap(), 0);
        assert_eq!(engine.terminate_all(all(), "enough").await.unwrap(), 9);
    }
}

#[tokio::test]
async fn an_instance_whose_mark_fails_its_check_runs() {
    for (place, key) in died_with_ten(|vp, n| Row::Run { vp, n }).await {
        damage(&place, key);
        let engine = engine(&place, &Door::open()).await;
        the_others_run(&engine).await;
        let handle = engine.get::<BusyCall>("busy/3").await.unwrap();
        assert_eq!(handle.result().await.unwrap(), 2_003);
    }
}

#[tokio::test]
async fn an_instance_with_a_local_that_fails_its_check_is_parked_by_its_name() {
    let part = 0;
    for (place, key) in died_with_ten(move |vp, n| Row::Part { vp, n, part }).await {
        damage(&place, key);
        let engine = engine(&place, &Door::open()).await;
        the_others_run(&engine).await;
        let handle = engine.get::<BusyCall>("busy/3").await.unwrap();
        let Err(Error::Parked { .. }) = handle.result().await else {
            panic!("it is parked");
        };
        let why = parked(&engine).await.parked.unwrap().to_string();
        assert!(why.contains("part 0"), "{why}");
        assert_eq!(engine.health().restarts, 0);
    }
}

//! What listing instances promises.

mod common;

use std::collections::BTreeSet;

use common::{Door, Place};
use undying::prelude::*;
use undying::{Filter, Status};

#[activity]
async fn wait_here(State(door): State<Door>) -> () {
    door.pass().await;
}

#[orchestration]
async fn quick(n: u32) -> u32 {
    n
}

#[orchestration]
async fn slow() -> () {
    wait_here().await;
}

/// 30 that have ended, 5 that wait.
async fn filled(place: &Place) -> Engine {
    let door = Door::closed();
    let engine = place.open(&door).await;
    for n in 0..30 {
        let handle = engine
            .start(format!("quick/{n}"), quick(n))
            .await
            .expect("it starts");
        handle.result().await.expect("it ends");
    }
    for n in 0..5 {
        engine
            .start(format!("slow/{n}"), slow())
            .await
            .expect("it starts");
    }
    door.until_came(5).await;
    engine
}

/// All pages of a filter, with how many there were.
async fn pages(engine: &Engine, mut filter: Filter) -> (Vec<String>, usize) {
    let (mut ids, mut count) = (Vec::new(), 0);
    loop {
        let page = engine.list(filter.clone()).await.expect("it lists");
        ids.extend(page.instances.into_iter().map(|instance| instance.id));
        count += 1;
        filter.after = page.next;
        if filter.after.is_none() {
            return (ids, count);
        }
    }
}

#[tokio::test]
async fn every_instance_is_listed_once() {
    for place in Place::each() {
        let engine = filled(&place).await;
        let (ids, _) = pages(&engine, Filter::default()).await;
        let distinct: BTreeSet<_> = ids.iter().collect();
        assert_eq!((ids.len(), distinct.len()), (35, 35));
    }
}

#[tokio::test]
async fn pages_are_no_longer_than_asked_and_leave_nothing_out() {
    for place in Place::each() {
        let engine = filled(&place).await;
        let filter = Filter {
            limit: 4,
            ..Filter::default()
        };
        assert!(engine.list(filter.clone()).await.unwrap().instances.len() <= 4);
        let (ids, count) = pages(&engine, filter).await;
        let distinct: BTreeSet<_> = ids.iter().collect();
        assert_eq!((ids.len(), distinct.len()), (35, 35));
        assert!(count >= 9, "{count} pages");
    }
}

#[tokio::test]
async fn a_list_can_be_narrowed_by_status_orchestration_and_id() {
    for place in Place::each() {
        let engine = filled(&place).await;
        let of = |filter| pages(&engine, filter);
        let running = Filter {
            statuses: vec![Status::Running],
            ..Filter::default()
        };
        assert_eq!(of(running).await.0.len(), 5);
        let completed = Filter {
            statuses: vec![Status::Completed],
            ..Filter::default()
        };
        assert_eq!(of(completed).await.0.len(), 30);
        let slow = Filter {
            orchestrations: vec!["slow".into()],
            ..Filter::default()
        };
        assert_eq!(of(slow).await.0.len(), 5);
        let tens = Filter {
            id_prefix: Some("quick/1".into()),
            ..Filter::default()
        };
        assert_eq!(of(tens).await.0.len(), 11);
    }
}

#[tokio::test]
async fn an_instance_describes_where_it_waits() {
    let engine = filled(&Place::memory()).await;
    let description = engine.describe("slow/0").await.unwrap();
    assert_eq!(description.status, Status::Running);
    assert_eq!(description.orchestration, "slow");
    assert_eq!(description.calls_pending, 1);
    assert_eq!(description.point.as_deref(), Some("wait_here"));
    assert!(description.updated >= description.created);
}

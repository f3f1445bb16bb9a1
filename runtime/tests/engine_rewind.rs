//! Rewinding through the engine: also after the types of what is kept have changed.

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use common::Place;
use undying::prelude::*;
use undying::{Error, Filter, Status};

#[derive(Debug, PartialEq, thiserror::Error, Serialize, Deserialize)]
enum Refused {
    #[error("the bank is shut")]
    Shut,
    #[error(transparent)]
    Failed(#[from] undying::Failure),
}

/// Whether the bank is open.
#[derive(Clone, Default)]
struct Bank(Arc<AtomicBool>);

#[activity]
async fn pay(amount: u64, State(bank): State<Bank>) -> Result<u64, Refused> {
    match bank.0.load(Ordering::SeqCst) {
        true => Ok(amount),
        false => Err(Refused::Shut),
    }
}

/// An order as one version of the program has it.
trait Amount {
    fn amount(&self) -> u64;
}

#[derive(Serialize, Deserialize)]
struct Order {
    amount: u32,
    note: String,
}

impl Amount for Order {
    fn amount(&self) -> u64 {
        self.amount.into()
    }
}

/// The same in the next version.
#[derive(Serialize, Deserialize)]
struct NewOrder {
    #[serde(default)]
    city: Option<String>,
    note: String,
    amount: u64,
}

impl Amount for NewOrder {
    fn amount(&self) -> u64 {
        assert!(self.city.is_none() && self.note == "fragile");
        self.amount
    }
}

#[orchestration]
async fn ship<T: Persist + Amount>(order: T) -> Result<u64, Refused> {
    let paid = pay(order.amount()).await?;
    Ok(paid + order.amount())
}

#[orchestration]
async fn order(amount: u64) -> Result<u64, Refused> {
    pay(amount).await
}

async fn open(place: &Place, bank: &Bank) -> Engine {
    let builder = Engine::builder().state(bank.clone());
    place.open_with(builder).await.expect("the engine opens")
}

#[tokio::test]
async fn a_failed_orchestration_is_found_by_its_status_rewound_and_ends_well() {
    for place in Place::each() {
        let bank = Bank::default();
        let engine = open(&place, &bank).await;
        let handle = engine.start("a", order(20)).await.unwrap();
        assert_eq!(handle.result().await.unwrap(), Err(Refused::Shut));
        assert_eq!(handle.wait().await.unwrap(), Status::Failed);
        let failed = Filter {
            statuses: vec![Status::Failed],
            ..Filter::default()
        };
        let page = engine.list(failed.clone()).await.unwrap();
        assert_eq!(page.instances[0].id, "a");
        engine.shutdown().await.unwrap();
        drop((engine, handle));

        let engine = open(&place, &bank).await;
        bank.0.store(true, Ordering::SeqCst);
        engine.rewind("a", "the bank has opened").await.unwrap();
        let handle = engine.get::<OrderCall>("a").await.unwrap();
        assert_eq!(handle.result().await.unwrap(), Ok(20));
        assert_eq!(handle.describe().await.unwrap().rewound, 1);
        assert!(engine.list(failed).await.unwrap().instances.is_empty());
        let error = handle.rewind("again").await.unwrap_err();
        let status = Status::Completed;
        assert!(
            matches!(&error, Error::WrongStatus { status: is, .. } if *is == status),
            "{error}"
        );
        engine.shutdown().await.unwrap();
    }
}

#[tokio::test]
async fn what_is_rewound_goes_on_with_the_types_of_the_program_that_rewinds_it() {
    for place in Place::each() {
        let bank = Bank::default();
        let builder = Engine::builder().state(bank.clone());
        let builder = builder.register_orchestration::<ShipCall<Order>>("ship");
        let engine = place.open_with(builder).await.unwrap();
        let (amount, note) = (20, "fragile".to_owned());
        let handle = engine.start("a", ship(Order { amount, note })).await;
        let failed = handle.unwrap().result().await.unwrap();
        assert_eq!(failed, Err(Refused::Shut));
        engine.shutdown().await.unwrap();
        drop(engine);

        let engine = open(&place, &bank).await;
        let unknown = engine.rewind("a", "too early").await.unwrap_err();
        assert!(
            unknown.to_string().contains("no orchestration `ship`"),
            "{unknown}"
        );
        engine.shutdown().await.unwrap();
        drop(engine);

        bank.0.store(true, Ordering::SeqCst);
        let builder = Engine::builder().state(bank.clone());
        let builder = builder.register_orchestration::<ShipCall<NewOrder>>("ship");
        let engine = place.open_with(builder).await.unwrap();
        engine.rewind("a", "the bank has opened").await.unwrap();
        let handle = engine.get::<ShipCall<NewOrder>>("a").await.unwrap();
        assert_eq!(handle.result().await.unwrap(), Ok(40));
        engine.shutdown().await.unwrap();
    }
}

#[orchestration]
async fn refuses(amount: u64) -> Result<u64, Refused> {
    match amount {
        0 => Err(Refused::Shut),
        amount => pay(amount).await,
    }
}

#[tokio::test]
async fn what_failed_by_itself_is_refused_with_the_remedy() {
    let engine = open(&Place::memory(), &Bank::default()).await;
    let handle = engine.start("a", refuses(0)).await.unwrap();
    assert_eq!(handle.result().await.unwrap(), Err(Refused::Shut));
    let error = engine.rewind("a", "why not").await.unwrap_err();
    assert!(matches!(error, Error::NotRewindable { .. }), "{error}");
    let error = error.to_string();
    assert!(error.contains("engine.restart(\"a\")"), "{error}");
}

#[orchestration(replay)]
async fn replayed_pay(amount: u64) -> Result<u64, Refused> {
    pay(amount).await
}

#[orchestration]
async fn trusting(amount: u64) -> Result<u64, Refused> {
    Ok(1 + replayed_pay(amount).await?)
}

#[tokio::test]
async fn what_is_replayed_is_restarted_instead_and_begins_again_with_a_parent_that_is_rewound() {
    let bank = Bank::default();
    let engine = open(&Place::memory(), &bank).await;
    let alone = engine.start("a", replayed_pay(3)).await.unwrap();
    assert_eq!(alone.result().await.unwrap(), Err(Refused::Shut));
    let parent = engine.start("b", trusting(3)).await.unwrap();
    assert_eq!(parent.result().await.unwrap(), Err(Refused::Shut));
    bank.0.store(true, Ordering::SeqCst);

    let error = alone.rewind("it has opened").await.unwrap_err();
    assert!(matches!(error, Error::NotRewindable { .. }), "{error}");
    let error = error.to_string();
    assert!(error.contains("it is replayed"), "{error}");
    engine.restart("a").await.unwrap();
    let alone = engine.get::<ReplayedPayCall>("a").await.unwrap();
    assert_eq!(alone.result().await.unwrap(), Ok(3));

    parent.rewind("it has opened").await.unwrap();
    assert_eq!(parent.result().await.unwrap(), Ok(4));
}

#[orchestration]
async fn parcel(amount: u64) -> Result<u64, Refused> {
    Ok(1 + order(amount).await?)
}

#[tokio::test]
async fn rewinding_by_a_filter_counts_the_outermost_instances_that_could_be_rewound() {
    for place in Place::each() {
        let bank = Bank::default();
        let engine = open(&place, &bank).await;
        let mut handles = Vec::new();
        for n in 0..5 {
            let id = format!("parcel/{n}");
            handles.push(engine.start(id, parcel(n)).await.unwrap());
        }
        handles.push(engine.start("refuses", refuses(0)).await.unwrap());
        for handle in &handles {
            assert_eq!(handle.result().await.unwrap(), Err(Refused::Shut));
        }
        bank.0.store(true, Ordering::SeqCst);
        let pages = Filter {
            limit: 2,
            ..Filter::default()
        };
        let rewound = engine.rewind_all(pages, "it has opened").await.unwrap();
        assert_eq!(rewound, 5);
        for (n, handle) in (0..5).zip(&handles) {
            assert_eq!(handle.result().await.unwrap(), Ok(n + 1));
        }
        let refuses = engine.describe("refuses").await.unwrap();
        assert_eq!(refuses.status, Status::Failed);
    }
}

#[entity]
#[derive(Default, Serialize, Deserialize)]
struct Account {
    balance: u64,
}

#[entity]
impl Account {
    pub fn put(&mut self, amount: u64) -> u64 {
        assert!(amount > 0, "nothing to put");
        self.balance += amount;
        self.balance
    }
}

#[orchestration]
async fn saves(amount: u64) -> Result<u64, Refused> {
    let account = lock(Account::at("ada")).await;
    let paid = pay(amount).await?;
    Ok(account.put(paid).await)
}

#[tokio::test]
async fn what_failed_in_a_critical_section_frees_the_entity_and_enters_anew_when_it_is_restarted() {
    for place in Place::each() {
        let bank = Bank::default();
        let engine = open(&place, &bank).await;
        let handle = engine.start("a", saves(20)).await.unwrap();
        assert_eq!(handle.result().await.unwrap(), Err(Refused::Shut));
        assert_eq!(engine.call(Account::at("ada").put(1)).await.unwrap(), 1);
        bank.0.store(true, Ordering::SeqCst);
        // What it saw in the section may have changed, as here: it could not go on in the middle.
        let error = engine.rewind("a", "it has opened").await.unwrap_err();
        assert!(matches!(error, Error::NotRewindable { .. }), "{error}");
        assert_eq!(handle.status().await.unwrap(), Status::Failed);
        engine.restart("a").await.unwrap();
        assert_eq!(handle.result().await.unwrap(), Ok(21));
        let account = engine.describe("@Account@ada").await.unwrap();
        assert_eq!(account.locked_by, None);
    }
}

#[orchestration]
async fn puts(amount: u64) -> u64 {
    Account::at("bob").put(amount).await
}

#[tokio::test]
async fn what_failed_in_the_call_of_an_entity_is_refused_and_stays_as_it_is() {
    let engine = open(&Place::memory(), &Bank::default()).await;
    let handle = engine.start("a", puts(0)).await.unwrap();
    assert_eq!(handle.wait().await.unwrap(), Status::Failed);
    let error = engine.rewind("a", "why not").await.unwrap_err();
    assert!(matches!(error, Error::NotRewindable { .. }), "{error}");
    let one = handle.describe().await.unwrap();
    assert_eq!((one.status, one.rewound), (Status::Failed, 0));
}

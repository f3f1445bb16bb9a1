//! What entities promise to clients and orchestrations, on real stores.

mod common;

use std::time::SystemTime;

use common::{Door, Place};
use undying::prelude::*;
use undying::{EntityFilter, Error, Failure};

#[derive(Debug, PartialEq, thiserror::Error, Serialize, Deserialize)]
enum Short {
    #[error("there are only {0}")]
    Only(i64),
    #[error(transparent)]
    Failed(#[from] Failure),
}

#[activity]
async fn interest(of: i64, State(door): State<Door>) -> i64 {
    door.pass().await;
    of / 10
}

#[entity]
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct Account {
    balance: i64,
    log: Vec<String>,
}

#[entity]
impl Account {
    pub fn balance(&self) -> i64 {
        self.balance
    }

    pub fn deposit(&mut self, amount: i64) -> i64 {
        assert!(amount >= 0, "deposits are not negative");
        self.balance += amount;
        self.note("deposit");
        self.balance
    }

    pub fn withdraw(&mut self, amount: i64) -> Result<i64, Short> {
        let before = self.balance;
        self.balance -= amount;
        self.note("withdraw");
        if self.balance < 0 {
            return Err(Short::Only(before));
        }
        Ok(self.balance)
    }

    /// Awaits an activity; other operations wait meanwhile.
    pub async fn grow(&mut self) -> i64 {
        let more = interest(self.balance).await;
        self.balance += more;
        self.note("grow");
        self.balance
    }

    /// Tells an orchestration, and one that may be started later; not if it fails.
    pub fn pay(&mut self, cx: &mut EntityContext, order: String, amount: i64) -> Result<(), Short> {
        cx.raise(order, "paid", amount);
        self.balance -= amount;
        if self.balance < 0 {
            return Err(Short::Only(self.balance + amount));
        }
        Ok(())
    }

    pub fn close(&mut self, cx: &mut EntityContext, heir: String) {
        cx.signal(Account::at(heir).deposit(self.balance));
        cx.delete();
    }

    fn note(&mut self, what: &str) {
        self.log.push(what.to_owned());
    }
}

#[orchestration]
async fn transfer(from: String, to: String, amount: i64) -> Result<i64, Short> {
    Account::at(from).withdraw(amount).await?;
    let account = Account::at(to);
    account.deposit(amount).signal().await;
    Ok(account.balance().await)
}

#[tokio::test]
async fn a_client_calls_signals_and_reads_an_entity() {
    for place in Place::each() {
        let engine = place.open(&Door::open()).await;
        assert_eq!(engine.state::<Account>("ada").await.unwrap(), None);
        let balance = engine.call(Account::at("ada").deposit(5)).await.unwrap();
        assert_eq!(balance, 5);
        engine.signal(Account::at("ada").deposit(2)).await.unwrap();
        assert_eq!(engine.call(Account::at("ada").balance()).await.unwrap(), 7);
        let state = engine.state::<Account>("ada").await.unwrap().unwrap();
        assert_eq!((state.balance, state.log.len()), (7, 2));
    }
}

#[tokio::test]
async fn an_error_and_a_panic_undo_the_operation() {
    for place in Place::each() {
        let engine = place.open(&Door::open()).await;
        engine.call(Account::at("ada").deposit(5)).await.unwrap();
        let short = engine.call(Account::at("ada").withdraw(6)).await.unwrap();
        assert_eq!(short, Err(Short::Only(5)));
        let error = engine.call(Account::at("ada").deposit(-1)).await;
        let Err(Error::Failed { failure, .. }) = error else {
            panic!("{error:?}");
        };
        let said = "`Account::deposit` panicked: deposits are not negative";
        assert_eq!(failure.to_string(), said);
        let state = engine.state::<Account>("ada").await.unwrap().unwrap();
        assert_eq!((state.balance, state.log), (5, vec!["deposit".to_owned()]));
    }
}

#[tokio::test]
async fn an_orchestration_moves_money_between_entities() {
    for place in Place::each() {
        let engine = place.open(&Door::open()).await;
        engine.call(Account::at("ada").deposit(5)).await.unwrap();
        let call = transfer("ada".to_owned(), "bob".to_owned(), 3);
        let handle = engine.start("t", call).await.unwrap();
        assert_eq!(handle.result().await.unwrap(), Ok(3));
        let call = transfer("ada".to_owned(), "bob".to_owned(), 3);
        let handle = engine.start("u", call).await.unwrap();
        assert_eq!(handle.result().await.unwrap(), Err(Short::Only(2)));
        assert_eq!(engine.call(Account::at("bob").balance()).await.unwrap(), 3);
    }
}

#[tokio::test]
async fn an_async_operation_goes_on_after_a_restart_while_others_wait() {
    for place in Place::each() {
        let door = Door::closed();
        let engine = place.open(&door).await;
        engine.call(Account::at("ada").deposit(50)).await.unwrap();
        engine.signal(Account::at("ada").grow()).await.unwrap();
        door.until_came(1).await;
        engine
            .signal(Account::at("ada").deposit(100))
            .await
            .unwrap();
        let before = engine.state::<Account>("ada").await.unwrap().unwrap();
        assert_eq!(before.balance, 50);
        drop(engine);

        let engine = place.open(&Door::open()).await;
        assert_eq!(
            engine.call(Account::at("ada").balance()).await.unwrap(),
            155
        );
        let state = engine.state::<Account>("ada").await.unwrap().unwrap();
        assert_eq!(state.log, ["deposit", "grow", "deposit"]);
    }
}

#[tokio::test]
async fn a_deleted_entity_is_as_if_it_had_never_been_used_and_its_signals_arrive() {
    for place in Place::each() {
        let engine = place.open(&Door::open()).await;
        engine.call(Account::at("ada").deposit(5)).await.unwrap();
        let close = Account::at("ada").close("bob".to_owned());
        engine.call(close).await.unwrap();
        assert_eq!(engine.state::<Account>("ada").await.unwrap(), None);
        while engine.call(Account::at("bob").balance()).await.unwrap() != 5 {
            tokio::task::yield_now().await;
        }
    }
}

#[orchestration]
async fn paid() -> i64 {
    event::<i64>("paid").await
}

#[tokio::test]
async fn an_operation_raises_an_event_which_waits_for_its_orchestration_also_across_a_restart() {
    for place in Place::each() {
        let engine = place.open(&Door::open()).await;
        engine.call(Account::at("ada").deposit(5)).await.unwrap();
        let too_much = Account::at("ada").pay("order".to_owned(), 6);
        assert_eq!(engine.call(too_much).await.unwrap(), Err(Short::Only(5)));
        let pay = Account::at("ada").pay("order".to_owned(), 3);
        engine.call(pay).await.unwrap().unwrap();
        drop(engine);

        let engine = place.open(&Door::open()).await;
        let handle = engine.start("order", paid()).await.unwrap();
        assert_eq!(handle.result().await.unwrap(), 3);
    }
}

#[tokio::test]
async fn entities_are_listed_page_by_page_by_the_beginning_of_their_keys() {
    for place in Place::each() {
        let engine = place.open(&Door::open()).await;
        for n in 0..30 {
            let (a, b) = (format!("a/{n}"), format!("b/{n}"));
            engine.call(Account::at(a).deposit(n)).await.unwrap();
            engine.call(Account::at(b).deposit(n)).await.unwrap();
        }
        let close = Account::at("a/7").close("b/1".to_owned());
        engine.call(close).await.unwrap();
        engine.call(Account::at("a/99").balance()).await.unwrap();
        let mut filter = EntityFilter {
            key_prefix: "a/".to_owned(),
            states: true,
            limit: 4,
            ..EntityFilter::default()
        };
        let mut found = Vec::new();
        loop {
            let page = engine.entities::<Account>(filter.clone()).await.unwrap();
            assert!(page.entities.len() <= 4);
            found.extend(page.entities);
            filter.after = page.next;
            if filter.after.is_none() {
                break;
            }
        }
        let mut balances: Vec<i64> = found
            .iter()
            .map(|one| one.state.as_ref().unwrap().balance)
            .collect();
        balances.sort_unstable();
        let expected: Vec<i64> = (0..30).filter(|n| *n != 7).collect();
        assert_eq!(balances, expected);
        assert!(found.iter().all(|one| one.key.starts_with("a/")));

        let last = found.iter().map(|one| one.updated).max();
        let filter = EntityFilter {
            updated_from: last,
            ..EntityFilter::default()
        };
        let page = engine.entities::<Account>(filter).await.unwrap();
        assert!(page.entities.iter().any(|one| one.key == "b/29"));
        assert!(page.entities.iter().all(|one| one.state.is_none()));
    }
}

#[tokio::test]
async fn a_scheduled_signal_arrives_later_also_after_a_restart() {
    for place in Place::each() {
        let engine = place.open(&Door::open()).await;
        let due = SystemTime::now() + millis(150);
        let later = Account::at("ada").deposit(5).signal_at(due);
        engine.signal(later).await.unwrap();
        engine.call(Account::at("ada").deposit(1)).await.unwrap();
        drop(engine);

        let engine = place.open(&Door::open()).await;
        loop {
            let balance = engine.call(Account::at("ada").balance()).await.unwrap();
            if balance == 6 {
                break;
            }
            assert_eq!(balance, 1);
            tokio::time::sleep(millis(5)).await;
        }
        assert!(SystemTime::now() >= due, "never early");
    }
}

//! Entities without an engine: what the attribute makes of a type and its methods.
#![allow(clippy::unwrap_used)]

use undying::__private::{Driver, Memory};
use undying::Failure;
use undying::prelude::*;

#[derive(Debug, PartialEq, thiserror::Error, Serialize, Deserialize)]
enum Insufficient {
    #[error("only {0} left")]
    Only(i64),
    #[error(transparent)]
    Failed(#[from] Failure),
}

#[activity]
async fn audit(bill: i64) -> Result<i64, Insufficient> {
    if bill > 100 {
        return Err(Insufficient::Only(100));
    }
    Ok(bill)
}

#[entity]
#[derive(Debug, Default, Serialize, Deserialize)]
struct Account {
    balance: i64,
    log: Vec<String>,
}

#[entity]
impl Account {
    /// The money there is.
    pub fn balance(&self) -> i64 {
        self.balance
    }
    pub fn deposit(&mut self, amount: i64) {
        self.balance += amount;
    }
    pub fn withdraw(&mut self, amount: i64) -> Result<i64, Insufficient> {
        self.balance -= amount;
        self.checked()?;
        Ok(self.balance)
    }
    /// Waits for an activity.
    pub async fn pay(&mut self, cx: &mut EntityContext, bill: i64) -> Result<i64, Insufficient> {
        self.withdraw(bill)?;
        self.log.push(format!("{} pays {bill}", cx.key()));
        let log = &mut self.log;
        let audited = audit(bill).await?;
        log.push(format!("audited {audited}"));
        Account::at("bank").deposit(audited).signal().await;
        for n in 0..2 {
            self.balance += audit(n).await?;
        }
        Ok(self.balance)
    }
    pub fn close(&mut self, cx: &mut EntityContext, heir: String) {
        cx.signal(Account::at(heir).deposit(self.balance));
        cx.delete();
    }
    fn checked(&self) -> Result<(), Insufficient> {
        if self.balance < 0 {
            return Err(Insufficient::Only(self.balance));
        }
        Ok(())
    }
}

#[orchestration]
async fn transfer(from: String, to: String, amount: i64) -> Result<i64, Insufficient> {
    let account = Account::at(&from);
    let left = account.withdraw(amount).await?;
    Account::at(to).deposit(amount).await;
    Ok(left + account.balance().await)
}

fn drivers() -> [Driver; 3] {
    [Memory::Hot, Memory::Written, Memory::Cold].map(Driver::new)
}

fn account(driver: &Driver, key: &str) -> Account {
    driver.state::<Account>(&key.to_owned()).unwrap()
}

#[test]
fn the_methods_of_the_type_stay_as_they_are() {
    let mut account = Account::default();
    account.deposit(5);
    assert_eq!(account.withdraw(7), Err(Insufficient::Only(-2)));
}

#[test]
fn an_orchestration_calls_entities_and_gets_their_typed_results() {
    for mut driver in drivers() {
        driver.call(Account::at("alice").deposit(70)).unwrap();
        let call = || transfer("alice".to_owned(), "bob".to_owned(), 30);
        assert_eq!(driver.run(call()).unwrap(), Ok(80));
        assert_eq!(driver.run(call()).unwrap(), Ok(20));
        assert_eq!(driver.run(call()).unwrap(), Err(Insufficient::Only(-20)));
        assert_eq!(account(&driver, "alice").balance, 10);
        assert_eq!(account(&driver, "bob").balance, 60);
    }
}

#[test]
fn an_operation_that_returns_an_error_changes_nothing() {
    for mut driver in drivers() {
        driver.call(Account::at("alice").deposit(5)).unwrap();
        let declined = driver.call(Account::at("alice").withdraw(7)).unwrap();
        assert_eq!(declined, Err(Insufficient::Only(-2)));
        assert_eq!(driver.call(Account::at("alice").balance()).unwrap(), 5);
    }
}

#[test]
fn an_operation_that_waits_goes_on_with_the_state_it_left() {
    for mut driver in drivers() {
        driver.call(Account::at("alice").deposit(50)).unwrap();
        assert_eq!(driver.call(Account::at("alice").pay(20)).unwrap(), Ok(31));
        let alice = account(&driver, "alice");
        assert_eq!(alice.log, ["alice pays 20", "audited 20"]);
        assert_eq!(account(&driver, "bank").balance, 20);
    }
}

#[test]
fn an_operation_that_fails_after_waiting_undoes_what_it_did_before() {
    for mut driver in drivers() {
        driver.call(Account::at("alice").deposit(500)).unwrap();
        let declined = driver.call(Account::at("alice").pay(200)).unwrap();
        assert_eq!(declined, Err(Insufficient::Only(100)));
        let alice = account(&driver, "alice");
        assert_eq!((alice.balance, alice.log.len()), (500, 0));
    }
}

#[test]
fn a_deleted_entity_is_as_if_it_had_never_been_used() {
    for mut driver in drivers() {
        driver.call(Account::at("alice").deposit(5)).unwrap();
        driver
            .call(Account::at("alice").close("bob".to_owned()))
            .unwrap();
        assert_eq!(account(&driver, "alice").balance, 0);
        assert_eq!(account(&driver, "bob").balance, 5);
    }
}

#[test]
fn a_call_that_was_kept_is_read_by_the_stored_names_alone() {
    #[entity]
    #[derive(Default, Serialize, Deserialize)]
    struct Ledger;

    #[entity]
    impl Ledger {
        pub fn deposit(&mut self, amount: i64) {
            let _ = amount;
        }
    }

    /// What it was called before.
    mod before {
        use undying::prelude::*;

        #[entity(name = "Ledger")]
        #[derive(Default, Serialize, Deserialize)]
        pub(super) struct Konto;

        #[entity]
        impl Konto {
            pub fn deposit(&mut self, amount: u32) {
                let _ = amount;
            }
            pub fn withdraw(&mut self, amount: u32) {
                let _ = amount;
            }
        }
    }
    fn same<A: Persist, B: Persist>(kept: &A, _: &B) -> bool {
        let stored = undying::schema::Stored::write(kept).unwrap();
        stored.read::<B>().is_ok()
    }
    let today = Ledger::at("alice").deposit(5);
    assert!(same(&before::Konto::at("alice").deposit(5), &today));
    assert!(!same(&before::Konto::at("alice").withdraw(5), &today));
}

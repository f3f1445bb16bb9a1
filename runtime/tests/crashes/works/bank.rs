//! A bank: transfers between accounts that they lock.

use undying::Result;
use undying::prelude::*;

use super::Work;
use crate::client::Client;

pub(super) const WORK: Work = Work {
    name: "bank",
    play: |client| Box::pin(play(client)),
    check: |client| Box::pin(check(client)),
};

const ACCOUNTS: u64 = 3;
const TRANSFERS: u64 = 6;
const OPENED_WITH: i64 = 100;

#[entity(key = u64)]
#[derive(Debug, Default, Serialize, Deserialize)]
struct Vault {
    moved: Vec<(u64, i64)>,
}

#[entity]
impl Vault {
    pub fn balance(&self) -> i64 {
        let moved = self.moved.iter().map(|(_, amount)| amount);
        OPENED_WITH + moved.sum::<i64>()
    }

    pub fn add(&mut self, transfer: u64, amount: i64) {
        self.moved.push((transfer, amount));
    }
}

#[orchestration]
async fn carry(number: u64, from: u64, to: u64, amount: i64) -> i64 {
    let (from, to) = lock((Vault::at(from), Vault::at(to))).await;
    let before = from.balance().await + to.balance().await;
    from.add(number, -amount).await;
    to.add(number, amount).await;
    let after = from.balance().await + to.balance().await;
    after - before
}

async fn play(client: &Client) -> Result<()> {
    for pair in 0..TRANSFERS / 2 {
        let (left, right) = (one(client, pair * 2), one(client, pair * 2 + 1));
        let (left, right) = tokio::join!(left, right);
        left.and(right)?;
    }
    Ok(())
}

async fn one(client: &Client, number: u64) -> Result<()> {
    let (from, to) = (number % ACCOUNTS, (number + 1) % ACCOUNTS);
    let call = carry(number, from, to, 1 + number as i64);
    let difference = client.run(&format!("carry-{number}"), call).await?;
    assert_eq!(difference, 0, "nobody sees money on its way");
    Ok(())
}

async fn check(client: &Client) {
    let (mut money, mut sides) = (0, Vec::new());
    for account in 0..ACCOUNTS {
        let state = client.engine.state::<Vault>(account).await;
        let vault = state.expect("it is open").expect("it was used");
        money += vault.balance();
        sides.extend(vault.moved.iter().map(|(number, _)| *number));
        let id = format!("@Vault@{account}");
        let found = client.engine.describe(&id).await.expect("it is there");
        assert!(found.locked_by.is_none(), "{found:?}");
    }
    assert_eq!(money, OPENED_WITH * ACCOUNTS as i64);
    sides.sort_unstable();
    let expected = (0..TRANSFERS).flat_map(|number| [number, number]);
    assert_eq!(sides, expected.collect::<Vec<_>>(), "each has two sides");
}

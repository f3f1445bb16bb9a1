//! Critical sections as functions write them: every way out of the block frees what was locked.
//!
//! Each function locks its entities again behind the block, which waits for ever if they were not
//! freed. It runs in memory, written, and read back at every suspension, in several orders.
#![allow(clippy::unwrap_used)]

use undying::__private::{Driver, Memory, Stop};
use undying::Held;
use undying::durable::OrchestrationCall;
use undying::prelude::*;

#[activity]
async fn echo(n: i64) -> i64 {
    n
}

#[activity]
async fn refuse(n: i64) -> Result<i64, Failure> {
    Err(Failure::Failed {
        call: "refuse".to_owned(),
        message: n.to_string(),
    })
}

#[entity(name = "account of the sections")]
#[derive(Default, Serialize, Deserialize)]
struct Account {
    balance: i64,
}

#[entity]
impl Account {
    pub fn balance(&self) -> i64 {
        self.balance
    }
    pub fn add(&mut self, amount: i64) -> i64 {
        self.balance += amount;
        self.balance
    }
    pub async fn add_slowly(&mut self, amount: i64) -> i64 {
        self.balance += echo(amount).await;
        self.balance
    }
}

#[entity(name = "ledger of the sections", key = u64)]
#[derive(Default, Serialize, Deserialize)]
struct Ledger(Vec<i64>);

#[entity]
impl Ledger {
    pub fn write(&mut self, amount: i64) -> usize {
        self.0.push(amount);
        self.0.len()
    }
}

/// What runs give, the same in all memories and orders.
#[track_caller]
fn check<O: OrchestrationCall<Output = i64>>(call: impl Fn() -> Orchestration<O>, expected: i64) {
    for memory in [Memory::Hot, Memory::Written, Memory::Cold] {
        assert_eq!(Driver::new(memory).run(call()), Ok(expected), "{memory:?}");
        for seed in 0..10 {
            let mut driver = Driver::new(memory).seeded(seed);
            assert_eq!(driver.run(call()), Ok(expected), "{memory:?}, seed {seed}");
        }
    }
}

/// Locks both again: it waits for ever if one of them was not freed.
#[resumable]
async fn sum() -> i64 {
    let (a, b) = lock((Account::at("a"), Account::at("b"))).await;
    a.balance().await + b.balance().await
}

#[orchestration]
async fn to_the_end() -> i64 {
    {
        let (a, b) = lock((Account::at("a"), Account::at("b"))).await;
        a.add(1).await;
        b.add_slowly(2).await;
    }
    sum().await
}

#[test]
fn the_end_of_the_block_frees_them() {
    check(to_the_end, 3);
}

#[orchestration]
async fn by_question_mark() -> i64 {
    match failing(4).await {
        Ok(_) => -1,
        Err(_) => sum().await,
    }
}

#[resumable]
async fn failing(n: i64) -> Result<i64, Failure> {
    let (a, _b) = lock((Account::at("a"), Account::at("b"))).await;
    a.add(n).await;
    let never = refuse(n).await?;
    a.add(never).await;
    Ok(never)
}

#[test]
fn a_question_mark_frees_them() {
    check(by_question_mark, 4);
}

#[resumable]
async fn returning(early: bool) -> i64 {
    let account = lock(Account::at("a")).await;
    if early {
        return account.add(10).await;
    }
    echo(0).await;
    if !early {
        return 7;
    }
    account.add(100).await
}

#[orchestration]
async fn by_return() -> i64 {
    returning(true).await * 100 + returning(false).await * 10 + sum().await % 10
}

#[test]
fn a_return_frees_them() {
    check(by_return, 1_070);
}

#[orchestration]
async fn by_jumps() -> i64 {
    let mut rounds = 0;
    let found = loop {
        let accounts = lock(vec![Account::at("a"), Account::at("b"), Account::at("c")]).await;
        rounds += 1;
        for account in &accounts {
            account.add(rounds).await;
        }
        if rounds < 3 {
            continue;
        }
        break accounts[2].balance().await;
    };
    'block: {
        let _held = lock(Account::at("c")).await;
        if echo(found).await > 0 {
            break 'block;
        }
        rounds = 0;
    }
    while let Some(n) = (rounds < 5).then_some(rounds) {
        let account = lock(Account::at("a")).await;
        rounds = n + account.balance().await - 5;
    }
    found * 100 + rounds * 10 + sum().await
}

#[test]
fn break_and_continue_free_them() {
    check(by_jumps, 6 * 100 + 5 * 10 + 12);
}

#[orchestration]
async fn by_race() -> i64 {
    let lost = race((patient(), sleep(secs(1)))).await;
    let waiting = race((sleep(secs(1)), join((holding(), patient())))).await;
    match (lost, waiting) {
        (Either::Second(()), Either::First(())) => sum().await,
        _ => -1,
    }
}

/// Enters the section, and stays there too long.
#[resumable]
async fn patient() -> i64 {
    let (a, b) = lock((Account::at("a"), Account::at("b"))).await;
    a.add(5).await;
    sleep(days(1)).await;
    b.add(5).await
}

#[resumable]
async fn holding() -> i64 {
    let a = lock(Account::at("a")).await;
    sleep(days(2)).await;
    a.balance().await
}

#[test]
fn losing_a_race_frees_them_and_gives_up_what_waits_for_them() {
    for memory in [Memory::Hot, Memory::Written, Memory::Cold] {
        // Whether the second `patient` gets its turn before `holding` is anybody's choice.
        let sum = Driver::new(memory).run(by_race()).unwrap();
        assert!(sum == 5 || sum == 10, "{sum}");
    }
}

#[orchestration]
async fn in_branches() -> i64 {
    let total = race((
        async {
            let a = lock(Account::at("a")).await;
            let never = event::<i64>("never").await;
            a.add(never).await
        },
        async {
            echo(1).await;
            let (b, _c) = lock((Account::at("b"), Account::at("c"))).await;
            b.add(3).await
        },
    ))
    .await;
    let both = join((
        async {
            let a = lock(Account::at("a")).await;
            a.add(echo(1).await).await;
        },
        async {
            let a = lock(Account::at("a")).await;
            a.add(echo(1).await).await;
        },
    ))
    .await;
    let ((), ()) = both;
    match total {
        Either::First(_) => -1,
        Either::Second(b) => b * 10 + sum().await,
    }
}

#[test]
fn sections_of_branches_exclude_each_other_and_end_with_their_branch() {
    check(in_branches, 35);
}

#[resumable(section)]
async fn move_one(from: AccountRef<Held>, to: AccountRef<Held>) -> i64 {
    from.add(-1).await;
    to.add(1).await
}

#[orchestration]
async fn mixed() -> i64 {
    {
        let ((a, b), ledgers) = lock((
            (Account::at("a"), Account::at("b")),
            vec![Ledger::at(1), Ledger::at(2)],
        ))
        .await;
        let (moved, lines) = join((move_one(a.clone(), b), ledgers[1].write(1))).await;
        Account::at("elsewhere").add(1).signal().await;
        assert_eq!((moved, lines), (1, 1));
        a.add(10).await;
    }
    sum().await
}

#[test]
fn a_section_is_over_references_of_several_types_and_hands_them_to_helpers() {
    check(mixed, 10);
}

#[orchestration]
async fn twice_the_same() -> i64 {
    {
        let (one, other) = lock((Account::at("a"), Account::at("a"))).await;
        one.add(1).await;
        other.add(1).await;
    }
    let none = lock(Vec::<AccountRef>::new()).await;
    none.len() as i64 + echo(2).await
}

#[test]
fn an_entity_that_is_named_twice_is_locked_once_and_nothing_is_locked_at_once() {
    check(twice_the_same, 2);
}

#[orchestration]
async fn too_many() -> i64 {
    let all: Vec<AccountRef> = (0..501).map(|n| Account::at(n.to_string())).collect();
    let all = lock(all).await;
    all.len() as i64
}

#[test]
fn a_section_over_too_much_is_refused() {
    let stop = Driver::new(Memory::Hot).run(too_many()).unwrap_err();
    assert!(matches!(stop, Stop::Refused(_)));
    assert!(
        stop.to_string()
            .contains("locks 501 entities, more than 500"),
        "{stop}"
    );
}

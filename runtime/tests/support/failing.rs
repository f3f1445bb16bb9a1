//! Orchestrations that fail when their activities do, and can be rewound then.

use undying::core::Outcome;
use undying::prelude::*;
use undying::schema::Stored;

#[derive(Debug, Clone, PartialEq, thiserror::Error, Serialize, Deserialize)]
pub enum Refused {
    #[error("the bank is shut")]
    Shut,
    #[error(transparent)]
    Failed(#[from] undying::Failure),
}

/// Attempts of a [`pay`].
pub const PAY_ATTEMPTS: u32 = 2;

#[activity(retry(max_attempts = 2, first = "1ms"))]
pub async fn pay(amount: u64) -> Result<u64, Refused> {
    Ok(amount)
}

/// Pays twice, one after the other, with a local in a row of its own.
#[orchestration]
pub async fn buys(first: u64, second: u64) -> Result<u64, Refused> {
    let pad = vec![first; 600];
    let one = pay(first).await?;
    let two = pay(second).await?;
    Ok(one + two + pad.len() as u64 - 600)
}

/// Pays so often at once; the first failure counts.
#[orchestration]
pub async fn buys_all(count: u64, _b: u64) -> Result<u64, Refused> {
    let all = join_all((0..count).map(pay).collect::<Vec<_>>()).await;
    let mut sum = 0;
    for one in all {
        sum += one?;
    }
    Ok(sum)
}

/// So many orchestrations, one in the other, the innermost of which pays.
#[orchestration]
pub async fn delegates(depth: u64, amount: u64) -> Result<u64, Refused> {
    if depth == 0 {
        return pay(amount).await;
    }
    let below = delegates(depth - 1, amount).await?;
    Ok(below + 1)
}

/// It fails by itself after a call that succeeded.
#[orchestration]
pub async fn refuses(amount: u64, limit: u64) -> Result<u64, Refused> {
    let paid = pay(amount).await?;
    match paid > limit {
        true => Err(Refused::Shut),
        false => Ok(paid),
    }
}

/// It waits for a [`refuses`].
#[orchestration]
pub async fn trusts(amount: u64, limit: u64) -> Result<u64, Refused> {
    refuses(amount, limit).await
}

/// What an attempt of [`pay`] comes to that does not fail.
pub fn paid(args: &Stored) -> Outcome {
    let amount = args
        .read::<undying::durable::Named<PayCall>>()
        .unwrap()
        .0
        .0
        .0;
    Outcome::Done(Stored::write(&Ok::<u64, Refused>(amount)).unwrap())
}

/// What one comes to that does.
pub fn shut() -> Outcome {
    Outcome::Error(Stored::write(&Err::<u64, _>(Refused::Shut)).unwrap())
}

/// What one comes to whose error is not tried again.
pub fn shut_for_good() -> Outcome {
    Outcome::Final(Stored::write(&Err::<u64, _>(Refused::Shut)).unwrap())
}

//! Fan-out and join: children with activities of their own.

use undying::Result;
use undying::prelude::*;

use super::Work;
use crate::client::Client;

pub(super) const WORK: Work = Work {
    name: "fan",
    play: |client| Box::pin(play(client)),
    check: |client| Box::pin(check(client)),
};

const ROOTS: u64 = 2;
const WIDTH: u64 = 4;

#[activity]
async fn square(n: u64) -> u64 {
    n * n
}

#[orchestration]
async fn leaf(n: u64) -> u64 {
    let (left, right) = join((square(n), square(n + 1))).await;
    left + right
}

#[orchestration]
async fn spread(root: u64) -> u64 {
    let leaves = (0..WIDTH).map(|n| leaf(root + n).id(format!("leaf-{root}-{n}")));
    let sums = join_all(leaves.collect::<Vec<_>>()).await;
    sleep(millis(1)).await;
    sums.into_iter().sum()
}

async fn play(client: &Client) -> Result<()> {
    for root in 0..ROOTS {
        let sum = client.run(&format!("root-{root}"), spread(root)).await?;
        let expected = (root..root + WIDTH).map(|n| n * n + (n + 1) * (n + 1));
        assert_eq!(sum, expected.sum::<u64>());
    }
    Ok(())
}

async fn check(client: &Client) {
    let all = client.all().await;
    assert_eq!(all.len() as u64, ROOTS * (1 + WIDTH), "{all:?}");
}

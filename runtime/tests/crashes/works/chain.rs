//! Chains: one activity after the other, each with an effect outside.

use std::collections::{BTreeMap, BTreeSet};

use undying::Result;
use undying::prelude::*;

use super::Work;
use crate::client::{Client, Effects};

pub(super) const WORK: Work = Work {
    name: "chain",
    play: |client| Box::pin(play(client)),
    check: |client| Box::pin(check(client)),
};

const CHAINS: u64 = 4;
const STEPS: u64 = 3;

#[activity]
async fn greet(chain: u64, step: u64, State(effects): State<Effects>) -> String {
    effects.cause(&format!("{chain} {step}"));
    format!("hello {step}")
}

#[orchestration]
async fn hello(chain: u64) -> Vec<String> {
    let mut greetings = Vec::new();
    for step in 0..STEPS {
        greetings.push(greet(chain, step).await);
    }
    greetings
}

async fn play(client: &Client) -> Result<()> {
    // Two at a time: their commits mix.
    for pair in 0..CHAINS / 2 {
        let (left, right) = (pair * 2, pair * 2 + 1);
        let (left, right) = tokio::join!(one(client, left), one(client, right));
        left.and(right)?;
    }
    // One is purged: its id is free, for ever.
    client.purge("chain-0").await
}

async fn one(client: &Client, chain: u64) -> Result<()> {
    let id = format!("chain-{chain}");
    if client.is_purged(&id) {
        return Ok(());
    }
    let greetings = client.run(&id, hello(chain)).await?;
    assert_eq!(greetings.len() as u64, STEPS);
    Ok(())
}

async fn check(client: &Client) {
    let (mut runs, mut first) = (BTreeSet::new(), BTreeMap::<_, Vec<_>>::new());
    for (process, effect) in client.effects.all() {
        let (chain, step) = effect.split_once(' ').expect("two numbers");
        let steps = first.entry(chain.to_owned()).or_default();
        if !steps.contains(&step.to_owned()) {
            steps.push(step.to_owned());
        }
        assert!(runs.insert((process, effect)), "twice in one process");
    }
    let steps: Vec<_> = (0..STEPS).map(|step| step.to_string()).collect();
    let expected = (0..CHAINS).map(|chain| (chain.to_string(), steps.clone()));
    assert_eq!(first, expected.collect(), "each step was made, in order");
}

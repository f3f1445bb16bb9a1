//! Clients that signal orchestrations: each raises events of one of its own, which adds them up.

use anyhow::{Result, ensure};
use undying::prelude::*;

use super::Setting;
use crate::row::Row;

/// The event that ends an orchestration.
const LAST: u64 = u64::MAX;

#[orchestration]
async fn adder() -> u64 {
    let mut sum = 0;
    loop {
        let number = event::<u64>("number").await;
        if number == LAST {
            return sum;
        }
        sum += number;
    }
}

/// So many clients.
pub(crate) async fn run(setting: &Setting, clients: usize) -> Result<Vec<Row>> {
    let subject = setting.open(super::builder()).await?;
    let engine = &subject.engine;
    let mut adders = Vec::new();
    for client in 0..clients {
        adders.push(engine.start(client.to_string(), adder()).await?);
    }
    let raise = adders.clone();
    let load = setting.clients(clients).run(move |number| {
        let raise = raise[number as usize % raise.len()].raise("number", &1u64);
        async move { Ok(raise.await?) }
    });
    let load = load.await?;
    let mut sum = 0;
    for adder in adders {
        adder.raise("number", &LAST).await?;
        sum += adder.result().await?;
    }
    let signals = load.latencies.count() as u64;
    ensure!(sum == signals, "{sum} of {signals} signals were taken");
    subject.close().await?;
    Ok(vec![setting.row("").load(&load, 1)])
}

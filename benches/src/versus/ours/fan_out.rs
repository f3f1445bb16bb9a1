//! Fan-out and join: activities at once, whose results an orchestration adds up.

use anyhow::{Result, ensure};
use undying::prelude::*;

use super::Setting;
use crate::row::Row;

#[activity]
async fn double(number: u64) -> u64 {
    2 * number
}

#[orchestration]
async fn fan_out(width: u64) -> u64 {
    let doubled = join_all((0..width).map(double)).await;
    doubled.into_iter().sum()
}

/// Orchestrations so wide, so many at a time.
pub(crate) async fn run(setting: &Setting, width: usize, at_once: usize) -> Result<Vec<Row>> {
    let subject = setting.open(super::builder()).await?;
    let (engine, width) = (subject.engine.clone(), width as u64);
    let load = setting.clients(at_once).run(move |number| {
        let engine = engine.clone();
        async move {
            let id = number.to_string();
            let sum = engine.start(id, fan_out(width)).await?.result().await?;
            ensure!(sum == width * (width - 1), "instance {number}: {sum}");
            Ok(())
        }
    });
    let row = setting.row("").load(&load.await?, width);
    subject.close().await?;
    Ok(vec![row])
}

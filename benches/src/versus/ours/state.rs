//! State of any size: an entity whose operations change it, and an orchestration that carries it along.

use anyhow::{Result, ensure};
use undying::prelude::*;

use super::Setting;
use crate::row::Row;

/// How many entities or orchestrations there are, each with a client.
const CLIENTS: usize = 20;
/// How many steps an orchestration takes with what it carries.
const STEPS: u64 = 10;

#[entity(key = u64)]
#[derive(Debug, Default, Serialize, Deserialize)]
struct Large {
    bytes: String,
    count: u64,
}

#[entity]
impl Large {
    pub fn fill(&mut self, bytes: String) {
        self.bytes = bytes;
    }

    pub fn count(&mut self) -> u64 {
        self.count += 1;
        self.count
    }
}

/// Calls of entities whose state has so many bytes.
pub(crate) async fn entity(setting: &Setting, bytes: usize) -> Result<Vec<Row>> {
    let subject = setting.open(super::builder()).await?;
    let engine = subject.engine.clone();
    for key in 0..CLIENTS as u64 {
        engine.call(Large::at(key).fill("x".repeat(bytes))).await?;
    }
    let load = setting.clients(CLIENTS).run(move |number| {
        let call = engine.call(Large::at(number % CLIENTS as u64).count());
        async move {
            call.await?;
            Ok(())
        }
    });
    let row = setting.row("").load(&load.await?, 1);
    subject.close().await?;
    Ok(vec![row])
}

#[activity]
async fn step_beside(step: u64) -> u64 {
    step + 1
}

/// Takes its steps, and looks in the end at what it has carried.
#[orchestration]
async fn carry(bytes: u64) -> u64 {
    let carried = "x".repeat(bytes as usize);
    let mut step = 0;
    while step < STEPS {
        step = step_beside(step).await;
    }
    carried.len() as u64 + step
}

/// Steps of orchestrations that carry so many bytes.
pub(crate) async fn carried(setting: &Setting, bytes: usize) -> Result<Vec<Row>> {
    let subject = setting.open(super::builder()).await?;
    let (engine, bytes) = (subject.engine.clone(), bytes as u64);
    let load = setting.clients(CLIENTS).run(move |number| {
        let engine = engine.clone();
        async move {
            let carry = engine.start(number.to_string(), carry(bytes)).await?;
            let carried = carry.result().await?;
            ensure!(carried == bytes + STEPS, "{carried} of {bytes} bytes");
            Ok(())
        }
    });
    let row = setting.row("").load(&load.await?, STEPS);
    subject.close().await?;
    Ok(vec![row])
}

//! Payloads of any size: given to an orchestration, to its activity, and back.

use anyhow::{Result, ensure};
use undying::prelude::*;

use super::Setting;
use crate::row::Row;

#[activity]
async fn echo(payload: String) -> String {
    payload
}

#[orchestration]
async fn pass(payload: String) -> String {
    echo(payload).await
}

/// Ten orchestrations in flight, each with a payload of so many bytes.
pub(crate) async fn run(setting: &Setting, bytes: usize) -> Result<Vec<Row>> {
    let subject = setting.open(super::builder()).await?;
    let engine = subject.engine.clone();
    let load = setting.clients(10).run(move |number| {
        let engine = engine.clone();
        async move {
            // No payload compresses to nothing.
            let mut mixed = number;
            let payload: String = std::iter::repeat_with(|| {
                mixed = mixed.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
                char::from(b' ' + (mixed >> 58) as u8)
            })
            .take(bytes)
            .collect();
            let pass = engine.start(number.to_string(), pass(payload.clone()));
            let returned = pass.await?.result().await?;
            ensure!(returned == payload, "instance {number} returned another");
            Ok(())
        }
    });
    let load = load.await?;
    subject.close().await?;
    let row = setting.row("").load(&load, 1);
    let mb = row.throughput.unwrap_or(0.0) * bytes as f64 / 1e6;
    Ok(vec![row.note(format!(
        "{mb:.1} MB/s in, to the activity, and back"
    ))])
}

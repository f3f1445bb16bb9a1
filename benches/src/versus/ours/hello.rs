//! Hello-3 and hello-5: activities in sequence, and the list of what they returned.

use anyhow::{Result, ensure};
use undying::prelude::*;

use super::Setting;
use crate::row::Row;

#[activity]
async fn greet(city: String) -> String {
    format!("Hello {city}!")
}

#[orchestration]
pub(crate) async fn hello_3() -> Vec<String> {
    let tokyo = greet("Tokyo".to_owned()).await;
    let seattle = greet("Seattle".to_owned()).await;
    let london = greet("London".to_owned()).await;
    vec![tokyo, seattle, london]
}

#[orchestration]
async fn hello_5() -> Vec<String> {
    let tokyo = greet("Tokyo".to_owned()).await;
    let seattle = greet("Seattle".to_owned()).await;
    let london = greet("London".to_owned()).await;
    let amsterdam = greet("Amsterdam".to_owned()).await;
    let mumbai = greet("Mumbai".to_owned()).await;
    vec![tokyo, seattle, london, amsterdam, mumbai]
}

/// So many orchestrations of three or five activities in flight.
pub(crate) async fn run(setting: &Setting, cities: usize, in_flight: usize) -> Result<Vec<Row>> {
    let subject = setting.open(super::builder()).await?;
    let engine = subject.engine.clone();
    let load = setting.clients(in_flight).run(move |number| {
        let engine = engine.clone();
        async move {
            let id = number.to_string();
            let greetings = match cities {
                3 => engine.start(id, hello_3()).await?.result().await?,
                _ => engine.start(id, hello_5()).await?.result().await?,
            };
            ensure!(
                greetings.len() == cities && greetings[1] == "Hello Seattle!",
                "instance {number} returned {greetings:?}"
            );
            Ok(())
        }
    });
    let load = load.await?;
    let row = setting.row("").load(&load, 1);
    subject.close().await?;
    Ok(vec![row])
}

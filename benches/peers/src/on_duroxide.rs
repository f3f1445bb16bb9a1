//! duroxide: orchestrations that are replayed, in SQLite.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, anyhow, bail, ensure};
use duroxide::providers::sqlite::SqliteProvider;
use duroxide::runtime::registry::ActivityRegistry;
use duroxide::runtime::{Runtime, RuntimeOptions};
use duroxide::{
    ActivityContext, Client, OrchestrationContext, OrchestrationRegistry, OrchestrationStatus,
};

use crate::Run;
use crate::load::Load;
use crate::row::Row;
use crate::sequence::Begins;

/// It asks SQLite for `synchronous = WAL`, a mode that SQLite does not have: what was committed is in the
/// log, and is synced when SQLite makes a checkpoint.
const DURABILITY: &str = "write, fsync at checkpoints";
/// No instance takes longer that is not lost.
const FOR_EVER: Duration = Duration::from_secs(3_600);

/// Hello, a sequence, or a fan-out; at its defaults, or with what was found to be fastest.
pub(crate) async fn run(run: &Run, is_fast: bool) -> Result<Vec<Row>> {
    let folder = run.store()?;
    let file = folder.path().join("duroxide.db");
    std::fs::File::create(&file)?;
    let provider = SqliteProvider::new(&format!("sqlite:{}", file.display()), None).await?;
    let provider = Arc::new(provider);
    let begins = Begins::default();
    let mut options = RuntimeOptions::default();
    if is_fast {
        options.dispatcher_min_poll_interval = Duration::from_millis(1);
        options.orchestration_concurrency = 1;
        options.worker_concurrency = 1;
    }
    let runtime = Runtime::start_with_options(
        provider.clone(),
        activities(&begins),
        orchestrations(),
        options,
    );
    // It polls from now on, as long as this process lives.
    let _runtime = runtime.await;
    let client = Client::new(provider);
    let size = |index: usize| run.sizes.get(index).copied().unwrap_or(1);
    let row = run.row(DURABILITY);
    Ok(vec![match run.family.as_str() {
        "hello-3" => row.load(&load(run, client, "Hello", "3", size(0)).await?, 1),
        "hello-5" => row.load(&load(run, client, "Hello", "5", size(0)).await?, 1),
        "fan-out" => {
            let width = size(0).to_string();
            let load = load(run, client, "FanOut", &width, size(1)).await?;
            row.load(&load, size(0) as u64)
        }
        "sequence" => {
            let input = size(0).to_string();
            let walk = one(&client, "walk", "Sequence", &input);
            begins.row(run, size(0), row, walk).await?
        }
        family => bail!("duroxide has no {family}"),
    }])
}

fn activities(begins: &Begins) -> ActivityRegistry {
    let begins = begins.clone();
    ActivityRegistry::builder()
        .register("Greet", |_: ActivityContext, city: String| async move {
            Ok(format!("Hello {city}!"))
        })
        .register("Step", move |_: ActivityContext, step: String| {
            begins.note();
            async move { Ok(step) }
        })
        .build()
}

fn orchestrations() -> OrchestrationRegistry {
    OrchestrationRegistry::builder()
        .register(
            "Hello",
            |ctx: OrchestrationContext, count: String| async move {
                let cities = ["Tokyo", "Seattle", "London", "Amsterdam", "Mumbai"];
                let mut greetings = Vec::new();
                for city in cities.into_iter().take(count.parse().unwrap_or(0)) {
                    greetings.push(ctx.schedule_activity("Greet", city).await?);
                }
                Ok(greetings.join(" "))
            },
        )
        .register(
            "FanOut",
            |ctx: OrchestrationContext, width: String| async move {
                let width: u64 = width.parse().unwrap_or(0);
                let all = (0..width).map(|n| ctx.schedule_activity("Step", n.to_string()));
                let all = ctx.join(all.collect()).await;
                Ok(all.into_iter().filter(Result::is_ok).count().to_string())
            },
        )
        .register(
            "Sequence",
            |ctx: OrchestrationContext, steps: String| async move {
                let steps: u64 = steps.parse().unwrap_or(0);
                for step in 0..steps {
                    ctx.schedule_activity("Step", step.to_string()).await?;
                }
                Ok(steps.to_string())
            },
        )
        .build()
}

/// Starts an orchestration, and waits for what it returns.
async fn one(client: &Client, id: &str, orchestration: &str, input: &str) -> Result<String> {
    let started = client.start_orchestration(id, orchestration, input).await;
    started.map_err(|error| anyhow!("{error:?}"))?;
    let ended = client.wait_for_orchestration(id, FOR_EVER).await;
    match ended.map_err(|error| anyhow!("{error:?}"))? {
        OrchestrationStatus::Completed { output, .. } => Ok(output),
        other => bail!("instance {id}: {other:?}"),
    }
}

async fn load(
    run: &Run,
    client: Client,
    orchestration: &'static str,
    input: &str,
    in_flight: usize,
) -> Result<Load> {
    let (client, input) = (Arc::new(client), input.to_owned());
    let load = run.clients(in_flight).run(move |number| {
        let (client, input) = (client.clone(), input.clone());
        async move {
            let output = one(&client, &number.to_string(), orchestration, &input).await?;
            ensure!(!output.is_empty(), "instance {number} returned nothing");
            Ok(())
        }
    });
    load.await
}

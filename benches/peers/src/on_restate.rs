//! Restate: a server that calls back over HTTP, and keeps a journal.

use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use reqwest::Client;
use restate_sdk::prelude::*;
use tokio::net::TcpListener;

use crate::Run;
use crate::load::Load;
use crate::row::Row;
use crate::sequence::Begins;

/// The server's program, if no other is named by `RESTATE_SERVER`.
const PROGRAM: &str = "restate-server";
/// At its defaults.
const DURABILITY: &str = "fsync";
/// How long the server may take to start.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Default)]
struct Hello {
    begins: Begins,
}

#[service]
impl Hello {
    #[handler]
    async fn greet(&self, ctx: Context<'_>, count: u32) -> Result<String, HandlerError> {
        let cities = ["Tokyo", "Seattle", "London", "Amsterdam", "Mumbai"];
        let mut greetings = Vec::new();
        for city in cities.into_iter().take(count as usize) {
            let greeting = ctx.run(|| async move { Ok(format!("Hello {city}!")) });
            greetings.push(greeting.name(city).await?);
        }
        Ok(greetings.join(" "))
    }

    #[handler]
    async fn walk(&self, ctx: Context<'_>, steps: u64) -> Result<u64, HandlerError> {
        let mut sum = 0;
        for step in 0..steps {
            let begins = self.begins.clone();
            let run = ctx.run(|| async move {
                begins.note();
                Ok(step)
            });
            sum += run.name("step").await?;
        }
        Ok(sum)
    }
}

struct Counter;

#[object]
impl Counter {
    #[handler]
    async fn add(&self, ctx: ObjectContext<'_>, n: u64) -> Result<u64, HandlerError> {
        let count = ctx.get::<u64>("count").await?.unwrap_or(0) + n;
        ctx.set("count", count);
        Ok(count)
    }
}

/// The server, which is told to end when this is dropped.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // The program may be a script that starts the server: it passes this on, which a kill would not.
        let end = Command::new("kill").arg(self.0.id().to_string()).status();
        let is_told = end.is_ok_and(|status| status.success());
        let _ = if is_told {
            self.0.wait().map(drop)
        } else {
            self.0.kill()
        };
    }
}

/// Hello, a sequence, or a counter for each key.
pub(crate) async fn run(run: &Run) -> Result<Vec<Row>> {
    let folder = run.store()?;
    let endpoint = TcpListener::bind("127.0.0.1:0").await?;
    let services = format!("http://{}", endpoint.local_addr()?);
    let begins = Begins::default();
    let hello = Hello {
        begins: begins.clone(),
    };
    let served = Endpoint::builder().bind(hello).bind(Counter).build();
    tokio::spawn(HttpServer::new(served).serve(endpoint));
    let [ingress, admin, node] = [free()?, free()?, free()?];
    let program = std::env::var_os("RESTATE_SERVER").unwrap_or_else(|| PROGRAM.into());
    let mut command = Command::new(program);
    command.arg("--base-dir").arg(folder.path());
    command.env("RESTATE_INGRESS__BIND_ADDRESS", &ingress);
    command.env("RESTATE_ADMIN__BIND_ADDRESS", &admin);
    command.env("RESTATE_BIND_ADDRESS", &node);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let server = match command.spawn() {
        Ok(server) => Server(server),
        Err(error) => {
            let why =
                format!("skipped: {PROGRAM} does not run, {error}: set RESTATE_SERVER to its path");
            return Ok(vec![run.row("-").note(why)]);
        }
    };
    let client = Client::new();
    register(&client, &admin, &services).await?;
    let size = |index: usize| run.sizes.get(index).copied().unwrap_or(1);
    let hello = |count| {
        let url = format!("http://{ingress}/Hello/greet");
        load(run, client.clone(), move |_| url.clone(), count, size(0))
    };
    let counter = |keys: u64, clients| {
        let url = format!("http://{ingress}/Counter");
        let key = move |number: u64| number.wrapping_mul(0x9e37_79b9) % keys;
        let url = move |number| format!("{url}/{}/add", key(number));
        load(run, client.clone(), url, 1, clients)
    };
    let row = run.row(DURABILITY);
    if run.family == "sequence" {
        let url = format!("http://{ingress}/Hello/walk");
        let walk = call(&client, url, size(0) as u64);
        return Ok(vec![begins.row(run, size(0), row, walk).await?]);
    }
    let load = match run.family.as_str() {
        "hello-3" => hello(3).await?,
        "hello-5" => hello(5).await?,
        "hot-entity" => counter(1, size(0)).await?,
        "entity-call" => counter(1, 1).await?,
        "entities" => counter(size(0) as u64, size(1)).await?,
        family => bail!("restate has no {family}"),
    };
    drop(server);
    Ok(vec![row.load(&load, 1)])
}

/// An address that nobody listens at.
fn free() -> Result<String> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    Ok(listener.local_addr()?.to_string())
}

/// Waits for the server, and tells it where the services are.
async fn register(client: &Client, admin: &str, services: &str) -> Result<()> {
    let began = Instant::now();
    let url = format!("http://{admin}/deployments");
    let body = serde_json::json!({ "uri": services });
    loop {
        let answer = client.post(&url).json(&body).send().await;
        let is_late = began.elapsed() > PATIENCE;
        match answer {
            Ok(answer) if answer.status().is_success() => return Ok(()),
            Ok(answer) if is_late => bail!("{}: {}", answer.status(), answer.text().await?),
            Err(error) if is_late => return Err(error).context("restate does not start"),
            _ => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

/// Calls what is at a URL, with a number as its argument.
async fn load(
    run: &Run,
    client: Client,
    url: impl Fn(u64) -> String + Send + Sync + 'static,
    argument: u64,
    clients: usize,
) -> Result<Load> {
    let url = Arc::new(url);
    let load = run.clients(clients).run(move |number| {
        let (client, url) = (client.clone(), url(number));
        async move { call(&client, url, argument).await }
    });
    load.await
}

async fn call(client: &Client, url: String, argument: u64) -> Result<()> {
    let answer = client.post(url).json(&argument).send().await?;
    let status = answer.status();
    let text = answer.text().await?;
    ensure!(status.is_success(), "{status} {text}");
    Ok(())
}

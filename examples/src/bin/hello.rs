//! Three activities in sequence: the smallest orchestration. Each await survives a crash.

use undying::prelude::*;

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Side effects live in activities.
#[activity]
async fn greet(city: String) -> String {
    format!("Hello {city}!")
}

/// Killed at any instant and opened again, this goes on at the await where it was.
#[orchestration]
async fn hello() -> Vec<String> {
    let mut greetings = Vec::new();
    for city in ["Tokyo", "Seattle", "London"] {
        greetings.push(greet(city.to_owned()).await);
    }
    greetings
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let store = tempfile::tempdir()?;
    let engine = Engine::open(store.path()).await?;

    let handle = engine.start("hello-1", hello()).await?;
    let greetings = handle.result().await?;

    println!("{}", greetings.join(" "));
    assert_eq!(
        greetings,
        ["Hello Tokyo!", "Hello Seattle!", "Hello London!"]
    );
    engine.shutdown().await?;
    Ok(())
}

//! What actors in memory do of the workloads: a ceiling, for nothing of it outlives the process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

use anyhow::{Result, bail, ensure};

use crate::Run;
use crate::row::Row;

/// What a crash leaves.
const DURABILITY: &str = "none, in memory";

/// What the actors of a ring have in common.
#[derive(Debug, Default)]
pub(crate) struct Rings {
    pub(crate) over: AtomicBool,
    pub(crate) passed: AtomicU64,
}

/// Actors that count, and that can be nodes of a ring.
pub(crate) trait Actors: Sized + Send + Sync + 'static {
    /// So many of them.
    async fn spawn(count: usize, rings: &Arc<Rings>) -> Result<Self>;
    /// Adds one, and gives the sum.
    fn ask(&self, actor: usize) -> impl Future<Output = Result<u64>> + Send;
    /// Makes an actor the next of another.
    fn link(&self, actor: usize, next: usize) -> Result<()>;
    /// Gives an actor a token, which it passes on until the time is over.
    fn token(&self, actor: usize) -> Result<()>;
}

/// Runs what can be run without a disk.
pub(crate) async fn run<A: Actors>(run: &Run) -> Result<Vec<Row>> {
    let size = |index: usize| run.sizes.get(index).copied().unwrap_or(1);
    let row = match run.family.as_str() {
        "hot-entity" => asks::<A>(run, 1, size(0)).await?,
        "entity-call" => asks::<A>(run, 1, 1).await?,
        "entities" => asks::<A>(run, size(0), size(1)).await?,
        "rsm-ping-pong" => rings::<A>(run, size(0), 2, 1).await?,
        "rsm-ring" => rings::<A>(run, size(0), size(0), size(1)).await?,
        family => bail!("actors have no {family}"),
    };
    Ok(vec![row])
}

/// So many clients that ask one of so many actors.
async fn asks<A: Actors>(run: &Run, actors: usize, clients: usize) -> Result<Row> {
    let system = Arc::new(A::spawn(actors, &Arc::default()).await?);
    let load = run.clients(clients).run(move |number| {
        let system = system.clone();
        async move {
            let actor = number.wrapping_mul(0x9e37_79b9) as usize % actors;
            let count = system.ask(actor).await?;
            ensure!(count > 0, "actor {actor} counted nothing");
            Ok(())
        }
    });
    Ok(run.row(DURABILITY).load(&load.await?, 1))
}

/// Rings of so many actors, each with so many tokens.
async fn rings<A: Actors>(run: &Run, actors: usize, ring: usize, tokens: usize) -> Result<Row> {
    let rings = Arc::new(Rings::default());
    let system = A::spawn(actors, &rings).await?;
    for actor in 0..actors {
        let first = actor / ring * ring;
        system.link(actor, first + (actor + 1 - first) % ring)?;
    }
    let began = std::time::Instant::now();
    for first in (0..actors).step_by(ring) {
        for token in 0..tokens {
            system.token(first + token * ring / tokens)?;
        }
    }
    tokio::time::sleep(run.time).await;
    let (passed, took) = (rings.passed.load(Relaxed), began.elapsed());
    rings.over.store(true, Relaxed);
    Ok(run.row(DURABILITY).rate(passed, took))
}

//! `--crash N`: the program starts itself as a worker, kills that as `kill -9` does, and starts the next.
//!
//! A worker is this program with the same options and `--worker DIR` before them. It works on the
//! store in `DIR` from where the one before it was, and reports by [`Progress::to_parent`].

mod moments;
mod supervise;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use clap::Args;
use tempfile::TempDir;
use undying::Engine;

use crate::progress::Progress;

/// The options of a program that kills itself.
#[derive(Debug, Clone, Args)]
pub struct Crash {
    /// Kills itself N times at random moments, goes on each time, and checks what comes out
    #[arg(long = "crash", value_name = "N", default_value = "0")]
    pub times: usize,
    /// Chooses the random moments [default: random, and printed]
    #[arg(long, value_name = "S")]
    pub seed: Option<u64>,
    /// Is the process that is killed
    #[arg(long, hide = true, value_name = "DIR")]
    worker: Option<PathBuf>,
}

/// What came of work that survived its kills.
#[derive(Debug)]
pub struct Survived<T> {
    /// What it gave.
    pub result: T,
    /// How often it was killed before, on this store and on those before it.
    pub killed: usize,
    /// How long the process took that was not killed.
    pub took: Duration,
    /// The store it left.
    pub store: PathBuf,
    /// The folder of the store, which is deleted with this.
    _folder: TempDir,
}

impl Crash {
    /// Does `work` on a new store: in workers that are killed, and then to its end. If it is done
    /// before all the kills, it begins anew on another store, so that the kills are as many as was
    /// said. It gets the store's folder, beside which it may keep files. In a worker nothing is given:
    /// what it did is in the store.
    ///
    /// # Errors
    /// Those of the work; when a worker cannot be started, or fails by itself.
    pub async fn run<T>(
        &self,
        progress: Progress,
        work: impl AsyncFn(&Path, &Arc<Progress>) -> Result<T>,
    ) -> Result<Option<Survived<T>>> {
        if let Some(store) = self.worker() {
            work(store, &Arc::new(Progress::to_parent())).await?;
            return Ok(None);
        }
        let (mut killed, mut crash) = (0, self.clone());
        let (folder, store) = loop {
            let folder = tempfile::tempdir().context("cannot make a folder for the store")?;
            let store = folder.path().join("store");
            let now = crash.kill(&store, &progress)?;
            killed += now;
            crash.times -= now;
            // A fast machine needs more work; work that cannot be killed at all is not done for ever.
            if crash.times == 0 || now == 0 {
                break (folder, store);
            }
            progress.say("it begins anew, on a new store");
        };
        let (progress, started) = (Arc::new(progress), Instant::now());
        let result = work(&store, &progress).await?;
        progress.finish();
        Ok(Some(Survived {
            result,
            killed,
            took: started.elapsed(),
            store,
            _folder: folder,
        }))
    }

    /// As [`run`](Self::run), for work that needs nothing but an engine on the store, which is shut down
    /// behind it.
    ///
    /// # Errors
    /// Those of [`run`](Self::run); the store cannot be opened or closed.
    pub async fn run_on_engine<T>(
        &self,
        progress: Progress,
        work: impl AsyncFn(&Engine, &Arc<Progress>) -> Result<T>,
    ) -> Result<Option<Survived<T>>> {
        let work = async |store: &Path, progress: &Arc<Progress>| {
            let engine = Engine::open(store).await?;
            let result = work(&engine, progress).await?;
            engine.shutdown().await?;
            Ok(result)
        };
        self.run(progress, work).await
    }

    /// Where the store is, if this process is a worker. It ends when the one that started it has
    /// gone.
    #[must_use]
    pub fn worker(&self) -> Option<&Path> {
        let store = self.worker.as_deref()?;
        supervise::die_with_parent();
        Some(store)
    }

    /// Starts workers on `store` and kills them; prints the seed and each kill. Gives how many were
    /// killed: fewer than [`times`](Self::times) if one came to its end before.
    ///
    /// # Errors
    /// When a worker cannot be started, or fails by itself.
    pub fn kill(&self, store: &Path, progress: &Progress) -> Result<usize> {
        if self.times == 0 {
            return Ok(0);
        }
        let seed = self.seed.unwrap_or_else(rand::random);
        progress.say(&format!("seed {seed}"));
        let program = std::env::current_exe().context("cannot find this program")?;
        let worker = || {
            let mut worker = Command::new(&program);
            worker.arg("--worker").arg(store);
            worker.args(std::env::args_os().skip(1));
            worker
        };
        let moments = moments::moments(self.times, seed);
        let killed = supervise::kill_at(&moments, worker, progress)?;
        if killed < self.times {
            let left = self.times - killed;
            progress.say(&format!("the work was done before the other {left} kills"));
        }
        Ok(killed)
    }
}

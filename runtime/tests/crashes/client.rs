//! Who asks the engine: every request may be asked again, and what it is told is noted.

use std::fmt::Debug;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use undying::durable::OrchestrationCall;
use undying::prelude::*;
use undying::{Error, Filter, Result, Status};

use crate::notes::{Notes, lines};

/// Where the store is, and the files beside it: what was acknowledged, and what activities did.
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    pub(crate) beside: PathBuf,
    pub(crate) store: PathBuf,
}

impl Folder {
    /// The store is among the files.
    #[allow(dead_code, reason = "there are stores on disks of their own")]
    pub(crate) fn new(beside: &Path) -> Folder {
        Folder {
            beside: beside.to_owned(),
            store: beside.join("store"),
        }
    }

    pub(crate) fn notes(&self) -> PathBuf {
        self.beside.join("notes")
    }

    pub(crate) fn effects(&self) -> Effects {
        Effects(self.beside.join("effects"), Arc::default())
    }
}

/// What activities do: each adds a line with the id of its process.
#[derive(Debug, Clone)]
pub(crate) struct Effects(PathBuf, Arc<Mutex<()>>);

impl Effects {
    /// An effect of an activity, which is not undone when the process dies.
    pub(crate) fn cause(&self, what: &str) {
        let _one = self.1.lock().expect("nobody panicked");
        let file = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.0);
        let line = format!("{} {what}\n", std::process::id());
        let caused = file.and_then(|mut file| file.write_all(line.as_bytes()));
        caused.expect("the file of effects can be written");
    }

    /// The processes and effects so far.
    pub(crate) fn all(&self) -> Vec<(String, String)> {
        let all = lines(&self.0).expect("the file of effects can be read");
        let split = all.iter().filter_map(|line| line.split_once(' '));
        split
            .map(|(process, what)| (process.to_owned(), what.to_owned()))
            .collect()
    }

    /// A file beside the effects.
    pub(crate) fn sibling(&self, name: &str) -> PathBuf {
        self.0.with_file_name(name)
    }
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) engine: Engine,
    pub(crate) notes: Notes,
    pub(crate) effects: Effects,
}

impl Client {
    /// Opens the engine on the folder's store.
    pub(crate) async fn open(folder: &Folder) -> Result<Client> {
        let effects = folder.effects();
        // Before the engine: it goes on with activities at once.
        effects.all();
        let builder = Engine::builder().state(effects.clone()).shards(2);
        let engine = builder.open(&folder.store).await?;
        let notes = Notes::open(&folder.notes()).expect("notes can be read");
        Ok(Client {
            engine,
            notes,
            effects,
        })
    }

    /// Starts an orchestration, or finds it; notes the number it has for ever.
    pub(crate) async fn start<O>(
        &self,
        id: &str,
        call: Orchestration<O>,
    ) -> Result<Handle<O::Output>>
    where
        O: OrchestrationCall,
    {
        let handle = self.engine.start(id, call).await?;
        let number = handle.describe().await?.number;
        self.notes.told(&format!("started {id}"), &number);
        Ok(handle)
    }

    /// Starts an orchestration, and waits for its result.
    pub(crate) async fn run<O>(&self, id: &str, call: Orchestration<O>) -> Result<O::Output>
    where
        O: OrchestrationCall,
        O::Output: Debug,
    {
        let result = self.start(id, call).await?.result().await?;
        self.notes.told(&format!("result {id}"), &result);
        Ok(result)
    }

    /// Asks with an idempotency key.
    pub(crate) async fn once<T: Debug>(
        &self,
        key: &str,
        request: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let answer = request.await?;
        self.notes.told(&format!("answered {key}"), &answer);
        Ok(answer)
    }

    /// Purges what has ended.
    pub(crate) async fn purge(&self, id: &str) -> Result<()> {
        self.notes.told(&format!("purging {id}"), &());
        self.engine.purge(id).await?;
        self.notes.told(&format!("purged {id}"), &());
        Ok(())
    }

    /// Whether that was asked for.
    pub(crate) fn is_purged(&self, id: &str) -> bool {
        self.notes.answer(&format!("purging {id}")).is_some()
    }

    /// The ids of all instances.
    pub(crate) async fn all(&self) -> Vec<String> {
        let page = self.engine.list(Filter::default()).await;
        let all = page.expect("it is open").instances;
        all.into_iter().map(|one| one.id).collect()
    }

    /// Whether what was acknowledged is there, before anything is asked again.
    pub(crate) async fn check_acknowledged(&self) {
        let found = |id: String| async move {
            match self.engine.describe(&id).await {
                Ok(found) => Some(found),
                Err(Error::NotFound { .. }) => {
                    assert!(self.is_purged(&id), "{id} is gone");
                    None
                }
                Err(error) => panic!("{id}: {error}"),
            }
        };
        for (id, number) in self.notes.of("started") {
            if let Some(found) = found(id).await {
                assert_eq!(format!("{:?}", found.number), number, "{found:?}");
            }
        }
        for (id, _) in self.notes.of("result") {
            if let Some(found) = found(id).await {
                assert_eq!(found.status, Status::Completed, "{found:?}");
            }
        }
        for (id, _) in self.notes.of("purged") {
            assert_eq!(found(id).await, None, "it was purged");
        }
    }
}

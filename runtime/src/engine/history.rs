//! Reading what happened to an instance.

use std::fmt;

use super::Engine;
use crate::core::{Answer, Command, HistoryEntry};
use crate::error::{Error, Result};

/// What happened to an instance, for people: given by [`Engine::history`]. It prints one entry a
/// line.
///
/// No program depends on it: an instance goes on from where it is, not from what happened.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct History {
    /// The entries, oldest first.
    pub entries: Vec<HistoryEntry>,
    /// How many there were before them, which were dropped because there were too many.
    pub dropped: u64,
}

impl Engine {
    /// What happened to the instance `id`: when it was started and by whom, what it called and how
    /// that came out, what was done to it, how it ended. Each entry is written in the commit of what
    /// it tells.
    ///
    /// An instance keeps its latest entries: [`EngineBuilder::history`](super::EngineBuilder::history)
    /// says how many. An entity keeps the latest 15 or fewer.
    ///
    /// ```standalone_crate
    /// use undying::prelude::*;
    ///
    /// #[activity]
    /// async fn greet(name: String) -> String {
    ///     format!("hello {name}")
    /// }
    ///
    /// #[orchestration]
    /// async fn door(name: String) -> String {
    ///     greet(name).await
    /// }
    ///
    /// # #[tokio::main]
    /// # async fn main() -> undying::Result<()> {
    /// let engine = Engine::open_in_memory().await?;
    /// engine.start("front", door("Ada".to_owned())).await?.result().await?;
    /// let history = engine.history("front").await?;
    /// println!("{history}");
    /// assert!(history.to_string().contains("#0 `greet` completed in attempt 1 with 10 bytes"));
    /// engine.shutdown().await
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Closed`].
    pub async fn history(&self, id: &str) -> Result<History> {
        let mut entries: Vec<HistoryEntry> = Vec::new();
        let mut from = 0;
        loop {
            let command = Command::History {
                id: id.to_owned(),
                from,
            };
            match self.command(command).await? {
                Answer::History(page, next) => {
                    entries.extend(page);
                    match next {
                        Some(next) => from = next,
                        None => break,
                    }
                }
                answer => return Err(Error::refused(id, "", answer)),
            }
        }
        let dropped = entries.first().map_or(0, |first| first.number);
        Ok(History { entries, dropped })
    }
}

impl fmt::Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.dropped > 0 {
            writeln!(f, "{} earlier entries were dropped", self.dropped)?;
        }
        for entry in &self.entries {
            writeln!(f, "{entry}")?;
        }
        Ok(())
    }
}

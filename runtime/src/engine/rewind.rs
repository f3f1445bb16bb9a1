//! Rewinding instances that have failed.

use super::{Engine, Handle};
use crate::core::{Answer, Command, Status};
use crate::durable::Persist;
use crate::error::{Error, Result};

impl Engine {
    /// Puts the instance `id`, which must have [failed](Status::Failed), back to the await whose
    /// call had failed, and makes that call again. The reason has at most 4 KiB and stands in the
    /// [history](Self::history).
    ///
    /// ```standalone_crate
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicBool, Ordering};
    /// use undying::prelude::*;
    ///
    /// #[derive(Debug, thiserror::Error, Serialize, Deserialize)]
    /// enum Refused {
    ///     #[error("the bank is shut")]
    ///     Shut,
    ///     #[error(transparent)]
    ///     Failed(#[from] undying::Failure),
    /// }
    ///
    /// #[activity]
    /// async fn pay(amount: u64, State(open): State<Arc<AtomicBool>>) -> Result<u64, Refused> {
    ///     match open.load(Ordering::SeqCst) {
    ///         true => Ok(amount),
    ///         false => Err(Refused::Shut),
    ///     }
    /// }
    ///
    /// #[orchestration]
    /// async fn order(amount: u64) -> Result<String, Refused> {
    ///     let paid = pay(amount).await?;
    ///     Ok(format!("paid {paid}"))
    /// }
    ///
    /// # #[tokio::main]
    /// # async fn main() -> undying::Result<()> {
    /// let open = Arc::new(AtomicBool::new(false));
    /// let engine = Engine::builder().state(open.clone()).open_in_memory().await?;
    /// let handle = engine.start("order-17", order(20)).await?;
    /// assert!(handle.result().await?.is_err());
    /// open.store(true, Ordering::SeqCst);
    /// handle.rewind("it is Monday").await?;
    /// assert_eq!(handle.result().await?.unwrap(), "paid 20");
    /// engine.shutdown().await
    /// # }
    /// ```
    ///
    /// What had failed is made again with fresh attempts: activities, and children, which are
    /// rewound in the same way, or begin again if they cannot be. What was under way when it failed
    /// is taken up again, too. Results that had come stay, and so does what ran in earlier turns,
    /// compensations, say; the code behind the await runs once more.
    ///
    /// An instance that was told of the failure of a child, and has ended since, is not rewound with
    /// that child: rewind the outermost instance that failed. If the child has completed meanwhile,
    /// its result is taken. Events that had arrived and that nobody had taken are gone.
    ///
    /// # Errors
    /// - [`Error::NotRewindable`] when it is [replayed](macro@crate::orchestration#replay), since its
    ///   recording ends with it, or no call had failed that can be made again: it returned an
    ///   `Err` of its own, was in a critical section, or called an entity, which may have done what
    ///   was asked. Then [`restart`](Self::restart) it.
    /// - [`Error::WrongStatus`] when it has not failed; one that is parked is
    ///   [retried](Self::retry).
    /// - [`Error::NotFound`], [`Error::Closed`]; [`Error::Invalid`] for a reason that is too long,
    ///   and when this program has not its orchestration; [`Error::Busy`] when the
    ///   engine has [too much to do](super::EngineBuilder::work_max).
    pub async fn rewind(&self, id: &str, reason: impl Into<String>) -> Result<()> {
        let reason = reason.into();
        let count = self.describe(id).await?.rewound;
        let command = Command::Rewind {
            id: id.to_owned(),
            reason,
            count,
        };
        rewound(id, self.command(command).await?)
    }
}

impl<T: Persist> Handle<T> {
    /// Puts the instance, which must have failed, back to the await whose call had failed; see
    /// [`Engine::rewind`].
    ///
    /// # Errors
    /// As [`Engine::rewind`].
    pub async fn rewind(&self, reason: impl Into<String>) -> Result<()> {
        let (reason, count) = (reason.into(), self.describe().await?.rewound);
        let command = Command::Rewind {
            id: self.id().to_owned(),
            reason,
            count,
        };
        rewound(self.id(), self.command(command).await?)
    }
}

fn rewound(id: &str, answer: Answer) -> Result<()> {
    let id = id.to_owned();
    match answer {
        Answer::Done => Ok(()),
        Answer::NoRewindPoint => Err(Error::NotRewindable { id }),
        Answer::WrongStatus { status } => Err(Error::WrongStatus {
            id,
            status,
            remedy: match status {
                Status::Parked => "it has not failed: mend why it is parked and retry it",
                Status::Running | Status::Suspended => "only what has failed can be rewound",
                _ => "only what has failed can be rewound; restart it to begin again",
            },
        }),
        answer => Err(Error::refused(&id, "", answer)),
    }
}

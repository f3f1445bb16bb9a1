//! `Asking`: a command on its way through the kernel, and the answer that is waited for.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::sync::oneshot;

use super::hub::{Asker, Hub};
use crate::core::{Answer, Command};
use crate::engine::KernelError;

/// The future of a command: asks when it is awaited, and is ready when the answer is durable.
#[must_use = "nothing is asked until this is awaited"]
pub struct Asking {
    hub: Arc<Hub>,
    shard: usize,
    command: Arc<Command>,
    answer: Option<oneshot::Receiver<Result<Answer, KernelError>>>,
}

impl Asking {
    pub(super) fn new(hub: Arc<Hub>, command: Arc<Command>) -> Self {
        Asking {
            shard: hub.shard_of(&command),
            hub,
            command,
            answer: None,
        }
    }

    /// The instance it is about, if it is about one.
    pub(in crate::engine) fn id(&self) -> &str {
        self.command.id().unwrap_or_default()
    }

    /// Asks the shard, unless it is known already what is said.
    fn ask(
        &self,
    ) -> Result<oneshot::Receiver<Result<Answer, KernelError>>, Result<Answer, KernelError>> {
        if let Some(why) = self.hub.stopped() {
            return Err(Err(why));
        }
        if let Some(busy) = self.hub.busy(self.shard, &self.command) {
            self.hub.refused[self.shard].increment(1);
            return Err(Ok(busy));
        }
        let (asker, answer) = oneshot::channel();
        self.hub
            .command(self.shard, self.command.clone(), Asker(asker));
        Ok(answer)
    }
}

impl Future for Asking {
    type Output = Result<Answer, KernelError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        loop {
            if let Some(answer) = &mut this.answer {
                match ready!(Pin::new(answer).poll(cx)) {
                    Ok(answer) => return Poll::Ready(answer),
                    // The life of the store that was asked is over.
                    Err(_) if this.command.may_be_repeated() => {}
                    Err(_) => return Poll::Ready(Ok(Answer::InDoubt)),
                }
            }
            match this.ask() {
                Ok(answer) => this.answer = Some(answer),
                Err(said) => return Poll::Ready(said),
            }
        }
    }
}

impl fmt::Debug for Asking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asking")
            .field("command", &self.command)
            .finish_non_exhaustive()
    }
}

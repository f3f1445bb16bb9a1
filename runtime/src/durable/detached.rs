//! `StartDetached`: starts an orchestration that nobody waits for.

use serde::{Deserialize, Serialize};

use super::entity::payload;
use super::task::Now;
use super::{
    Durable, Orchestration, OrchestrationCall, Refusal, StartsDetached, Target, Turn, invalid_id,
};
use crate::schema::Stored;

/// A start as it leaves with a turn.
#[derive(Debug)]
pub struct Detached {
    /// The id of the instance.
    pub id: String,
    /// The orchestration.
    pub target: Target,
    /// The encoded arguments.
    pub args: Stored,
}

impl Detached {
    pub(super) fn new<O: OrchestrationCall>(
        id: String,
        call: Orchestration<O>,
    ) -> Result<Self, Refusal> {
        if let Some(why) = invalid_id(&id, O::NAME) {
            let body = O::NAME.to_owned();
            return Err(Refusal::Stuck { body, why });
        }
        Ok(Detached {
            id,
            target: Target::of::<O>(),
            args: payload(O::NAME, Stored::write(&call.into_args()))?,
        })
    }
}

/// `.start_detached(id)`: starts an orchestration when awaited, which takes no time. It is nobody's
/// child: it is not cancelled with who started it, and its result is read by its id.
#[must_use = "nothing is started until this is awaited"]
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
#[allow(missing_debug_implementations)]
pub struct StartDetached<O: OrchestrationCall> {
    id: String,
    call: Orchestration<O>,
}

impl<O: OrchestrationCall> Orchestration<O> {
    /// Starts it when awaited, under an id of its own and with nobody waiting for it. If there is an
    /// instance of this id, nothing is started.
    ///
    /// ```
    /// use undying::prelude::*;
    ///
    /// #[orchestration]
    /// async fn follow_up(order: String) {
    ///     sleep(days(30)).await;
    /// }
    ///
    /// #[orchestration]
    /// async fn checkout(order: String) {
    ///     follow_up(order.clone()).start_detached(format!("follow-up-{order}")).await;
    /// }
    /// ```
    pub fn start_detached(self, id: impl Into<String>) -> StartDetached<O> {
        StartDetached {
            id: id.into(),
            call: self,
        }
    }
}

impl<C: StartsDetached, O: OrchestrationCall> Durable<C> for StartDetached<O> {
    type Output = ();
    type Pending = Now<()>;

    fn begin(self, turn: &mut Turn) -> Now<()> {
        let start = Detached::new(self.id, self.call);
        turn.start(start);
        Now::ready(())
    }
}

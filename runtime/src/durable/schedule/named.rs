//! What the keeper of a schedule awaits: starts by a stored name, and the end of what was started.

use std::task::Poll;

use serde::{Deserialize, Serialize};

use crate::durable::detached::Detached;
use crate::durable::kept::Kept;
use crate::durable::task::Now;
use crate::durable::{
    Durable, InOrchestration, Loader, Pending, Refusal, Request, Saver, Target, Turn, Waits,
};

/// Starts the orchestration of this stored name when awaited, under this id.
pub(super) struct Start {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) args: Kept,
    /// Whether its end is waited for: it is then a child.
    pub(super) is_awaited: bool,
}

/// What was started: the number of its call, if its end is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Running(pub(super) Option<u64>);

impl Durable<InOrchestration> for Start {
    type Output = Running;
    type Pending = Now<Running>;

    fn begin(self, turn: &mut Turn) -> Now<Running> {
        let Start {
            id,
            name,
            args,
            is_awaited,
        } = self;
        let args = match args.stored() {
            Ok(args) => args,
            Err(error) => {
                turn.refuse(Refusal::value(format!("the arguments of `{name}`"), error));
                return Now::ready(Running(None));
            }
        };
        let target = Target::Named(name);
        if !is_awaited {
            turn.start(Ok(Detached { id, target, args }));
            return Now::ready(Running(None));
        }
        let operation = turn.operation();
        turn.requests.push(Request::Child {
            operation,
            target,
            id: Some(id),
            args,
        });
        Now::ready(Running(Some(operation)))
    }
}

/// Is ready when that has ended, however; never, if there is none. Giving it up cancels nothing.
impl Durable<InOrchestration> for Running {
    type Output = ();
    type Pending = Running;

    fn begin(self, _: &mut Turn) -> Running {
        self
    }
}

impl Pending for Running {
    type Output = ();

    fn poll(&mut self, turn: &mut Turn) -> Poll<()> {
        match self.0.and_then(|operation| turn.take(operation)) {
            Some(_) => Poll::Ready(()),
            None => Poll::Pending,
        }
    }

    fn cancel(&mut self, _: &mut Turn) {}

    fn waits(&self, out: &mut Waits) {
        if let Some(operation) = self.0 {
            out.one(operation);
        }
    }

    fn save(&mut self, saver: &mut Saver<'_>) -> Result<(), Refusal> {
        saver.value("what a schedule started", self)
    }

    fn load(loader: &mut Loader<'_>) -> Result<Self, Refusal> {
        loader.value("what a schedule started")
    }
}

/// Cancels that when awaited.
pub(super) struct CancelRunning(pub(super) Running);

impl Durable<InOrchestration> for CancelRunning {
    type Output = ();
    type Pending = Now<()>;

    fn begin(self, turn: &mut Turn) -> Now<()> {
        if let Running(Some(operation)) = self.0 {
            turn.cancel(operation);
        }
        Now::ready(())
    }
}

/// Parks the instance for this reason.
pub(super) struct Park(pub(super) String);

impl Durable<InOrchestration> for Park {
    type Output = ();
    type Pending = Now<()>;

    fn begin(self, turn: &mut Turn) -> Now<()> {
        turn.refuse_because(self.0);
        Now::ready(())
    }
}

//! Machines from orchestrations and `async` handlers: created, sent events, asked.

use std::task::Poll;

use serde::{Deserialize, Serialize};

use super::context::{creation, event_value, sent};
use super::{Question, Rsm, RsmRef, Takes};
use crate::durable::reserved::created_id;
use crate::durable::task::Now;
use crate::durable::{
    AsksMachines, Completion, CreatesMachines, Durable, Failure, Loader, Pending, Persist, Refusal,
    Request, Saver, SendsToMachines, Ticket, Turn, Waits,
};

/// Creates a machine when awaited, which takes no time, and gives its address. See [`create`].
#[must_use = "nothing is created until this is awaited"]
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
#[allow(missing_debug_implementations)]
pub struct Create<M: Rsm> {
    init: M::Init,
    at: Option<RsmRef<M>>,
}

/// Creates a machine: `let pool = create::<Pool>(init).await;`, or under a name,
/// `create(init).at(Pool::at("main")).await`, unless there is one of that name. What is sent to it
/// afterwards waits for it.
pub fn create<M: Rsm>(init: M::Init) -> Create<M> {
    Create { init, at: None }
}

impl<M: Rsm> Create<M> {
    /// Creates the machine of this address, unless there is one.
    pub fn at(self, machine: RsmRef<M>) -> Self {
        let at = Some(machine);
        Create { at, ..self }
    }
}

impl<C: CreatesMachines, M: Rsm> Durable<C> for Create<M> {
    type Output = RsmRef<M>;
    type Pending = Now<RsmRef<M>>;

    fn begin(self, turn: &mut Turn) -> Now<RsmRef<M>> {
        let Create { init, at } = self;
        let machine = at.unwrap_or_else(|| {
            // Numbers of operations are never used again, so neither is the id.
            let nth = turn.next_operation;
            turn.next_operation += 1;
            RsmRef::with_id(created_id(M::NAME, turn.context.number, nth))
        });
        let creation = creation(&machine, &init);
        turn.start(creation);
        Now::ready(machine)
    }
}

/// Sends an event when awaited, which takes no time. See [`RsmRef::send`].
#[must_use = "nothing is sent until this is awaited"]
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
#[allow(missing_debug_implementations)]
pub struct SendEvent<M: Takes<E>, E: Persist> {
    to: RsmRef<M>,
    event: E,
}

/// Asks a machine when awaited, and waits for its answer. See [`RsmRef::ask`].
#[must_use = "nothing is asked until this is awaited"]
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
#[allow(missing_debug_implementations)]
pub struct Ask<M: Takes<E>, E: Question> {
    to: RsmRef<M>,
    event: E,
}

impl<M: Rsm> RsmRef<M> {
    /// Sends an event, one way, when awaited: it arrives once, after what was sent to the same
    /// machine before. An event to a machine that has halted is dropped, counted and logged.
    pub fn send<E: Persist>(&self, event: E) -> SendEvent<M, E>
    where
        M: Takes<E>,
    {
        let to = self.clone();
        SendEvent { to, event }
    }

    /// Sends a question when awaited, and waits for the answer: `pool.ask(HowMany).await`. A machine
    /// that has halted, or handles it without an answer, gives a [`Failure`].
    pub fn ask<E: Question>(&self, event: E) -> Ask<M, E>
    where
        M: Takes<E>,
    {
        let to = self.clone();
        Ask { to, event }
    }
}

impl<C: SendsToMachines, M: Takes<E>, E: Persist> Durable<C> for SendEvent<M, E> {
    type Output = ();
    type Pending = Now<()>;

    fn begin(self, turn: &mut Turn) -> Now<()> {
        turn.raise(sent(&self.to, &self.event));
        Now::ready(())
    }
}

impl<C: AsksMachines, M: Takes<E>, E: Question> Durable<C> for Ask<M, E> {
    type Output = Result<E::Answer, Failure>;
    type Pending = Asking<E::Answer>;

    fn begin(self, turn: &mut Turn) -> Asking<E::Answer> {
        let operation = turn.operation();
        match event_value(M::EVENT, &self.event) {
            Ok(value) => turn.requests.push(Request::Ask {
                operation,
                machine: self.to.id().to_owned(),
                name: M::EVENT,
                value,
            }),
            Err(refusal) => turn.refuse(refusal),
        }
        Asking(Ticket::new(operation))
    }
}

/// A question under way: as a call is, but a failure is an answer too.
#[derive(Debug)]
pub struct Asking<A>(Ticket<A>);

impl<A: Persist> Pending for Asking<A> {
    type Output = Result<A, Failure>;

    fn poll(&mut self, turn: &mut Turn) -> Poll<Result<A, Failure>> {
        let operation = self.0.operation;
        match turn.take(operation) {
            None => Poll::Pending,
            Some(Completion::Failed(failure)) => Poll::Ready(Err(failure.clone())),
            Some(Completion::Value(answer)) => match answer.read::<A>() {
                Ok(answer) => Poll::Ready(Ok(answer)),
                Err(error) => {
                    let place = format!("the answer to operation {operation}");
                    turn.refuse(Refusal::value(place, error));
                    Poll::Pending
                }
            },
        }
    }

    fn cancel(&mut self, turn: &mut Turn) {
        self.0.cancel(turn);
    }

    fn waits(&self, out: &mut Waits) {
        self.0.waits(out);
    }

    fn save(&mut self, saver: &mut Saver<'_>) -> Result<(), Refusal> {
        self.0.save(saver)
    }

    fn load(loader: &mut Loader<'_>) -> Result<Self, Refusal> {
        Ticket::load(loader).map(Asking)
    }
}

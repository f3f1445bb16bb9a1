//! `Replayed`: the machine of a replayed orchestration.

use std::pin::Pin;
use std::task::{Context as Wakes, Poll, Waker};

use super::recorded::Begun;
use super::recording::{Recording, Start};
use super::{ReplayContext, not_durable};
use crate::durable::machine::Run;
use crate::durable::save::Writing;
use crate::durable::{Call, Context, Machine, Named, Parts, Refusal, Saver, Turn, Waits};
use crate::schema::Stored;

/// The body of a replayed orchestration.
pub trait ReplayBody: Call {
    /// Runs it, from its beginning.
    fn run(
        cx: ReplayContext,
        args: Self::Args,
    ) -> impl Future<Output = Self::Output> + Send + 'static;
}

/// The recording of an orchestration's instance, and the body that was led through it.
#[allow(missing_debug_implementations)]
pub struct Replayed<O: ReplayBody> {
    state: State<O>,
    waits: Waits,
}

enum State<O: ReplayBody> {
    /// As it was stored.
    Cold(Vec<u8>, Parts),
    Hot(Box<Hot<O>>),
    Over,
}

struct Hot<O: ReplayBody> {
    body: Pin<Box<dyn Future<Output = O::Output> + Send>>,
    context: ReplayContext,
    recording: Recording,
    /// The arguments, until its first turn.
    begins: Option<Stored>,
}

impl<O: ReplayBody> Run<O> for Replayed<O> {
    fn start(args: &Stored) -> Result<Self, Refusal> {
        let mut hot = Hot::new(args)?;
        hot.begins = Some(args.clone());
        Ok(Replayed {
            state: State::Hot(Box::new(hot)),
            waits: Waits::default(),
        })
    }

    fn load(bytes: Vec<u8>, parts: Parts) -> Self {
        Replayed {
            state: State::Cold(bytes, parts),
            waits: Waits::default(),
        }
    }
}

impl<O: ReplayBody> Hot<O> {
    fn new(args: &Stored) -> Result<Self, Refusal> {
        let args = args
            .read::<Named<O>>()
            .map_err(|error| Refusal::value(format!("the arguments of `{}`", O::NAME), error))?;
        let context = ReplayContext::new();
        Ok(Hot {
            body: Box::pin(O::run(context.clone(), args.0)),
            context,
            recording: Recording::default(),
            begins: None,
        })
    }

    /// Makes the body anew and leads it through its recording.
    fn replay(bytes: &[u8], parts: &Parts, of: &Context) -> Result<Self, Refusal> {
        let (recording, start, turns) = Recording::load(bytes, parts, O::NAME)?;
        let mut hot = Hot::new(&start.args)?;
        hot.recording = recording;
        hot.context.set_replaying(true);
        let (mut steps, mut status) = (0, start.status);
        for (nth, mut recorded) in turns.into_iter().enumerate() {
            let mut turn = recorded.again(of, status.clone());
            if nth == 0 {
                hot.context.begin(&turn);
            }
            let polled = hot.poll(&mut turn);
            if let Some(refusal) = turn.refusal {
                return Err(refusal);
            }
            recorded.compare((O::NAME, steps), &turn, status.as_deref(), &polled)?;
            steps += recorded.steps.len() as u64;
            status = turn.context.status;
        }
        hot.context.set_replaying(false);
        Ok(hot)
    }

    /// Runs the body for one turn.
    fn poll(&mut self, turn: &mut Turn) -> Poll<O::Output> {
        let body = &mut self.body;
        turn.depth += 1;
        let polled = self.context.within(turn, || {
            body.as_mut().poll(&mut Wakes::from_waker(Waker::noop()))
        });
        turn.depth -= 1;
        if polled.is_ready() {
            return polled;
        }
        // A failure that nothing inside could say becomes the result, if it can say it.
        if let Some(failure) = turn.unsaid.take() {
            match O::failed(failure) {
                Ok(output) => {
                    self.cancel(turn);
                    return Poll::Ready(output);
                }
                Err(failure) => turn.unsaid = Some(failure),
            }
        }
        if turn.suspended_on.is_empty() && !turn.is_over() {
            turn.refuse_because(not_durable());
        }
        Poll::Pending
    }

    /// Drops the body, which cancels what it awaits.
    fn cancel(&mut self, turn: &mut Turn) {
        let nothing = Box::pin(std::future::pending());
        let body = std::mem::replace(&mut self.body, nothing);
        self.context.within(turn, || drop(body));
    }

    /// A turn of the instance. It is recorded if it leaves something to go on with.
    fn advance(&mut self, turn: &mut Turn) -> Poll<O::Output> {
        let begun = Begun::of(turn);
        if let Some(args) = self.begins.take() {
            self.context.begin(turn);
            let status = turn.context.status.clone();
            self.recording.begin(&Start { args, status });
        }
        let polled = self.poll(turn);
        if polled.is_ready() || turn.is_over() {
            return polled;
        }
        self.recording.record(&begun.recorded(turn));
        if let Some(why) = self.recording.too_long() {
            turn.refuse_because(why);
        }
        polled
    }
}

impl<O: ReplayBody> Machine for Replayed<O> {
    fn poll(&mut self, turn: &mut Turn) -> Poll<Result<Stored, Refusal>> {
        if let State::Cold(bytes, parts) = &self.state {
            match Hot::replay(bytes, parts, &turn.context) {
                Ok(hot) => self.state = State::Hot(Box::new(hot)),
                Err(refusal) => {
                    turn.refuse(refusal);
                    return Poll::Pending;
                }
            }
        }
        let State::Hot(hot) = &mut self.state else {
            return Poll::Pending;
        };
        let polled = hot.advance(turn);
        self.waits = std::mem::take(&mut turn.suspended_on);
        polled.map(|output| {
            self.state = State::Over;
            Stored::write(&output)
                .map_err(|error| Refusal::value(format!("the result of `{}`", O::NAME), error))
        })
    }

    fn cancel(&mut self, turn: &mut Turn) {
        if let State::Hot(hot) = &mut self.state {
            hot.cancel(turn);
        }
        self.state = State::Over;
    }

    fn waits(&self, out: &mut Waits) {
        out.any(self.waits.clone());
    }

    fn save(&mut self, writing: &mut Writing) -> Result<(), Refusal> {
        let mut saver = Saver::new(writing, O::NAME);
        match &mut self.state {
            State::Cold(bytes, _) => saver.raw(bytes),
            State::Hot(hot) => hot.recording.save(&mut saver),
            State::Over => return Err(saver.damaged("it has nothing to save")),
        }
        Ok(())
    }

    /// The rows of a recording are not in memory, so there is nowhere to rewind it to.
    fn snapshot(&mut self, _: &mut Writing) -> Result<(), Refusal> {
        Err(Refusal::Stuck {
            body: O::NAME.to_owned(),
            why: "a replayed orchestration cannot be rewound: restart it".to_owned(),
        })
    }
}

//! `StateMachine`: an rsm in memory, which interprets its chart one event at a time.

use std::task::Poll;

use super::steps::Hot;
use super::{Rsm, stored};
use crate::durable::{Machine, Parts, Refusal, Saver, Turn, Waits, Writing};
use crate::schema::Stored;

/// A machine of the type `M`, as the kernel sees it. A turn of it takes one event.
#[allow(missing_debug_implementations)]
pub struct StateMachine<M: Rsm> {
    held: Held<M>,
}

enum Held<M: Rsm> {
    /// It is to be created, with this.
    Begun(Stored),
    /// As it was stored. Nothing is read before it is used.
    Cold(Vec<u8>, Parts),
    Hot(Box<Hot<M>>),
}

impl<M: Rsm> StateMachine<M> {
    /// A machine that is to be created.
    #[must_use]
    pub fn begun(init: Stored) -> Self {
        StateMachine {
            held: Held::Begun(init),
        }
    }

    /// A machine as it was stored.
    #[must_use]
    pub fn load(bytes: Vec<u8>, parts: Parts) -> Self {
        StateMachine {
            held: Held::Cold(bytes, parts),
        }
    }

    /// Brings it into memory. Its volatile fields are made anew.
    fn warm(&mut self, turn: &Turn) -> Result<&mut Hot<M>, Refusal> {
        let hot = match &mut self.held {
            Held::Hot(_) => None,
            Held::Begun(init) => Some(Hot::<M>::create(init, &turn.context)?),
            Held::Cold(bytes, parts) => Some(stored::read(bytes, parts)?),
        };
        if let Some(mut hot) = hot {
            hot.fields()?.activate();
            self.held = Held::Hot(Box::new(hot));
        }
        match &mut self.held {
            Held::Hot(hot) => Ok(hot),
            Held::Begun(_) | Held::Cold(..) => unreachable!("it was made hot"),
        }
    }

    fn advance(&mut self, turn: &mut Turn) -> Result<Poll<()>, Refusal> {
        let hot = self.warm(turn)?;
        hot.cx()?.begin(&turn.context);
        hot.next(turn)?;
        hot.go_on(turn)?;
        hot.settle(turn)?;
        Ok(match hot.halted {
            true => Poll::Ready(()),
            false => Poll::Pending,
        })
    }
}

impl<M: Rsm> Machine for StateMachine<M> {
    fn poll(&mut self, turn: &mut Turn) -> Poll<Result<Stored, Refusal>> {
        match self.advance(turn) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(())) => {
                let unit = Stored::write(&());
                Poll::Ready(unit.map_err(|error| Refusal::value("its end".to_owned(), error)))
            }
            Err(refusal) => Poll::Ready(Err(refusal)),
        }
    }

    fn cancel(&mut self, turn: &mut Turn) {
        // What waits for something is found by reading it; what cannot be read is let go.
        if let Ok(hot) = self.warm(turn)
            && let Some(mut running) = hot.running.take()
        {
            running.frame.cancel(turn);
        }
    }

    fn waits(&self, out: &mut Waits) {
        if let Held::Hot(hot) = &self.held {
            hot.waits(out);
        }
    }

    fn save(&mut self, writing: &mut Writing) -> Result<(), Refusal> {
        match &mut self.held {
            Held::Begun(_) => Ok(()),
            Held::Cold(bytes, _) => {
                writing.bytes.extend_from_slice(bytes);
                Ok(())
            }
            Held::Hot(hot) => stored::write(hot, &mut Saver::new(writing, M::NAME)),
        }
    }

    fn snapshot(&mut self, writing: &mut Writing) -> Result<(), Refusal> {
        match &mut self.held {
            Held::Hot(hot) => stored::write(hot, &mut Saver::whole(writing, M::NAME)),
            Held::Begun(_) | Held::Cold(..) => self.save(writing),
        }
    }

    fn fields(&self) -> Option<Result<Stored, Refusal>> {
        match &self.held {
            // As it was stored, they come first, like the state of an entity.
            Held::Begun(_) | Held::Cold(..) => None,
            Held::Hot(hot) => hot
                .pair
                .as_deref()
                .map(|(machine, _)| stored::encode(machine)),
        }
    }
}

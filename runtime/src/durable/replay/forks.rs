//! `Forks`: the `async` blocks among the operands of one `.await`.
//!
//! As in a compiled body, what awaits a block is data, a [`Branch`], and what the block does runs
//! beside it: a block is polled before the call that it is an operand of, and leaves a signal in the
//! turn. So it may borrow, which the data may not.

use std::any::Any;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};

use super::awaiting::{self, Awaiting};
use super::{ReplayContext, not_durable};
use crate::durable::{Branch, Durable, Pending, Persist};

type Block<'a> = Pin<Box<dyn Future<Output = Box<dyn Any + Send>> + Send + 'a>>;

/// An `async` block under way.
#[allow(missing_debug_implementations)]
pub(super) struct Fork<'a> {
    number: u32,
    /// Gone when it has ended or was cancelled.
    block: Option<Block<'a>>,
}

/// The `async` blocks of one `.await`, while its operand is evaluated.
#[allow(missing_debug_implementations)]
pub struct Forks<'a> {
    context: &'a ReplayContext,
    forks: Mutex<Vec<Fork<'a>>>,
}

impl<'a> Forks<'a> {
    /// None yet.
    #[must_use]
    pub fn new(context: &'a ReplayContext) -> Self {
        Forks {
            context,
            forks: Mutex::default(),
        }
    }

    /// What stands for an `async` block in the operand.
    pub fn branch<T: Persist>(&self, block: impl Future<Output = T> + Send + 'a) -> Branch<T> {
        let number = self.context.next_fork();
        let block: Block<'a> =
            Box::pin(async move { Box::new(block.await) as Box<dyn Any + Send> });
        let block = Some(block);
        let mut forks = self.forks.lock().unwrap_or_else(PoisonError::into_inner);
        forks.push(Fork { number, block });
        Branch::of(number)
    }

    /// Begins the call whose operands they are.
    pub fn awaited<C, P: Pending, D: Durable<C, Pending = P>>(
        &self,
        _: C,
        call: D,
    ) -> Awaiting<'a, P> {
        let mut forks = self.forks.lock().unwrap_or_else(PoisonError::into_inner);
        awaiting::begin(self.context, call, std::mem::take(&mut forks))
    }
}

/// Runs the blocks as far as they can.
pub(super) fn poll(forks: &mut [Fork<'_>], context: &ReplayContext, wakes: &mut Context<'_>) {
    for fork in forks {
        let Some(block) = &mut fork.block else {
            continue;
        };
        if context.lend(|turn| turn.is_over()) != Some(false) {
            return;
        }
        let polled = block.as_mut().poll(wakes);
        if polled.is_ready() {
            fork.block = None;
        }
        context.lend(|turn| match polled {
            Poll::Ready(output) => turn.branch_ended(fork.number, output),
            Poll::Pending => {
                let waits = std::mem::take(&mut turn.suspended_on);
                if waits.is_empty() && !turn.is_over() {
                    turn.refuse_because(not_durable());
                }
                turn.branch_waits(fork.number, waits);
            }
        });
    }
}

/// Drops the blocks that are not wanted any more: all of them once what awaited them is ready.
pub(super) fn drop_cancelled(forks: &mut [Fork<'_>], context: &ReplayContext, ready: bool) {
    for fork in forks {
        let cancelled = context.lend(|turn| turn.branch_is_over(fork.number));
        if ready || cancelled == Some(true) {
            fork.block = None;
        }
    }
}

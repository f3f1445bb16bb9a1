//! `Awaiting`: one `.await` of a replayed body, a future over a call under way.

use std::pin::Pin;
use std::task::{Context, Poll};

use super::ReplayContext;
use super::forks::{self, Fork};
use crate::durable::{Durable, Pending, Turn, Waits};

/// A durable call that a replayed body awaits. It is cancelled when it is dropped before its end.
#[allow(missing_debug_implementations)]
pub struct Awaiting<'a, P: Pending> {
    context: &'a ReplayContext,
    under_way: Option<P>,
    /// The `async` blocks among its operands.
    forks: Vec<Fork<'a>>,
}

/// Begins what stands before `.await`.
///
/// One bound and no projection in the signature: one error when it fails.
pub fn awaited<'a, C, P: Pending, D: Durable<C, Pending = P>>(
    context: &'a ReplayContext,
    _: C,
    call: D,
) -> Awaiting<'a, P> {
    begin(context, call, Vec::new())
}

pub(super) fn begin<'a, C, P: Pending, D: Durable<C, Pending = P>>(
    context: &'a ReplayContext,
    call: D,
    forks: Vec<Fork<'a>>,
) -> Awaiting<'a, P> {
    Awaiting {
        context,
        under_way: context.lend(|turn| call.begin(turn)),
        forks,
    }
}

// The call under way is never pinned.
impl<P: Pending> Unpin for Awaiting<'_, P> {}

impl<P: Pending> Future for Awaiting<'_, P> {
    type Output = P::Output;

    fn poll(self: Pin<&mut Self>, wakes: &mut Context<'_>) -> Poll<P::Output> {
        let this = self.get_mut();
        forks::poll(&mut this.forks, this.context, wakes);
        let under_way = &mut this.under_way;
        let polled = this.context.lend(|turn| poll(under_way, turn));
        let polled = polled.unwrap_or(Poll::Pending);
        forks::drop_cancelled(&mut this.forks, this.context, polled.is_ready());
        polled
    }
}

/// As [`Wait::poll`](crate::durable::Wait::poll).
fn poll<P: Pending>(under_way: &mut Option<P>, turn: &mut Turn) -> Poll<P::Output> {
    let Some(pending) = under_way.as_mut().filter(|_| !turn.is_over()) else {
        return Poll::Pending;
    };
    let polled = pending.poll(turn);
    if polled.is_ready() {
        *under_way = None;
    } else {
        let mut waits = Waits::default();
        pending.waits(&mut waits);
        turn.suspended_on = waits;
    }
    polled
}

impl<P: Pending> Drop for Awaiting<'_, P> {
    fn drop(&mut self) {
        let Some(mut under_way) = self.under_way.take() else {
            return;
        };
        // Outside of a turn it only leaves memory.
        self.context.lend(|turn| {
            // Its `async` blocks are dropped with it, which cancels what they await.
            let outer = std::mem::replace(&mut turn.cancelling, true);
            under_way.cancel(turn);
            turn.cancelling = outer;
        });
    }
}

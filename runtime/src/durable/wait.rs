//! `Wait`: the slot of one `.await`.

use std::task::Poll;

use super::{
    AnyWait, Durable, EntersSection, Loader, OpensSections, Pending, Refusal, Saver, Turn, Waits,
};

/// The call under way at one `.await` of the source; empty elsewhere.
#[derive(Debug)]
pub struct Wait<P> {
    under_way: Option<P>,
}

/// An empty wait.
#[must_use]
pub fn wait<P: Pending>() -> Wait<P> {
    Wait { under_way: None }
}

impl<P: Pending> Wait<P> {
    /// Begins what stands before `.await`.
    ///
    /// One bound and no projection in the signature: one error when it fails. `turn` comes last,
    /// so that `call` may use a context borrowed from it.
    pub fn begin<C, D: Durable<C, Pending = P>>(&mut self, _: C, call: D, turn: &mut Turn) {
        self.under_way = Some(call.begin(turn));
    }

    /// Enters the critical section that stands before `.await`.
    pub fn enter<C: OpensSections, L: EntersSection<Pending = P>>(
        &mut self,
        _: C,
        lock: L,
        turn: &mut Turn,
    ) {
        self.under_way = Some(lock.enter(turn));
    }

    /// Polls the call under way; once it is ready the wait is empty again.
    ///
    /// # Panics
    /// When nothing was begun, which the lowering excludes.
    #[track_caller]
    pub fn poll(&mut self, turn: &mut Turn) -> Poll<P::Output> {
        let under_way = self.under_way.as_mut().expect("an await under way");
        if turn.is_over() {
            return Poll::Pending;
        }
        let polled = under_way.poll(turn);
        if polled.is_ready() {
            self.under_way = None;
        } else {
            let mut waits = Waits::default();
            under_way.waits(&mut waits);
            turn.suspended_on = waits;
        }
        polled
    }
}

impl<P: Pending> AnyWait for Wait<P> {
    fn save(&mut self, saver: &mut Saver<'_>) -> Result<(), Refusal> {
        self.under_way
            .as_mut()
            .expect("a suspended frame awaits something")
            .save(saver)
    }
    fn load(&mut self, loader: &mut Loader<'_>) -> Result<(), Refusal> {
        self.under_way = Some(P::load(loader)?);
        Ok(())
    }
    fn cancel(&mut self, turn: &mut Turn) {
        if let Some(mut under_way) = self.under_way.take() {
            under_way.cancel(turn);
        }
    }
}

//! `Resumable`: the call of a `#[resumable]` helper, which runs inline.

use super::{Body, DeclaredFor, Durable, Frame, Turn};

/// A call of a `#[resumable]` helper: it runs inline, its frame nested in the caller's.
#[must_use = "a resumable helper does nothing until it is awaited"]
#[derive(Debug, Clone)]
pub struct Resumable<H: Body>(H::Args);

/// Makes the call.
pub fn resumable<H: Body>(args: H::Args) -> Resumable<H> {
    Resumable(args)
}

impl<C, H: Body + DeclaredFor<C>> Durable<C> for Resumable<H> {
    type Output = H::Output;
    type Pending = Frame<H>;

    fn begin(self, _: &mut Turn) -> Frame<H> {
        Frame::start(self.0)
    }
}

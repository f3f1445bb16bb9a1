//! `Resumable`: the call of a `#[resumable]` helper, which runs inline.

use serde::{Deserialize, Serialize};

use super::call::Named;
use super::callee::Callee;
use super::{Body, DeclaredFor, Durable, Frame, Turn};

/// A call of a `#[resumable]` helper: it runs inline, its frame nested in the caller's.
#[must_use = "a resumable helper does nothing until it is awaited"]
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
#[allow(missing_debug_implementations)]
pub struct Resumable<H: Body> {
    call: Callee<H>,
    arguments: Named<H>,
}

/// Makes the call.
pub fn resumable<H: Body>(args: H::Args) -> Resumable<H> {
    Resumable {
        call: Callee::new(),
        arguments: Named(args),
    }
}

impl<C, H: Body + DeclaredFor<C>> Durable<C> for Resumable<H> {
    type Output = H::Output;
    type Pending = Frame<H>;

    fn begin(self, _: &mut Turn) -> Frame<H> {
        Frame::start(self.arguments.0)
    }
}

//! Refused: a volatile field whose type has no default.
//! Why: it is not stored, so something else has to be there when the machine is read.
//! Instead: derive `Default`, or an `Option` that `#[activate]` fills.

use undying::prelude::*;

pub struct Socket(u64);

#[rsm]
pub struct Lamp {
    #[volatile]
    socket: Socket, //~ what is it at first?
}

fn main() {}

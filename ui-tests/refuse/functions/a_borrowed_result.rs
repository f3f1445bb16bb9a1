//! Refused: a return type that is, or holds, a reference.
//! Why: the result is saved, and read back by whoever waits for it.
//! Instead: `String` for `&str`, `Vec<T>` for `&[T]`.

use undying::prelude::*;

#[activity]
async fn name(n: u64) -> &'static str { //~ text of this process
    ["tea", "cup"][n as usize % 2]
}

#[orchestration]
async fn checked(n: u64) -> Result<u64, &'static str> { //~ so is this
    n.checked_sub(1).ok_or("none left")
}

fn main() {}

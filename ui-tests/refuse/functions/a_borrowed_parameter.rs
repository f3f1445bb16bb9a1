//! Refused: a parameter that borrows.
//! Why: arguments are stored and read back by whoever runs the call; they own what they say.
//! Instead: `String` instead of `&str`, `Vec<T>` instead of `&[T]`.

use undying::prelude::*;

#[activity]
async fn send(text: &str) -> usize { //~ from whom?
    text.len()
}

fn main() {}

//! Refused: a parameter that holds a reference.
//! Why: arguments are saved with the call, and the caller may be gone when it runs.
//! Instead: owned values: `Option<String>`.

use undying::prelude::*;

#[activity]
async fn greet(name: Option<&str>) -> String { //~ whose text is it?
    format!("hello {}", name.unwrap_or("you"))
}

fn main() {}

//! Refused: a key that cannot be written as text.
//! Why: the key is a part of the id: `@Account@alice`.
//! Instead: implement `Display` for it, or use another key.

use undying::prelude::*;

#[entity(key = (u32, u32))] //~ cannot be written in an id
#[derive(Default, Serialize, Deserialize)]
struct Account {
    balance: u64,
}

fn main() {}

//! Refused: a return type that is not serialisable.
//! Why: a result is stored before the caller sees it.
//! Instead: return data: derive `Serialize` and `Deserialize` for it.

use undying::prelude::*;

struct Socket(u64);

#[orchestration]
async fn open(port: u64) -> Socket { //~ how would it be stored?
    Socket(port)
}

fn main() {}

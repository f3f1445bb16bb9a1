//! Refused: an activity whose return type is not serialisable.
//! Why: a result is stored before the orchestration that waits for it sees it.
//! Instead: return data: what identifies the connection, not the connection.

use undying::prelude::*;

struct Socket(u64);

#[activity]
async fn open(port: u64) -> Socket { //~ how would it be stored?
    Socket(port)
}

fn main() {}

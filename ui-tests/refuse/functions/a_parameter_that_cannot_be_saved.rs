//! Refused: a parameter whose type is not serialisable.
//! Why: a call is stored with its arguments before anything runs.
//! Instead: derive `Serialize` and `Deserialize`, or take it from the engine: `State(x): State<T>`.

use undying::prelude::*;

struct Socket(u64);

#[activity]
async fn send(socket: Socket, n: u64) -> u64 { //~ how would it be stored?
    socket.0 + n
}

fn main() {}

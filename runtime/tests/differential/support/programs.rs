//! Runs generated programs one after the other and says on standard output which are wrong.

use std::panic::catch_unwind;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// A program that has not been compared after this long does not end.
const PATIENCE: Duration = Duration::from_secs(20);

/// Prints a line `seed words` for each program that differs from its plain body; stops at one
/// that does not end.
pub fn run(programs: &'static [(u64, fn())]) {
    std::panic::set_hook(Box::new(|_| {}));
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        for (_, compare) in programs {
            let words = catch_unwind(compare)
                .map_err(|panic| panic.downcast_ref::<String>().cloned().unwrap_or_default());
            if tell.send(words).is_err() {
                return;
            }
        }
    });
    for (seed, _) in programs {
        match told.recv_timeout(PATIENCE) {
            Ok(Ok(())) => {}
            Ok(Err(words)) => println!("{seed} {}", words.replace('\n', " ")),
            Err(_) => {
                println!("{seed} does not end");
                return;
            }
        }
    }
}

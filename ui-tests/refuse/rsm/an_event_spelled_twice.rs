//! Refused: two events of one last name, or one event under two paths.
//! Why: events are stored under their last name.
//! Instead: one spelling, as in a `use`; another name for another event.

use undying::prelude::*;

pub mod events {
    use undying::prelude::*;

    #[derive(Serialize, Deserialize)]
    pub struct Press;
}
use events::Press;

#[rsm]
pub struct Lamp {}

#[rsm]
impl Lamp {
    chart! {
        pub enum LampState;
        start Off {
            Press => goto On,
        }
        On {
            events::Press => ignore, //~ the same one?
        }
    }
    fn new() -> Self {
        Lamp {}
    }
}

fn main() {}

//! Accepted: an enum as the state of an entity.
//! Why: any type that has a default and can be saved is a state.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[entity]
#[derive(Debug, Default, PartialEq, Clone, Serialize, Deserialize)]
pub enum Lamp {
    #[default]
    Off,
    On {
        watts: u64,
    },
}

#[entity]
impl Lamp {
    pub async fn toggle(&mut self) -> Self {
        match self {
            Lamp::Off => *self = Self::On { watts: price(Item::Tea).await },
            Lamp::On { watts } => {
                add(*watts, 1).await;
                *self = Lamp::Off;
            }
        }
        self.clone()
    }
}

#[orchestration]
async fn evening() -> (Lamp, Lamp) {
    let lamp = Lamp::at("hall");
    (lamp.toggle().await, lamp.toggle().await)
}

pub fn main() {
    assert_eq!(run(evening()), (Lamp::On { watts: 3 }, Lamp::Off));
}

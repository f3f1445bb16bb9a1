//! Accepted: an enum as the state of an entity.
//! Why: any type that has a default and can be saved is a state.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[entity]
#[derive(Debug, Default, PartialEq, Clone, Serialize, Deserialize)]
pub enum Lamp {
    #[default]
    Off,
    On(u64),
}

#[entity]
impl Lamp {
    pub async fn toggle(&mut self) -> Self {
        *self = match self {
            Lamp::Off => Self::On(price(Item::Tea).await),
            Lamp::On(_) => Lamp::Off,
        };
        self.clone()
    }
}

#[orchestration]
async fn switched() -> (Lamp, Lamp) {
    (Lamp::at("hall").toggle().await, Lamp::at("hall").toggle().await)
}

pub fn main() {
    assert_eq!(run(switched()), (Lamp::On(3), Lamp::Off));
}

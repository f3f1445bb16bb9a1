//! Accepted: an entity with a stored name and a key of another type.
//! Why: the name is what calls are stored with; the key is written as text, so it has to be `Display`.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[entity(name = "seat", key = u64)]
#[derive(Default, Serialize, Deserialize)]
pub struct PlaceInRow {
    taken: Option<String>,
}

#[entity]
impl PlaceInRow {
    pub fn take(&mut self, cx: &EntityContext, by: String) -> String {
        let first = self.taken.get_or_insert(by);
        format!("{} has {first}", cx.key())
    }
}

#[orchestration]
async fn evening() -> String {
    let place = PlaceInRow::at(12);
    place.take("anna".to_owned()).await;
    place.take("bob".to_owned()).await
}

pub fn main() {
    assert_eq!(run(evening()), "12 has anna");
}

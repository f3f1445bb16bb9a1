//! Accepted: visibility, docs and attributes as on any function, in a module of the same name.
//! Why: they go to the generated function and its call type, which has a name of its own.

use undying::prelude::*;
use undying_ui_tests::shop::*;

mod function_nested {
    use super::*;

    /// What an item costs, with tax.
    #[orchestration]
    #[allow(unused_variables)]
    pub(super) async fn function_nested(item: Item, unused: u64) -> u64 {
        add(price(item).await, 1).await
    }
}

use function_nested::function_nested;

pub fn main() {
    assert_eq!(run(function_nested(Item::Tea, 0)), 4);
}

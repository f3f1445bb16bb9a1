//! Accepted: a trait whose methods return any durable call.
//! Why: calls are values, so traits need no attribute: `impl Durable<InOrchestration, Output = T>`.

use undying::durable::{Durable, InOrchestration};
use undying::prelude::*;
use undying_ui_tests::shop::*;

trait Carrier {
    fn fee(&self, item: Item) -> impl Durable<InOrchestration, Output = u64>;
}

struct Post;

impl Carrier for Post {
    fn fee(&self, item: Item) -> impl Durable<InOrchestration, Output = u64> {
        price(item)
    }
}

#[orchestration]
async fn function_behind_a_trait(item: Item) -> u64 {
    add(Post.fee(item).await, 1).await
}

pub fn main() {
    assert_eq!(run(function_behind_a_trait(Item::Tea)), 4);
}

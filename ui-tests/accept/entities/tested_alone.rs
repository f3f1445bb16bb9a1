//! Accepted: the methods of an entity's type, called as methods, for unit tests.
//! Why: the `impl` stays as it is written, but for its `async` operations, which wait for durable things.

use undying::prelude::*;

#[entity]
#[derive(Default, Serialize, Deserialize)]
pub struct Stack {
    items: Vec<u64>,
}

#[entity]
impl Stack {
    pub fn push(&mut self, item: u64) {
        self.items.push(item);
    }
    pub fn depth(&self) -> usize {
        self.items.len()
    }
}

pub fn main() {
    let mut stack = Stack::default();
    stack.push(7);
    assert_eq!(stack.depth(), 1);
}

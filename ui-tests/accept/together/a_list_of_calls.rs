//! Accepted: calls that are collected one by one, across awaits, and begun together.
//! Why: calls of one function have one type, and a list of what can be saved can be saved.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[orchestration]
async fn together_a_list_of_calls(items: Vec<Item>) -> Vec<u64> {
    let mut calls = vec![];
    for item in items {
        if stock(item).await.is_some() {
            calls.push(price(item));
        }
    }
    join_all(calls).await
}

pub fn main() {
    let items = vec![Item::Tea, Item::Unicorn, Item::Cup];
    assert_eq!(run(together_a_list_of_calls(items)), [3, 7]);
}

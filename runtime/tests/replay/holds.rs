//! What only a replayed body can hold across an `.await`, and what it may not await.

use std::fmt::Display;

use super::*;

#[orchestration(replay)]
async fn holds_what_cannot_be_saved(words: Vec<String>) -> String {
    // A borrow, an iterator over it, a trait object, a closure, a value that serde does not know.
    let longest: &str = words
        .iter()
        .max_by_key(|word| word.len())
        .map_or("", |word| word);
    let shown: Box<dyn Display + Send + Sync> = Box::new(words.len());
    let mut rest = words.iter().enumerate();
    let first = rest.next();
    let pay = |amount: usize| charge(longest.to_owned(), amount as u64);
    let (sender, receiver) = std::sync::mpsc::channel();
    let receiver = std::sync::Mutex::new(receiver);
    sleep(millis(1)).await;
    for (index, word) in rest {
        let paid = pay(index).await;
        sender.send(format!("{word} {paid}")).ok();
        sleep(millis(1)).await;
    }
    drop(sender);
    let lines: Vec<_> = receiver.lock().unwrap().iter().collect();
    let first = first.map_or("", |(_, word)| word);
    format!("{shown} words, {first}, {longest}: {}", lines.join(", "))
}

#[test]
fn a_replayed_body_holds_what_cannot_be_saved_across_its_awaits() {
    let words = || ["a", "bbb", "cc"].map(str::to_owned).to_vec();
    for memory in [Memory::Hot, Memory::Cold] {
        let output = Driver::new(memory).run(holds_what_cannot_be_saved(words()));
        assert_eq!(output.unwrap(), "3 words, a, bbb: bbb 1, cc 2");
    }
}

#[orchestration(replay)]
async fn as_many_blocks_at_once(accounts: Vec<String>) -> u64 {
    let paid = join_all(accounts.iter().map(|account| async move {
        let first = charge(account.clone(), 1).await;
        first + charge(account.clone(), 2).await
    }))
    .await;
    paid.into_iter().sum()
}

/// Polls a future that is not durable where no attribute sees the `.await`.
macro_rules! hidden {
    ($future:expr) => {
        $future.await
    };
}

#[orchestration(replay)]
async fn waits_for_what_is_not_durable(n: u64) -> u64 {
    charge("alice".into(), n).await;
    hidden!(std::future::pending::<()>());
    n
}

#[test]
fn waiting_for_what_is_not_durable_is_refused_in_words() {
    let refused = refusal(Driver::new(Memory::Hot).run(waits_for_what_is_not_durable(1)));
    let words = refused.to_string();
    assert!(
        words.contains("it awaits something that is not durable"),
        "{words}"
    );
    assert!(words.contains("belongs in an `#[activity]`"), "{words}");
}

#[test]
fn a_closure_makes_as_many_blocks_as_are_joined() {
    let accounts = || ["a", "b", "c"].map(str::to_owned).to_vec();
    for memory in [Memory::Hot, Memory::Cold] {
        let output = Driver::new(memory).run(as_many_blocks_at_once(accounts()));
        assert_eq!(output, Ok(9));
    }
}

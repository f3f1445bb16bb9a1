//! The one orchestration, entity and activity that all random programs run on: they do what their steps say, and
//! say how far they are.

use undying::prelude::*;

use super::programs::{Inside, Step, book, event_name, id};
use crate::panics::may_fail;

/// What it comes to is the world's choice: its tag, and which attempt it was.
#[activity(retry(max_attempts = 5, first = "5ms"))]
pub async fn work(tag: String) -> String {
    tag
}

/// Notes, in order.
#[entity(name = "book")]
#[derive(Default, Serialize, Deserialize)]
pub struct Book {
    pub log: Vec<String>,
}

#[entity]
impl Book {
    /// Notes a tag. Says in which place.
    pub fn note(&mut self, tag: String) -> String {
        self.log.push(tag.clone());
        format!("{tag}={}", self.log.len())
    }

    /// Notes a tag, and has another book note it, too.
    pub async fn relay(&mut self, tag: String, to: String) -> String {
        self.log.push(tag.clone());
        Book::at(to).note(format!("{tag}'")).signal().await;
        tag
    }
}

/// What an operation of a book takes first.
#[derive(Debug, Serialize, Deserialize)]
pub struct Noted {
    pub tag: String,
}

/// The status of an orchestration: how many steps are done, and what it has seen.
pub fn status(at: usize, seen: &[String]) -> String {
    format!("{at}\n{}", seen.join("\n"))
}

/// Does these steps, from one on, having seen something.
#[orchestration]
pub async fn plays(cx: &mut Context, steps: Vec<Step>, from: usize, before: Vec<String>) -> String {
    let me = cx.instance_id().to_owned();
    let mut seen = before;
    let mut tasks = Vec::new();
    let mut at = from;
    while at < steps.len() {
        let tag = format!("{me}:{at}");
        may_fail();
        match steps[at].clone() {
            Step::Work => seen.push(work(tag).await),
            Step::Spawn => {
                tasks.push(work(tag).spawn().await);
                seen.push("spawned".to_owned());
            }
            Step::Gather => {
                for task in std::mem::take(&mut tasks) {
                    seen.push(task.await);
                    cx.set_status(status(at, &seen));
                }
            }
            Step::Call(nth) => seen.push(Book::at(book(nth)).note(tag).await),
            Step::Signal(nth) => {
                Book::at(book(nth)).note(tag).signal().await;
                seen.push("told".to_owned());
            }
            Step::Relay(nth, to) => {
                let tag = format!("{tag}@{}", book(nth));
                Book::at(book(nth)).relay(tag, book(to)).signal().await;
                seen.push("told".to_owned());
            }
            Step::Section(books, inside) => {
                let books: Vec<_> = books.into_iter().map(|nth| Book::at(book(nth))).collect();
                let held = lock(books).await;
                seen.push("in".to_owned());
                let mut nth = 0;
                while nth < inside.len() {
                    cx.set_status(status(at, &seen));
                    may_fail();
                    let tag = format!("{tag}.{nth}");
                    match inside[nth].clone() {
                        Inside::Call(place) => {
                            seen.push(held[usize::from(place)].note(tag).await);
                        }
                        Inside::Work => seen.push(work(tag).await),
                        Inside::Signal(nth) => {
                            Book::at(book(nth)).note(tag).signal().await;
                            seen.push("told".to_owned());
                        }
                    }
                    nth += 1;
                }
                seen.push("out".to_owned());
            }
            Step::Child(steps) => seen.push(plays(steps, 0, Vec::new()).id(tag).await),
            Step::Wait(name) => seen.push(event::<String>(event_name(name)).await),
            Step::Raise(to, name) => {
                raise(id(to), event_name(name), tag).await;
                seen.push("raised".to_owned());
            }
            Step::Sleep(ms) => {
                sleep(millis(ms)).await;
                seen.push("slept".to_owned());
            }
            Step::Either(ms, name) => {
                match race((sleep(millis(ms)), event::<String>(event_name(name)))).await {
                    Either::First(()) => seen.push("slept".to_owned()),
                    Either::Second(value) => seen.push(value),
                }
            }
            Step::Again => {
                seen.push("again".to_owned());
                cx.set_status(status(at + 1, &seen));
                return continue_as_new(plays(steps, at + 1, seen)).await;
            }
        }
        at += 1;
        cx.set_status(status(at, &seen));
    }
    format!("{me}={}", seen.join(","))
}

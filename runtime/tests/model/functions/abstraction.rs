//! The abstraction function: from the durable rows of the kernel to a state of the model (section 2.10 of the
//! recipe: apply what is queued to what it is queued for).
//!
//! A message on its way has arrived; a section has its books when the last one is locked, and has left them all
//! when its instance has.

use std::collections::{BTreeMap, BTreeSet};

use undying::core::standing::{self, Call, Standee, Standing, Word};
use undying::core::{Ending, Parent};
use undying::durable::{Arg, Completion, Named};
use undying::schema::Stored;

use super::bodies::{Book, Noted, WorkCall};
use super::spec::{self, Spec, owner, tag_of};

/// What of a state is compared.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Abstract {
    pub orchestrations: BTreeMap<String, One>,
    pub books: BTreeMap<String, Shelf>,
    pub activities: BTreeSet<String>,
    /// By whom they are for, who raised them, and their names.
    pub mail: BTreeMap<String, BTreeMap<(String, String), Vec<String>>>,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct One {
    pub stage: spec::Stage,
    /// How many steps are done.
    pub at: usize,
    pub seen: Vec<String>,
    /// Futures that are done and not taken: their values.
    pub done: BTreeSet<String>,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Shelf {
    pub log: Vec<String>,
    pub queue: BTreeMap<String, Vec<String>>,
    pub lock: Option<String>,
}

impl Abstract {
    /// Of the model.
    pub fn of_spec(spec: &Spec) -> Abstract {
        let one = |(id, one): (&String, &spec::Orchestration)| {
            let done = one.futures.values().flatten().cloned().collect();
            let (stage, at, seen) = (one.stage.clone(), one.at, one.seen.clone());
            (
                id.clone(),
                One {
                    stage,
                    at,
                    seen,
                    done,
                },
            )
        };
        let shelf = |(key, book): (&String, &spec::Book)| {
            let queue = book.queue.iter().map(|(origin, queue)| {
                let tags = queue.iter().map(|request| request.tag.clone());
                (origin.clone(), tags.collect())
            });
            let queue = queue.collect();
            let (log, lock) = (book.log.clone(), book.lock.clone());
            (key.clone(), Shelf { log, queue, lock })
        };
        let mail = spec.mail.iter().map(|(to, boxes)| {
            let boxes = boxes.iter();
            let boxes = boxes.map(|(key, queue)| (key.clone(), queue.iter().cloned().collect()));
            (to.clone(), boxes.collect())
        });
        let mut all = Abstract {
            orchestrations: spec.orchestrations.iter().map(one).collect(),
            books: spec.books.iter().map(shelf).collect(),
            activities: spec.activities.clone(),
            mail: mail.collect(),
        };
        all.tidy();
        all
    }

    /// Of the kernel.
    pub fn of_rows(standing: &Standing) -> Abstract {
        let mut all = Abstract::default();
        for standee in standing.instances.values() {
            all.stands(standing, standee);
        }
        for word in standing.messages.values() {
            all.is_on_its_way(standing, word);
        }
        all.tidy();
        all
    }

    /// What is empty is not there, and nothing waits for who is over.
    fn tidy(&mut self) {
        self.mail
            .values_mut()
            .for_each(|boxes| boxes.retain(|_, queue| !queue.is_empty()));
        let over = |one: &One| matches!(one.stage, spec::Stage::Over(_));
        let all = &self.orchestrations;
        self.mail
            .retain(|to, boxes| !boxes.is_empty() && !all.get(to).is_some_and(over));
        self.books.retain(|_, book| *book != Shelf::default());
    }

    fn stands(&mut self, standing: &Standing, standee: &Standee) {
        for (name, value) in standee.events.values() {
            self.event(&standee.id, name, value);
        }
        if standee.name == "book" {
            let shelf = self.books.entry(key(&standee.id)).or_default();
            if let standing::Stage::Waits(Some(state)) = &standee.stage {
                shelf.log = state.read::<Book>().expect("a book").log;
            }
            shelf.lock = standee.lock.and_then(|section| holder(standing, section));
            for request in standee.requests.values() {
                self.request(&standee.id, request);
            }
            return;
        }
        let stage = match &standee.stage {
            standing::Stage::Unborn => return,
            standing::Stage::Begun => spec::Stage::Begun,
            standing::Stage::Waits(_) => spec::Stage::Waits,
            standing::Stage::Ended(Ending::Completed(value)) => spec::Stage::Over(text(value)),
            standing::Stage::Ended(other) => panic!("{}: {other:?}", standee.id),
        };
        let (at, seen) = seen(standee.status.as_deref());
        let done = standee.done.values().filter_map(value);
        let one = self.orchestrations.entry(standee.id.clone()).or_default();
        one.done.extend(done);
        (one.stage, one.at, one.seen) = (stage, at, seen);
        let activities = standee.calls.values().filter_map(|call| match call {
            Call::Activity { args } => Some(activity(args)),
            _ => None,
        });
        self.activities.extend(activities);
    }

    fn is_on_its_way(&mut self, standing: &Standing, word: &Word) {
        match word {
            Word::Start { id, .. } => {
                self.orchestrations.entry(id.clone()).or_default();
            }
            Word::Operate { entity, request } => self.request(entity, request),
            Word::Completed { parent, completion } => {
                self.completes(standing, *parent, value(completion));
            }
            Word::ChildEnded { parent, ending } => match ending {
                Ending::Completed(value) => self.completes(standing, *parent, Some(text(value))),
                other => panic!("a child ended: {other:?}"),
            },
            Word::Event { id, name, value } => self.event(id, name, value),
            Word::Lock { .. } => {}
            // The answer to a client's request goes to its key.
            Word::Other(_) => {}
        }
    }

    fn completes(&mut self, standing: &Standing, parent: Parent, value: Option<String>) {
        let caller = standing.instances.get(&parent.number);
        if let Some(caller) = caller
            && caller.calls.contains_key(&parent.operation)
            && let Some(one) = self.orchestrations.get_mut(&caller.id)
        {
            one.done.extend(value);
        }
    }

    fn request(&mut self, entity: &str, request: &standing::Request) {
        let tag = noted(request);
        let shelf = self.books.entry(key(entity)).or_default();
        shelf
            .queue
            .entry(origin(&tag).to_owned())
            .or_default()
            .push(tag);
    }

    fn event(&mut self, to: &str, name: &str, value: &Stored) {
        let value = text(value);
        let key = (origin(&value).to_owned(), name.to_owned());
        let mail = self.mail.entry(to.to_owned()).or_default();
        mail.entry(key).or_default().push(value);
    }
}

/// Who sends what has this tag: an orchestration, a client's request, or the book that relays.
pub fn origin(tag: &str) -> &str {
    match (tag.strip_suffix('\''), tag.split_once('@')) {
        (Some(_), Some((_, book))) => book.trim_end_matches('\''),
        _ => owner(tag),
    }
}

/// The orchestration of a section that has all its books.
fn holder(standing: &Standing, section: Parent) -> Option<String> {
    let owner = standing.instances.get(&section.number)?;
    let (books, _) = owner.sections.get(&section.operation)?;
    let locked = |id: &String| {
        let book = standing.instances.values().find(|one| one.id == *id);
        book.is_some_and(|book| book.lock == Some(section))
    };
    books.iter().all(locked).then(|| owner.id.clone())
}

/// The key of a book.
fn key(id: &str) -> String {
    id.rsplit('@').next().unwrap_or_default().to_owned()
}

pub fn text(value: &Stored) -> String {
    value.read().expect("a text")
}

fn value(completion: &Completion) -> Option<String> {
    match completion {
        // Timers and sections give nothing.
        Completion::Value(value) => value.read().ok(),
        Completion::Failed(failure) => panic!("{failure}"),
    }
}

/// The tag of a call of an activity.
pub fn activity(args: &Stored) -> String {
    let Named((Arg(tag),)) = args.read::<Named<WorkCall>>().expect("a tag");
    tag
}

/// The tag of a request.
pub fn noted(request: &standing::Request) -> String {
    request.args.read::<Noted>().expect("a tag").tag
}

/// How far an orchestration says that it is.
pub fn seen(status: Option<&str>) -> (usize, Vec<String>) {
    let Some((at, seen)) = status.and_then(|status| status.split_once('\n')) else {
        return (0, Vec::new());
    };
    let seen = seen.lines().map(str::to_owned).collect();
    (at.parse().expect("a number"), seen)
}

/// The values that anybody has, by their tags: what has come of calls.
pub fn values(all: &Abstract) -> BTreeMap<String, String> {
    let seen = |one: &One| {
        one.seen
            .iter()
            .chain(&one.done)
            .cloned()
            .collect::<Vec<_>>()
    };
    let values = all.orchestrations.values().flat_map(seen);
    values
        .map(|value| (tag_of(&value).to_owned(), value))
        .collect()
}

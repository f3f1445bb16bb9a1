//! The Durable Functions model, without faults and without a store (OOPSLA 2021, section 4): orchestrations,
//! activities and entities, and the rules by which they step.
//!
//! Added to the paper's: sub-orchestrations, events, timers and beginning again. A rule that cannot be used now, or
//! not so, says why; whoever uses only these rules makes a run of the model.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::programs::{self, Inside, Step, book, event_name};

/// Why a rule cannot be used.
pub type Refused = String;

/// The configuration.
#[derive(Debug, Clone, Default)]
pub struct Spec {
    pub orchestrations: BTreeMap<String, Orchestration>,
    pub books: BTreeMap<String, Book>,
    /// Activities under way, by their tags; who waits is the tag's.
    pub activities: BTreeSet<String>,
    /// Events that nobody has taken: by whom they are for, who raised them, and their names.
    pub mail: BTreeMap<String, BTreeMap<(String, String), VecDeque<String>>>,
}

/// `O_d(x)`.
#[derive(Debug, Clone, Default)]
pub struct Orchestration {
    pub steps: Vec<Step>,
    pub at: usize,
    /// The step within a critical section.
    pub inside: Option<usize>,
    pub seen: Vec<String>,
    pub stage: Stage,
    /// The futures that it has: what has come of them, if anything.
    pub futures: BTreeMap<String, Option<String>>,
    /// Those that it awaits at the next `Gather`.
    pub tasks: VecDeque<String>,
    /// Before this time the timer that it waits for does not fire.
    pub timer: u64,
    pub is_child: bool,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub enum Stage {
    /// It has not run, or begins again.
    #[default]
    Begun,
    /// It waits for something at its step.
    Waits,
    Over(String),
}

/// `E_k(q, x)`, always idle: an operation is one step.
#[derive(Debug, Clone, Default)]
pub struct Book {
    pub log: Vec<String>,
    /// The requests of each origin, the oldest first.
    pub queue: BTreeMap<String, VecDeque<Request>>,
    pub lock: Option<String>,
}

#[derive(Debug, Clone)]
pub struct Request {
    pub tag: String,
    /// Whether the orchestration of the tag waits for it.
    pub is_call: bool,
    /// The book that is to note it after.
    pub relay: Option<String>,
}

/// When something happens: between two commits.
#[derive(Debug, Clone, Copy)]
pub struct Time {
    pub since: u64,
    pub until: u64,
}

impl Time {
    const ANY: Time = Time {
        since: 0,
        until: u64::MAX,
    };
}

/// The part of a tag, or of a value, that says whose it is.
pub fn owner(tag: &str) -> &str {
    tag.rsplit_once(':').map_or(tag, |(owner, _)| owner)
}

/// The tag in a value.
pub fn tag_of(value: &str) -> &str {
    value.split_once('=').map_or(value, |(tag, _)| tag)
}

impl Spec {
    /// In-Start: an orchestration is there.
    pub fn start(&mut self, id: &str, steps: Vec<Step>) -> Result<(), Refused> {
        if self.orchestrations.contains_key(id) {
            return Err(format!("`{id}` exists"));
        }
        let orchestration = Orchestration {
            steps,
            ..Orchestration::default()
        };
        self.orchestrations.insert(id.to_owned(), orchestration);
        Ok(())
    }

    /// A client, or anybody, has a book do something. Call-Ent and Signal.
    pub fn request(&mut self, to: &str, origin: &str, request: Request) {
        let book = self.books.entry(to.to_owned()).or_default();
        let queue = book.queue.entry(origin.to_owned()).or_default();
        queue.push_back(request);
    }

    /// An event arrives. Nobody takes one that is for who is over.
    pub fn raise(&mut self, to: &str, origin: &str, name: &str, value: &str) {
        let over = |one: &Orchestration| matches!(one.stage, Stage::Over(_));
        if self.orchestrations.get(to).is_some_and(over) {
            return;
        }
        let key = (origin.to_owned(), name.to_owned());
        let mail = self.mail.entry(to.to_owned()).or_default();
        mail.entry(key).or_default().push_back(value.to_owned());
    }

    /// Act-Done: an activity ends with this value.
    pub fn activity_done(&mut self, tag: &str, value: &str) -> Result<(), Refused> {
        if !self.activities.remove(tag) {
            return Err(format!("the activity `{tag}` is not under way"));
        }
        self.done(tag, value);
        Ok(())
    }

    /// A future is done. The caller may be over.
    fn done(&mut self, tag: &str, value: &str) {
        if let Some(caller) = self.orchestrations.get_mut(owner(tag))
            && let Some(future) = caller.futures.get_mut(tag)
        {
            *future = Some(value.to_owned());
        }
    }

    /// Ent-Deq and Ent-Done: a book does what it was asked, if that is the oldest of its origin; if it is
    /// locked, only what the holder asks.
    pub fn serve(&mut self, key: &str, tag: &str) -> Result<(), Refused> {
        let book = self.books.get_mut(key).ok_or("no such book")?;
        let front = |(_, queue): &(&String, &mut VecDeque<Request>)| {
            queue.front().is_some_and(|request| request.tag == tag)
        };
        let mut queues = book.queue.iter_mut();
        let (origin, queue) = queues
            .find(front)
            .ok_or_else(|| format!("`{tag}` is not the oldest request of its origin at {key}"))?;
        if book.lock.as_ref().is_some_and(|holder| holder != origin) {
            return Err(format!("{key} is locked by {:?}", book.lock));
        }
        let request = queue.pop_front().ok_or("it was there")?;
        book.queue.retain(|_, queue| !queue.is_empty());
        book.log.push(request.tag.clone());
        let value = format!("{tag}={}", book.log.len());
        if let Some(to) = &request.relay {
            let request = Request {
                tag: format!("{tag}'"),
                is_call: false,
                relay: None,
            };
            self.request(to, key, request);
        }
        if request.is_call {
            self.done(tag, &value);
        }
        Ok(())
    }

    /// Lock: an orchestration that wants a section has all its books at once, none of which is another's,
    /// and which have done what it asked of them before.
    pub fn lock(&mut self, id: &str) -> Result<(), Refused> {
        let books = self
            .wanted(id)
            .ok_or_else(|| format!("`{id}` wants no section"))?;
        for key in &books {
            let book = self.books.entry(key.clone()).or_default();
            if let Some(holder) = &book.lock {
                return Err(format!("{key} is locked by {holder}"));
            }
            if book.queue.contains_key(id) {
                return Err(format!("{key} has not done what {id} asked before"));
            }
        }
        for key in books {
            self.books.entry(key).or_default().lock = Some(id.to_owned());
        }
        Ok(())
    }

    /// The books that an orchestration waits to lock.
    pub fn wanted(&self, id: &str) -> Option<Vec<String>> {
        let one = self.orchestrations.get(id)?;
        let books = match (one.steps.get(one.at), &one.stage, one.inside) {
            (Some(Step::Section(books, _)), Stage::Waits, None) => books,
            _ => return None,
        };
        let books: Vec<_> = books.iter().map(|nth| book(*nth)).collect();
        let locked = |key: &String| {
            let book = self.books.get(key);
            book.is_some_and(|book| book.lock.as_deref() == Some(id))
        };
        (!books.iter().all(locked)).then_some(books)
    }

    /// An orchestration runs for the first time, or again, up to the next await.
    pub fn run(&mut self, id: &str, time: Time) -> Result<(), Refused> {
        let one = self
            .orchestrations
            .get_mut(id)
            .ok_or("no such orchestration")?;
        if one.stage != Stage::Begun {
            return Err(format!("`{id}` has run"));
        }
        one.stage = Stage::Waits;
        self.go_on(id, time);
        Ok(())
    }

    /// What it awaits has come, and it goes on up to the next await. `sees` is what it is said to see: that
    /// decides where several things can.
    pub fn resume(&mut self, id: &str, sees: &str, time: Time) -> Result<(), Refused> {
        let one = self.orchestrations.get(id).ok_or("no such orchestration")?;
        if one.stage != Stage::Waits {
            return Err(format!("`{id}` does not wait"));
        }
        let not_yet = |what: &str| Err(format!("`{id}` waits for {what}"));
        let tag = format!("{id}:{}", one.at);
        let step = one.steps[one.at].clone();
        let future = |tag: &str| one.futures.get(tag).cloned().flatten();
        let value = match (&step, one.inside) {
            (Step::Work | Step::Call(_) | Step::Child(_), _) => future(&tag),
            (Step::Section(..), Some(nth)) => future(&format!("{tag}.{nth}")),
            (Step::Section(..), None) if self.wanted(id).is_some() => {
                return not_yet("its section");
            }
            (Step::Section(..), None) => Some("in".to_owned()),
            (Step::Gather, _) => one.tasks.front().and_then(|task| future(task)),
            (Step::Sleep(_) | Step::Either(..), _) if sees == "slept" => {
                if one.timer > time.until {
                    return not_yet("its time");
                }
                Some("slept".to_owned())
            }
            (Step::Wait(name) | Step::Either(_, name), _) => {
                let name = event_name(*name);
                let mail = self.mail.get_mut(id).ok_or("no events")?;
                let mut fits = mail.iter_mut().filter(|((_, of), queue)| {
                    *of == name && queue.front().is_some_and(|value| value == sees)
                });
                let (_, queue) = fits.next().ok_or_else(|| {
                    format!("`{sees}` is not the oldest event {name} of its origin for `{id}`")
                })?;
                let value = queue.pop_front();
                mail.retain(|_, queue| !queue.is_empty());
                value
            }
            _ => return not_yet("something"),
        };
        let Some(value) = value else {
            return not_yet("a future");
        };
        if value != sees {
            return Err(format!("`{id}` sees `{value}`, not `{sees}`"));
        }
        let one = self.orchestrations.get_mut(id).ok_or("it was there")?;
        one.futures.remove(tag_of(&value));
        one.seen.push(value);
        match (&step, one.inside) {
            (Step::Gather, _) => {
                one.tasks.pop_front();
            }
            (Step::Section(..), inside) => one.inside = Some(inside.map_or(0, |nth| nth + 1)),
            _ => one.at += 1,
        }
        self.go_on(id, time);
        Ok(())
    }

    /// Does what needs no waiting. Call-Act, Call-Ent, Signal, Unlock, Continue and the end.
    fn go_on(&mut self, id: &str, time: Time) {
        while let Some(one) = self.orchestrations.get_mut(id) {
            let tag = format!("{id}:{}", one.at);
            let Some(step) = one.steps.get(one.at).cloned() else {
                self.end(id);
                return;
            };
            let mut says = None;
            match step {
                Step::Work => return self.call_activity(id, tag),
                Step::Spawn => {
                    one.tasks.push_back(tag.clone());
                    self.call_activity(id, tag);
                    says = Some("spawned");
                }
                Step::Gather if !one.tasks.is_empty() => return,
                Step::Gather => {}
                Step::Call(nth) => return self.call_book(id, nth, tag),
                Step::Signal(nth) => {
                    self.request(&book(nth), id, Request::signal(tag));
                    says = Some("told");
                }
                Step::Relay(nth, to) => {
                    let relay = Some(book(to));
                    let request = Request::signal(format!("{tag}@{}", book(nth)));
                    self.request(&book(nth), id, Request { relay, ..request });
                    says = Some("told");
                }
                Step::Section(books, inside) => {
                    let Some(nth) = one.inside else { return };
                    let tag = format!("{tag}.{nth}");
                    match inside.get(nth) {
                        Some(Inside::Call(place)) => {
                            return self.call_book(id, books[usize::from(*place)], tag);
                        }
                        Some(Inside::Work) => return self.call_activity(id, tag),
                        Some(Inside::Signal(nth)) => {
                            one.seen.push("told".to_owned());
                            one.inside = one.inside.map(|nth| nth + 1);
                            self.request(&book(*nth), id, Request::signal(tag));
                            continue;
                        }
                        None => {
                            one.inside = None;
                            says = Some("out");
                            for nth in books {
                                self.books.entry(book(nth)).or_default().lock = None;
                            }
                        }
                    }
                }
                Step::Child(steps) => {
                    one.futures.insert(tag.clone(), None);
                    let child = Orchestration {
                        steps,
                        is_child: true,
                        ..Orchestration::default()
                    };
                    self.orchestrations.insert(tag, child);
                    return;
                }
                Step::Raise(to, name) => {
                    let to = programs::id(to);
                    self.raise(&to, id, &event_name(name), &tag);
                    says = Some("raised");
                }
                Step::Sleep(ms) | Step::Either(ms, _) => {
                    one.timer = time.since + ms;
                    return;
                }
                Step::Wait(_) => return,
                Step::Again => {
                    one.seen.push("again".to_owned());
                    one.at += 1;
                    one.stage = Stage::Begun;
                    return;
                }
            }
            if let Some(one) = self.orchestrations.get_mut(id) {
                one.seen.extend(says.map(str::to_owned));
                one.at += 1;
            }
        }
    }

    fn call_activity(&mut self, id: &str, tag: String) {
        if let Some(one) = self.orchestrations.get_mut(id) {
            one.futures.insert(tag.clone(), None);
        }
        self.activities.insert(tag);
    }

    fn call_book(&mut self, id: &str, nth: u8, tag: String) {
        if let Some(one) = self.orchestrations.get_mut(id) {
            one.futures.insert(tag.clone(), None);
        }
        let request = Request::signal(tag);
        let is_call = true;
        self.request(&book(nth), id, Request { is_call, ..request });
    }

    fn end(&mut self, id: &str) {
        let Some(one) = self.orchestrations.get_mut(id) else {
            return;
        };
        let value = format!("{id}={}", one.seen.join(","));
        one.stage = Stage::Over(value.clone());
        let is_child = one.is_child;
        self.mail.remove(id);
        if is_child {
            self.done(id, &value);
        }
    }

    /// What could happen without time passing and without anybody asking: at rest there is nothing.
    pub fn possible(&self) -> Vec<String> {
        let mut possible: Vec<_> = self.activities.iter().cloned().collect();
        for (key, book) in &self.books {
            let may = |origin: &&String| book.lock.as_ref().is_none_or(|holder| holder == *origin);
            possible.extend(
                book.queue
                    .keys()
                    .filter(may)
                    .map(|origin| format!("{key} serves {origin}")),
            );
        }
        for (id, one) in &self.orchestrations {
            let mut next = self.clone();
            let sees: Vec<String> = match &one.stage {
                Stage::Over(_) => continue,
                Stage::Begun => {
                    possible.push(format!("{id} runs"));
                    continue;
                }
                Stage::Waits => {
                    let futures = one.futures.values().flatten().cloned();
                    let mail = self.mail.get(id).into_iter().flatten();
                    let mail = mail.filter_map(|(_, queue)| queue.front().cloned());
                    let fixed = ["slept", "in"].map(str::to_owned);
                    futures.chain(mail).chain(fixed).collect()
                }
            };
            let sees = sees
                .iter()
                .filter(|sees| next.clone().resume(id, sees, Time::ANY).is_ok());
            possible.extend(sees.map(|sees| format!("{id} sees {sees}")));
            if next.lock(id).is_ok() {
                possible.push(format!("{id} locks"));
            }
        }
        possible
    }
}

impl Request {
    pub fn signal(tag: String) -> Request {
        Request {
            tag,
            is_call: false,
            relay: None,
        }
    }
}

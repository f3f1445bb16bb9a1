//! The simulation relation, decided: between two commits the model steps from the one abstract state to the other.
//!
//! What the later state shows of each part is a history: what an orchestration has seen, what a book has noted. So
//! it says of each part what it does next, and only the interleaving is to be found: whatever can step towards that
//! steps. What is found is a run of the model; if the model gets stuck before, there is none.

use std::collections::{BTreeMap, BTreeSet};

use super::abstraction::{Abstract, One, origin, values};
use super::programs::{self, Programs};
use super::spec::{Request, Spec, Stage, Time};

/// What clients and activities have said so far: what the model may be told.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// Orchestrations that a client has asked for.
    pub started: BTreeSet<String>,
    /// Requests of clients: tags, and for which book.
    pub noted: BTreeMap<String, String>,
    /// Events of clients: their values, for whom, and their names.
    pub raised: BTreeMap<String, (String, String)>,
    /// What activities have come to, by their tags.
    pub done: BTreeMap<String, BTreeSet<String>>,
}

/// The run of the model so far.
#[derive(Debug, Default)]
pub struct Run {
    pub spec: Spec,
    pub said: Said,
    /// The time of the last commit.
    since: u64,
    /// The requests and events of clients that have arrived.
    arrived: BTreeSet<String>,
    /// How many steps the model has made.
    pub steps: usize,
}

impl Run {
    /// Goes on to this state.
    ///
    /// # Errors
    /// The model does not go there.
    pub fn explain(&mut self, to: &Abstract, programs: &Programs, now: u64) -> Result<(), String> {
        let time = Time {
            since: self.since,
            until: now,
        };
        let mut refused = Vec::new();
        loop {
            refused.clear();
            let mut steps = 0;
            self.start(to, programs, &mut steps)?;
            self.arrive(to, &mut steps);
            self.end_activities(to, &mut steps)?;
            for id in to.orchestrations.keys() {
                steps += usize::from(self.advance(id, to, time, &mut refused)?);
            }
            for (key, shelf) in &to.books {
                let done = self.spec.books.get(key).map_or(0, |book| book.log.len());
                if let Some(tag) = shelf.log.get(done) {
                    match self.spec.serve(key, tag) {
                        Ok(()) => steps += 1,
                        Err(why) => refused.push(why),
                    }
                }
            }
            self.steps += steps;
            if steps == 0 {
                break;
            }
        }
        self.since = now;
        let is = Abstract::of_spec(&self.spec);
        match is == *to {
            true => Ok(()),
            false => Err(format!(
                "the model does not come to\n{to:#?}\nbut stands at\n{is:#?}\nbecause {refused:#?}"
            )),
        }
    }

    fn start(
        &mut self,
        to: &Abstract,
        programs: &Programs,
        steps: &mut usize,
    ) -> Result<(), String> {
        for id in to.orchestrations.keys() {
            // Children are started by their parents.
            if self.said.started.contains(id) && !self.spec.orchestrations.contains_key(id) {
                let nth =
                    (0..programs.orchestrations.len() as u8).find(|nth| programs::id(*nth) == *id);
                let nth = nth.ok_or_else(|| format!("nobody has asked for `{id}`"))?;
                self.spec
                    .start(id, programs.orchestrations[usize::from(nth)].clone())?;
                *steps += 1;
            }
        }
        Ok(())
    }

    /// What clients asked arrives when the later state shows it.
    fn arrive(&mut self, to: &Abstract, steps: &mut usize) {
        for (tag, book) in &self.said.noted {
            let shelf = to.books.get(book);
            let shows = shelf.is_some_and(|shelf| {
                shelf.log.contains(tag) || shelf.queue.values().flatten().any(|other| other == tag)
            });
            if shows && self.arrived.insert(tag.clone()) {
                self.spec
                    .request(book, origin(tag), Request::signal(tag.clone()));
                *steps += 1;
            }
        }
        for (value, (id, name)) in &self.said.raised {
            let waits = to
                .mail
                .get(id)
                .is_some_and(|mail| mail.values().flatten().any(|other| other == value));
            let taken = to
                .orchestrations
                .get(id)
                .is_some_and(|one| one.seen.contains(value));
            if (waits || taken) && self.arrived.insert(value.clone()) {
                self.spec.raise(id, origin(value), name, value);
                *steps += 1;
            }
        }
    }

    fn end_activities(&mut self, to: &Abstract, steps: &mut usize) -> Result<(), String> {
        let ended: Vec<_> = self
            .spec
            .activities
            .difference(&to.activities)
            .cloned()
            .collect();
        if ended.is_empty() {
            return Ok(());
        }
        let values = values(to);
        for tag in ended {
            let Some(value) = values.get(&tag) else {
                return Err(format!(
                    "the activity `{tag}` has ended, and nobody has its value"
                ));
            };
            if !self
                .said
                .done
                .get(&tag)
                .is_some_and(|said| said.contains(value))
            {
                return Err(format!("the activity `{tag}` has not come to `{value}`"));
            }
            self.spec.activity_done(&tag, value)?;
            *steps += 1;
        }
        Ok(())
    }

    /// An orchestration makes a step towards what it is to have seen.
    fn advance(
        &mut self,
        id: &str,
        to: &Abstract,
        time: Time,
        refused: &mut Vec<String>,
    ) -> Result<bool, String> {
        let (Some(one), goal) = (self.spec.orchestrations.get(id), &to.orchestrations[id]) else {
            return Ok(false);
        };
        let (seen, stage) = (one.seen.len(), one.stage.clone());
        let behind = seen < goal.seen.len();
        let stepped = match stage {
            Stage::Begun if behind || goal.stage != Stage::Begun => self.spec.run(id, time),
            Stage::Waits if behind && goal.seen[seen] == "in" && self.locks_now(id, to) => {
                self.spec.lock(id)
            }
            Stage::Waits if behind => self.spec.resume(id, &goal.seen[seen], time),
            // It has its section, and has not run since.
            Stage::Waits if self.locks_now(id, to) => self.spec.lock(id),
            _ => return Ok(false),
        };
        if let Err(why) = stepped {
            refused.push(why);
            return Ok(false);
        }
        let one = &self.spec.orchestrations[id];
        match goal.seen.starts_with(&one.seen) {
            true => Ok(true),
            false => Err(format!("`{id}` sees {:?}, not {:?}", one.seen, goal.seen)),
        }
    }

    /// Whether the section that an orchestration waits for comes next, for each of its books.
    fn locks_now(&self, id: &str, to: &Abstract) -> bool {
        let Some(books) = self.spec.wanted(id) else {
            return false;
        };
        let one = &self.spec.orchestrations[id];
        let section = format!("{id}:{}.", one.at);
        let goal: &One = &to.orchestrations[id];
        books.iter().all(|key| {
            let shelf = to.books.get(key);
            let done = self.spec.books.get(key).map_or(0, |book| book.log.len());
            match shelf.and_then(|shelf| shelf.log.get(done)) {
                Some(next) => next.starts_with(&section),
                None => {
                    goal.at > one.at || shelf.is_some_and(|shelf| shelf.lock.as_deref() == Some(id))
                }
            }
        })
    }
}

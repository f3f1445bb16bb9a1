//! From a chart as written to one in which names are places; what is wrong with it is refused.

use std::collections::BTreeSet;

use proc_macro2::Ident;
use quote::ToTokens;
use syn::{Attribute, Path};

use super::nearest::nearest;
use super::{Chart, Does, On, Row, messages, plain};
use crate::diagnostics::Diagnostics;

/// States, events and handlers are known by their places.
#[derive(Default)]
pub(crate) struct Checked {
    pub(crate) states: Vec<State>,
    pub(crate) start: usize,
    pub(crate) always: Vec<(When, What)>,
    pub(crate) events: Vec<Event>,
    pub(crate) handlers: Vec<Named>,
}

pub(crate) struct State {
    pub(crate) docs: Vec<Attribute>,
    pub(crate) heat: Option<Ident>,
    pub(crate) name: Ident,
    pub(crate) entry: Option<usize>,
    pub(crate) exit: Option<usize>,
    pub(crate) rows: Vec<(When, What)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    Event(usize),
    Any,
    Default,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    Handle(usize),
    Goto(usize),
    Push(usize),
    Pop,
    Halt,
    Defer,
    Ignore,
}

pub(crate) struct Event {
    /// The last name of its path.
    pub(crate) name: String,
    pub(crate) path: Path,
}

/// A handler that some row names.
pub(crate) struct Named {
    /// As in the first row.
    pub(crate) ident: Ident,
    pub(crate) triggers: Triggers,
}

/// What a handler is run for.
#[derive(Default)]
pub(crate) struct Triggers {
    pub(crate) events: BTreeSet<usize>,
    pub(crate) any: bool,
    pub(crate) entry: bool,
    pub(crate) exit: bool,
    pub(crate) default: bool,
}

impl Triggers {
    /// Whether there may be no event.
    pub(crate) fn may_lack(&self) -> bool {
        self.entry || self.default
    }

    /// Whether the event may be one of several.
    pub(crate) fn of_any(&self) -> bool {
        self.may_lack() || self.any || self.events.len() > 1
    }
}

pub(crate) fn check(chart: Chart, chart_token: &Ident, diag: &mut Diagnostics) -> Checked {
    let mut check = Check {
        names: Vec::new(),
        checked: Checked::default(),
        diag,
    };
    check.names(&chart);
    check.start(&chart, chart_token);
    for state in chart.states {
        if check.is_there(&state.name) {
            check
                .diag
                .refuse(&state.name, messages::state_twice(&state.name.to_string()));
            continue;
        }
        let mut checked = State {
            docs: state.docs,
            heat: state.heat,
            name: state.name,
            entry: None,
            exit: None,
            rows: Vec::new(),
        };
        for row in state.rows {
            check.row(row, &mut checked);
        }
        check.checked.states.push(checked);
    }
    for row in chart.always {
        check.row_of_all(row);
    }
    check.checked
}

struct Check<'d> {
    names: Vec<String>,
    checked: Checked,
    diag: &'d mut Diagnostics,
}

impl Check<'_> {
    /// Rows may name states that come later.
    fn names(&mut self, chart: &Chart) {
        for state in &chart.states {
            let name = state.name.to_string();
            if !self.names.contains(&name) {
                self.names.push(name);
            }
        }
    }

    fn start(&mut self, chart: &Chart, chart_token: &Ident) {
        let mut starts = chart.states.iter().filter(|state| state.start.is_some());
        let Some(first) = starts.next() else {
            let refusal = messages::no_start();
            match chart.states.first() {
                Some(state) => self.diag.refuse(&state.name, refusal),
                None => self.diag.refuse(chart_token, refusal),
            }
            return;
        };
        let name = first.name.to_string();
        self.checked.start = self
            .names
            .iter()
            .position(|known| *known == name)
            .unwrap_or(0);
        for other in starts {
            self.diag.refuse(&other.start, messages::two_starts(&name));
        }
    }

    fn is_there(&self, name: &Ident) -> bool {
        let mut states = self.checked.states.iter();
        states.any(|state| state.name == *name)
    }

    fn row(&mut self, row: Row, state: &mut State) {
        let name = state.name.to_string();
        let when = match row.on {
            On::Entry(word) | On::Exit(word) => {
                self.action(&word, &row.does, state);
                return;
            }
            On::Default(word) => {
                if let Does::Defer(does) | Does::Ignore(does) = &row.does {
                    let refusal = messages::nothing_to_keep(&does.to_string());
                    self.diag.refuse(does, refusal);
                    return;
                }
                (When::Default, word.into_token_stream())
            }
            On::Any(token) => (When::Any, token.into_token_stream()),
            On::Event(path) => (When::Event(self.event(&path)), path.into_token_stream()),
        };
        let (when, tokens) = when;
        let what = self.what(&row.does, when);
        if state.rows.iter().any(|(known, _)| *known == when) {
            let written = tokens.to_string().replace(' ', "");
            let refusal = match when {
                When::Event(_) => messages::event_twice(&written, &format!("the state `{name}`")),
                When::Any | When::Default => messages::action_twice(&written, &name),
            };
            self.diag.refuse(tokens, refusal);
            return;
        }
        state.rows.extend(what.map(|what| (when, what)));
    }

    /// A row of `entry` or `exit`.
    fn action(&mut self, word: &Ident, does: &Does, state: &mut State) {
        let entry = word == "entry";
        let place = match entry {
            true => &mut state.entry,
            false => &mut state.exit,
        };
        let (name, state) = (word.to_string(), state.name.to_string());
        let Does::Handle(handler) = does else {
            self.diag
                .refuse(does.word(), messages::not_a_handler(&name));
            return;
        };
        if place.is_some() {
            self.diag
                .refuse(word, messages::action_twice(&name, &state));
            return;
        }
        let at = self.handler(handler);
        *place = Some(at);
        let triggers = &mut self.checked.handlers[at].triggers;
        match entry {
            true => triggers.entry = true,
            false => triggers.exit = true,
        }
    }

    fn row_of_all(&mut self, row: Row) {
        let path = match row.on {
            On::Event(path) => path,
            On::Entry(word) | On::Exit(word) | On::Default(word) => {
                let refusal = messages::not_in_always(&word.to_string());
                self.diag.refuse(word, refusal);
                return;
            }
            On::Any(token) => {
                self.diag.refuse(token, messages::not_in_always("_"));
                return;
            }
        };
        let when = When::Event(self.event(&path));
        let what = self.what(&row.does, when);
        if self.checked.always.iter().any(|(known, _)| *known == when) {
            let refusal = messages::event_twice(&spelled(&path), "`always`");
            self.diag.refuse(path, refusal);
            return;
        }
        self.checked.always.extend(what.map(|what| (when, what)));
    }

    fn what(&mut self, does: &Does, when: When) -> Option<What> {
        Some(match does {
            Does::Handle(name) => {
                let at = self.handler(name);
                let triggers = &mut self.checked.handlers[at].triggers;
                match when {
                    When::Event(event) => {
                        triggers.events.insert(event);
                    }
                    When::Any => triggers.any = true,
                    When::Default => triggers.default = true,
                }
                What::Handle(at)
            }
            Does::Goto(_, state) => What::Goto(self.state(state)?),
            Does::Push(_, state) => What::Push(self.state(state)?),
            Does::Pop(_) => What::Pop,
            Does::Halt(_) => What::Halt,
            Does::Defer(_) => What::Defer,
            Does::Ignore(_) => What::Ignore,
        })
    }

    fn state(&mut self, name: &Ident) -> Option<usize> {
        let text = name.to_string();
        let at = self.names.iter().position(|known| *known == text);
        if at.is_none() {
            let near = nearest(&text, self.names.iter().map(String::as_str));
            self.diag.refuse(name, messages::unknown_state(&text, near));
        }
        at
    }

    fn handler(&mut self, name: &Ident) -> usize {
        let handlers = &mut self.checked.handlers;
        let at = handlers.iter().position(|known| known.ident == *name);
        at.unwrap_or_else(|| {
            handlers.push(Named {
                ident: name.clone(),
                triggers: Triggers::default(),
            });
            handlers.len() - 1
        })
    }

    fn event(&mut self, path: &Path) -> usize {
        let name = path.segments.last().map(|last| plain(&last.ident));
        let name = name.unwrap_or_default();
        let events = &mut self.checked.events;
        if let Some(at) = events.iter().position(|known| known.name == name) {
            let (first, here) = (spelled(&events[at].path), spelled(path));
            if first != here {
                self.diag
                    .refuse(path, messages::other_spelling(&here, &first));
            }
            return at;
        }
        let path = path.clone();
        events.push(Event { name, path });
        events.len() - 1
    }
}

/// A path as written.
pub(crate) fn spelled(path: &Path) -> String {
    path.to_token_stream().to_string().replace(' ', "")
}

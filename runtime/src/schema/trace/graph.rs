//! What a trace has learnt so far: a graph of the calls a type's `Deserialize` makes.

use std::any::TypeId;

use rustc_hash::{FxHashMap, FxHashSet};

use super::call::{Call, Id, Kind};
use super::error::Halt;
use super::samples;
use crate::schema::DEPTH;

/// The calls a whole trace may make. Real types need hundreds; a type that needs more is opaque.
const STEPS: u32 = 1_000_000;

/// Where a call belongs.
#[derive(Clone, Copy, Debug)]
pub(super) enum Edge {
    Root,
    Child(Id, usize),
    /// The value of a field looked up by name.
    Probe(Id, usize),
}

#[derive(PartialEq, Eq, Hash)]
struct Key {
    kind: Kind,
    visitor: TypeId,
    name: &'static str,
    names: &'static [&'static str],
    len: usize,
}

/// A place where one value is made whole, and so where the refusal of a sample first shows.
#[derive(Debug)]
struct Position {
    value: TypeId,
    type_name: &'static str,
    label: Label,
    drawn_before: u32,
}

/// How a position is called in a path.
#[derive(Clone, Copy, Debug)]
pub(super) enum Label {
    Root,
    Field(&'static str),
    Index(usize),
    Element,
    Key,
    Value,
    Variant(&'static str),
}

/// What is noted at a position, to be given back when it is left.
#[derive(Debug)]
pub(super) struct Mark {
    depth: usize,
    progress: u64,
}

#[derive(Default)]
pub(super) struct Graph {
    pub(super) calls: Vec<Call>,
    known: FxHashMap<Key, Id>,
    pub(super) root: Option<Id>,
    attempts: FxHashMap<TypeId, u32>,
    positions: Vec<Position>,
    drawn: u32,
    steps: u32,
    /// Grows whenever anything is learnt.
    pub(super) progress: u64,
    /// A refusal of this pass has already been laid at some type's door.
    blamed: bool,
    /// Calls from which something unfinished can be reached, as of the start of the pass.
    open: Vec<bool>,
    /// Where the type asks for what postcard cannot give, if it does.
    pub(super) self_describing: Option<String>,
    /// The first reason why the structure cannot be known.
    pub(super) why: Option<String>,
}

impl Graph {
    pub(super) fn start_pass(&mut self) {
        self.positions.clear();
        self.blamed = false;
        for call in &mut self.calls {
            call.active = 0;
            for variant in &mut call.variants {
                variant.started = false;
            }
        }
        self.open = self.reaching_unfinished();
    }

    pub(super) fn is_finished(&self) -> bool {
        self.root
            .is_some_and(|root| !self.reaching_unfinished()[root])
    }

    pub(super) fn is_spent(&self) -> bool {
        self.steps >= STEPS || self.self_describing.is_some()
    }

    pub(super) fn note(&mut self, why: impl FnOnce() -> String) {
        if self.why.is_none() {
            self.why = Some(why());
        }
    }

    /// The node of a call, made if it is new, and linked to where it was met.
    pub(super) fn enter(
        &mut self,
        edge: Edge,
        depth: usize,
        kind: Kind,
        visitor: TypeId,
        (name, names, len): (&'static str, &'static [&'static str], usize),
    ) -> Result<Id, Halt> {
        self.steps += 1;
        if depth > DEPTH || self.is_spent() {
            return Err(self.stop());
        }
        let key = Key {
            kind,
            visitor,
            name,
            names,
            len,
        };
        let id = match self.known.get(&key) {
            Some(&id) => id,
            None => {
                let id = self.add(key.kind.clone(), name, names);
                self.known.insert(key, id);
                id
            }
        };
        self.link(edge, id);
        Ok(id)
    }

    pub(super) fn add(
        &mut self,
        kind: Kind,
        name: &'static str,
        names: &'static [&'static str],
    ) -> Id {
        self.progress += 1;
        self.calls.push(Call::new(kind, name, names));
        self.calls.len() - 1
    }

    pub(super) fn link(&mut self, edge: Edge, child: Id) {
        let slot = match edge {
            Edge::Root => &mut self.root,
            Edge::Child(id, index) => {
                let children = &mut self.calls[id].children;
                if children.len() <= index {
                    children.resize(index + 1, None);
                }
                &mut children[index]
            }
            Edge::Probe(id, index) => &mut self.calls[id].probes[index].child,
        };
        match *slot {
            None => {
                *slot = Some(child);
                self.progress += 1;
            }
            Some(known) if known == child => {}
            Some(_) => {
                let place = self.path();
                self.note(|| format!("`{place}` is not always read in the same way"));
            }
        }
    }

    /// What was met at `edge` so far.
    pub(super) fn target(&self, edge: Edge) -> Option<Id> {
        match edge {
            Edge::Root => self.root,
            Edge::Child(id, index) => self.child(id, index),
            Edge::Probe(id, index) => self.calls[id].probes[index].child,
        }
    }

    pub(super) fn child(&self, id: Id, index: usize) -> Option<Id> {
        self.calls[id].children.get(index).copied().flatten()
    }

    /// Whether there is something left to learn below `id`.
    pub(super) fn is_open(&self, id: Id) -> bool {
        self.open.get(id).copied().unwrap_or(true)
    }

    /// Whether the child at `index` should be visited for the sake of learning.
    pub(super) fn should_visit(&self, id: Id, index: usize) -> bool {
        self.calls[id].active == 0
            && self
                .child(id, index)
                .is_none_or(|child| self.is_open(child))
    }

    /// Begins the making of one value of type `T`.
    pub(super) fn arrive<T: ?Sized>(&mut self, label: Label) -> Mark {
        let mark = Mark {
            depth: self.positions.len(),
            progress: self.progress,
        };
        self.positions.push(Position {
            value: typeid::of::<T>(),
            type_name: value_type_name::<T>(),
            label,
            drawn_before: self.drawn,
        });
        mark
    }

    /// Ends it. A refusal is blamed on the innermost position that sees it: the samples given to
    /// that type move on. Returns whether anything was learnt on the way.
    pub(super) fn depart(&mut self, mark: Mark, refused: bool) -> bool {
        self.positions.truncate(mark.depth + 1);
        if refused {
            self.blame();
        }
        self.positions.truncate(mark.depth);
        self.progress != mark.progress
    }

    /// The pass ends on purpose: nobody is to blame.
    pub(super) fn stop(&mut self) -> Halt {
        self.excuse();
        Halt::Stop
    }

    /// No sample is to blame if this pass fails from here on.
    pub(super) fn excuse(&mut self) {
        self.blamed = true;
    }

    /// Blames the innermost position for the end of the pass.
    pub(super) fn blame(&mut self) {
        let Some(position) = self.positions.last() else {
            return;
        };
        if std::mem::replace(&mut self.blamed, true) || self.drawn == position.drawn_before {
            return;
        }
        let attempts = self.attempts.entry(position.value).or_default();
        if *attempts < samples::ATTEMPTS {
            *attempts += 1;
            self.progress += 1;
        }
    }

    /// The type of the innermost value in the making.
    pub(super) fn current_type(&self) -> &'static str {
        self.positions
            .last()
            .map_or("?", |position| position.type_name)
    }

    /// Which of `len` samples the value in the making gets next.
    pub(super) fn draw(&mut self, len: usize) -> usize {
        self.drawn += 1;
        for (outer, position) in self.positions.iter().rev().enumerate() {
            let attempt = self
                .attempts
                .get(&position.value)
                .copied()
                .unwrap_or_default();
            if attempt > 0 {
                return samples::pick(attempt, self.drawn - position.drawn_before, outer == 0, len);
            }
        }
        0
    }

    /// Where the pass is, as `.lines[].sku`.
    pub(super) fn path(&self) -> String {
        let mut path = String::new();
        for position in &self.positions {
            match position.label {
                Label::Root => {}
                Label::Field(name) => path.extend([".", name]),
                Label::Index(index) => path.push_str(&format!(".{index}")),
                Label::Element => path.push_str("[]"),
                Label::Key => path.push_str(".<key>"),
                Label::Value => path.push_str(".<value>"),
                Label::Variant(name) => path.extend(["::", name]),
            }
        }
        path
    }

    fn reaching_unfinished(&self) -> Vec<bool> {
        let mut parents: Vec<Vec<Id>> = vec![Vec::new(); self.calls.len()];
        for (id, call) in self.calls.iter().enumerate() {
            let probed = call.probes.iter().filter_map(|probe| probe.child);
            for child in call.children.iter().copied().flatten().chain(probed) {
                parents[child].push(id);
            }
        }
        let mut todo: Vec<Id> = (0..self.calls.len())
            .filter(|&id| !self.calls[id].is_finished())
            .collect();
        let mut reached: FxHashSet<Id> = todo.iter().copied().collect();
        while let Some(id) = todo.pop() {
            todo.extend(
                parents[id]
                    .iter()
                    .copied()
                    .filter(|parent| reached.insert(*parent)),
            );
        }
        (0..self.calls.len())
            .map(|id| reached.contains(&id))
            .collect()
    }
}

/// Seeds are nearly always `PhantomData` of the value they make.
fn value_type_name<T: ?Sized>() -> &'static str {
    let seed = std::any::type_name::<T>();
    seed.strip_prefix("core::marker::PhantomData<")
        .and_then(|rest| rest.strip_suffix('>'))
        .unwrap_or(seed)
}

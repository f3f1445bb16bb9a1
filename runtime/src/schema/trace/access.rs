//! Elements, entries and fields given to a type under trace.

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{DeserializeSeed, MapAccess, SeqAccess};

use super::call::{Id, Kind};
use super::error::Halt;
use super::graph::{Edge, Graph, Label};
use super::recorder::Recorder;
use crate::schema::model::Node;

/// Makes one value at `edge`. Also tells whether anything was learnt.
pub(super) fn make<'de, S: DeserializeSeed<'de>>(
    graph: &mut Graph,
    edge: Edge,
    label: Label,
    depth: usize,
    seed: S,
) -> (Result<S::Value, Halt>, bool) {
    let mark = graph.arrive::<S>(label);
    let value = seed.deserialize(Recorder {
        graph: &mut *graph,
        edge,
        depth,
    });
    if value.is_ok() && graph.target(edge).is_none() {
        // It made a value of nothing, so nothing is what its values must be written as.
        let unit = graph.add(Kind::Leaf(Node::Unit), "", &[]);
        graph.link(edge, unit);
    }
    let learnt = graph.depart(mark, value.is_err());
    (value, learnt)
}

/// The elements of a tuple or struct, each with a place of its own, or of a sequence.
pub(super) struct Elements<'g> {
    graph: &'g mut Graph,
    id: Id,
    depth: usize,
    len: usize,
    read: usize,
    blocked: bool,
    /// All elements are of one kind.
    alike: bool,
}

impl<'g> Elements<'g> {
    pub(super) fn fixed(graph: &'g mut Graph, id: Id, depth: usize, len: usize) -> Self {
        Elements {
            graph,
            id,
            depth,
            len,
            read: 0,
            blocked: false,
            alike: false,
        }
    }

    pub(super) fn many(graph: &'g mut Graph, id: Id, depth: usize, len: usize) -> Self {
        Elements {
            graph,
            id,
            depth,
            len,
            read: 0,
            blocked: false,
            alike: true,
        }
    }

    pub(super) fn read(&self) -> usize {
        self.read
    }

    /// Whether an element failed and nothing more can be done about it.
    pub(super) fn blocked(&self) -> bool {
        self.blocked
    }

    fn label(&self) -> Label {
        if self.alike {
            return Label::Element;
        }
        let names = self.graph.calls[self.id].names;
        names
            .get(self.read)
            .map_or(Label::Index(self.read), |name| Label::Field(name))
    }
}

impl<'de> SeqAccess<'de> for Elements<'_> {
    type Error = Halt;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Halt> {
        if self.read == self.len {
            return Ok(None);
        }
        let place = if self.alike { 0 } else { self.read };
        let edge = Edge::Child(self.id, place);
        let label = self.label();
        let (value, learnt) = make(self.graph, edge, label, self.depth, seed);
        self.blocked |= value.is_err() && !learnt;
        let value = value?;
        self.read += 1;
        Ok(Some(value))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.len - self.read)
    }
}

/// The entries of a map.
pub(super) struct Entries<'g> {
    graph: &'g mut Graph,
    id: Id,
    depth: usize,
    left: usize,
}

impl<'g> Entries<'g> {
    pub(super) fn new(graph: &'g mut Graph, id: Id, depth: usize, left: usize) -> Self {
        Entries {
            graph,
            id,
            depth,
            left,
        }
    }
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = Halt;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Halt> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        make(
            self.graph,
            Edge::Child(self.id, 0),
            Label::Key,
            self.depth,
            seed,
        )
        .0
        .map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Halt> {
        make(
            self.graph,
            Edge::Child(self.id, 1),
            Label::Value,
            self.depth,
            seed,
        )
        .0
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left)
    }
}

/// A struct given one of its names twice: shows the kind of that field, and its own name.
pub(super) struct Lookup<'g> {
    graph: &'g mut Graph,
    id: Id,
    index: usize,
    depth: usize,
    keys_given: usize,
    built: bool,
    learnt: bool,
}

impl<'g> Lookup<'g> {
    pub(super) fn new(graph: &'g mut Graph, id: Id, index: usize, depth: usize) -> Self {
        Lookup {
            graph,
            id,
            index,
            depth,
            keys_given: 0,
            built: false,
            learnt: false,
        }
    }

    pub(super) fn built(&self) -> bool {
        self.built
    }

    pub(super) fn learnt(&self) -> bool {
        self.learnt
    }

    fn name(&self) -> &'static str {
        self.graph.calls[self.id].names[self.index]
    }
}

impl<'de> MapAccess<'de> for Lookup<'_> {
    type Error = Halt;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Halt> {
        if self.keys_given == 2 {
            return Ok(None);
        }
        self.keys_given += 1;
        seed.deserialize(BorrowedStrDeserializer::new(self.name()))
            .map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Halt> {
        let edge = Edge::Probe(self.id, self.index);
        let label = Label::Field(self.name());
        let (value, learnt) = make(self.graph, edge, label, self.depth, seed);
        self.built = value.is_ok();
        self.learnt |= learnt;
        value
    }
}

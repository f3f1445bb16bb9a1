//! Which variant of an enum a pass takes, and what is learnt from it.

use std::hash::{BuildHasher, Hash};
use std::mem::discriminant;

use rustc_hash::FxBuildHasher;
use serde::de::value::{BorrowedStrDeserializer, U32Deserializer};
use serde::de::{DeserializeSeed, EnumAccess, IntoDeserializer, VariantAccess, Visitor};

use super::access::make;
use super::call::{Id, Kind, VariantState};
use super::error::Halt;
use super::graph::{Edge, Graph, Label};
use super::recorder::{visit_in_order, visit_struct};
use crate::schema::model::Node;

#[derive(Clone, Copy, Debug)]
pub(super) enum Choice {
    Index(usize),
    /// Ask only where the name at this place of the list leads.
    Name(usize),
}

/// Prefers what is still unknown, unless this enum is already in the making further out: then
/// only a variant that ends the recursion will do, once one is known.
pub(super) fn choose(graph: &mut Graph, id: Id) -> Choice {
    let resting = graph.calls[id].active == 0;
    let call = &mut graph.calls[id];
    if resting || call.first_built.is_none() {
        let unsettled = call
            .variants
            .iter()
            .position(|known| !known.settled && !known.started);
        if let Some(index) = unsettled {
            return Choice::Index(index);
        }
        if call.variants.len() == call.names.len() {
            call.variant_count = Some(call.names.len());
        }
        if call.variant_count.is_none() {
            return Choice::Index(call.variants.len());
        }
    }
    if resting {
        if let Some(index) = graph.calls[id].next_probe() {
            return Choice::Name(index);
        }
        let bodies = 0..graph.calls[id].variants.len();
        let mut open =
            bodies.filter(|&at| graph.child(id, at).is_some_and(|body| graph.is_open(body)));
        if let Some(index) = open.next() {
            return Choice::Index(index);
        }
        let built: Vec<usize> = (0..graph.calls[id].variants.len())
            .filter(|&at| graph.calls[id].variants[at].built)
            .collect();
        let first = graph.calls[id].first_built;
        if let (Some(first), pick @ 1..) = (first, graph.draw(built.len() + 1)) {
            return Choice::Index(built.get(pick - 1).copied().unwrap_or(first));
        }
    }
    Choice::Index(graph.calls[id].first_built.unwrap_or_default())
}

pub(super) fn begin(graph: &mut Graph, id: Id, choice: Choice) {
    let call = &mut graph.calls[id];
    call.active += 1;
    if let Choice::Index(index) = choice
        && let Some(variant) = call.variants.get_mut(index)
    {
        variant.started = true;
    }
}

/// Takes note of how it went. A variant that failed without teaching anything never will.
pub(super) fn end(graph: &mut Graph, id: Id, choice: Choice, built: bool, progress_before: u64) {
    if !built {
        graph.blame();
    }
    let learnt = graph.progress != progress_before;
    let call = &mut graph.calls[id];
    call.active -= 1;
    let Choice::Index(index) = choice else { return };
    let Some(variant) = call.variants.get_mut(index) else {
        return;
    };
    variant.started = false;
    if built {
        call.first_built.get_or_insert(index);
    }
    if (built && !variant.built) || (!built && !learnt && !variant.settled) {
        variant.built = built;
        variant.settled = true;
        graph.progress += 1;
    }
}

/// One variant of an enum under trace.
pub(super) struct Alternative<'g> {
    pub(super) graph: &'g mut Graph,
    pub(super) id: Id,
    pub(super) choice: Choice,
    pub(super) depth: usize,
}

/// The body of a variant: `place` is the variant's index, unless only its name was asked for.
pub(super) struct Body<'g> {
    graph: &'g mut Graph,
    id: Id,
    place: usize,
    depth: usize,
}

/// Tells the values of an identifier apart, which need not be comparable.
fn tag<T>(value: &T) -> u64 {
    let mut hasher = FxBuildHasher.build_hasher();
    discriminant(value).hash(&mut hasher);
    std::hash::Hasher::finish(&hasher)
}

impl<'de, 'g> EnumAccess<'de> for Alternative<'g> {
    type Error = Halt;
    type Variant = Body<'g>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Body<'g>), Halt> {
        let Alternative {
            graph,
            id,
            choice,
            depth,
        } = self;
        match choice {
            Choice::Name(index) => {
                let name = graph.calls[id].names[index];
                let name: BorrowedStrDeserializer<'_, Halt> = BorrowedStrDeserializer::new(name);
                let tag = seed.deserialize(name).as_ref().ok().map(tag::<S::Value>);
                let probe = &mut graph.calls[id].probes[index];
                probe.tag = tag;
                probe.done = true;
                graph.progress += 1;
                Err(graph.stop())
            }
            Choice::Index(place) => {
                let index: U32Deserializer<Halt> = (place as u32).into_deserializer();
                let call = &mut graph.calls[id];
                match seed.deserialize(index) {
                    Ok(value) => {
                        if place == call.variants.len() {
                            let tag = tag(&value);
                            let started = true;
                            call.variants.push(VariantState {
                                tag,
                                started,
                                ..Default::default()
                            });
                            graph.progress += 1;
                        }
                        Ok((
                            value,
                            Body {
                                graph,
                                id,
                                place,
                                depth,
                            },
                        ))
                    }
                    Err(refusal) => {
                        if place == call.variants.len() && call.variant_count.is_none() {
                            call.variant_count = Some(place);
                            graph.progress += 1;
                            graph.excuse();
                        }
                        Err(refusal)
                    }
                }
            }
        }
    }
}

impl<'g> Body<'g> {
    fn enter(&mut self, kind: Kind, names: &'static [&'static str]) -> Result<Id, Halt> {
        match self.graph.child(self.id, self.place) {
            Some(body) if self.graph.calls[body].kind == kind => Ok(body),
            Some(_) => {
                let name = self.graph.calls[self.id].name;
                self.graph
                    .note(|| format!("a variant of `{name}` is not always of one kind"));
                Err(self.graph.stop())
            }
            None => {
                let body = self.graph.add(kind, "", names);
                self.graph.link(Edge::Child(self.id, self.place), body);
                Ok(body)
            }
        }
    }

    fn label(&self) -> Label {
        let names = self.graph.calls[self.id].names;
        names
            .get(self.place)
            .map_or(Label::Index(self.place), |name| Label::Variant(name))
    }
}

impl<'de> VariantAccess<'de> for Body<'_> {
    type Error = Halt;

    fn unit_variant(mut self) -> Result<(), Halt> {
        self.enter(Kind::Leaf(Node::Unit), &[]).map(drop)
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(mut self, seed: S) -> Result<S::Value, Halt> {
        let id = self.enter(Kind::Newtype, &[])?;
        let label = self.label();
        make(self.graph, Edge::Child(id, 0), label, self.depth, seed).0
    }

    fn tuple_variant<V: Visitor<'de>>(mut self, len: usize, visitor: V) -> Result<V::Value, Halt> {
        let id = self.enter(Kind::Tuple, &[])?;
        visit_in_order(self.graph, id, self.depth, len, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        mut self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Halt> {
        let id = self.enter(Kind::Struct, fields)?;
        visit_struct(self.graph, id, self.depth, visitor)
    }
}

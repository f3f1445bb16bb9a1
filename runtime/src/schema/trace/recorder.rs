//! The deserializer that gives out samples and records what it is asked for.

use std::any::TypeId;

use serde::de::{Deserializer, Visitor};

use super::access::{Elements, Entries, Lookup};
use super::call::{Id, Kind};
use super::error::Halt;
use super::graph::{Edge, Graph};
use super::samples;
use super::variants::{self, Alternative};
use crate::schema::model::Node;

/// One place in one pass: what is asked for here is recorded at `edge`.
pub(super) struct Recorder<'g> {
    pub(super) graph: &'g mut Graph,
    pub(super) edge: Edge,
    pub(super) depth: usize,
}

const NO_NAMES: (&str, &[&str], usize) = ("", &[], 0);

impl Recorder<'_> {
    fn leaf(&mut self, node: Node) -> Result<(), Halt> {
        // Every reading of a `u32` is the same node, whoever reads it.
        let anyone = TypeId::of::<()>();
        self.graph
            .enter(self.edge, self.depth, Kind::Leaf(node), anyone, NO_NAMES)
            .map(drop)
    }

    fn enter<'de, V: Visitor<'de>>(
        &mut self,
        kind: Kind,
        names: (&'static str, &'static [&'static str], usize),
    ) -> Result<Id, Halt> {
        self.graph
            .enter(self.edge, self.depth, kind, typeid::of::<V>(), names)
    }

    fn unsupported<T>(self) -> Result<T, Halt> {
        if self.graph.self_describing.is_none() {
            self.graph.self_describing = Some(self.graph.path());
        }
        Err(self.graph.stop())
    }
}

/// Visits the elements of a tuple or struct in order.
pub(super) fn visit_in_order<'de, V: Visitor<'de>>(
    graph: &mut Graph,
    id: Id,
    depth: usize,
    len: usize,
    visitor: V,
) -> Result<V::Value, Halt> {
    graph.calls[id].active += 1;
    let mut elements = Elements::fixed(graph, id, depth + 1, len);
    let value = visitor.visit_seq(&mut elements);
    let (read, blocked) = (elements.read(), elements.blocked());
    let call = &mut graph.calls[id];
    call.active -= 1;
    match &value {
        Ok(_) if !call.whole => {
            call.whole = true;
            graph.progress += 1;
            call.children.resize(read, None);
        }
        Ok(_) if call.children.len() != read => {
            let name = graph.current_type();
            graph.note(|| format!("`{name}` does not always have the same number of elements"));
        }
        Err(_) if blocked && !call.blocked => {
            call.blocked = true;
            graph.progress += 1;
        }
        Ok(_) | Err(_) => {}
    }
    value
}

/// Visits a struct: in order, or name by name where the order does not tell enough.
pub(super) fn visit_struct<'de, V: Visitor<'de>>(
    graph: &mut Graph,
    id: Id,
    depth: usize,
    visitor: V,
) -> Result<V::Value, Halt> {
    let call = &mut graph.calls[id];
    let probe = if call.active == 0 {
        call.next_probe()
    } else {
        None
    };
    let Some(index) = probe else {
        let len = graph.calls[id].names.len();
        return visit_in_order(graph, id, depth, len, visitor);
    };
    graph.calls[id].active += 1;
    let mut lookup = Lookup::new(graph, id, index, depth + 1);
    let result = visitor.visit_map(&mut lookup);
    let (built, learnt) = (lookup.built(), lookup.learnt());
    graph.calls[id].active -= 1;
    let probe = &mut graph.calls[id].probes[index];
    probe.built = built;
    if let Err(Halt::Duplicate(label)) = result {
        probe.label = Some(label);
    }
    if built || !learnt {
        probe.done = true;
        graph.progress += 1;
    }
    // A struct of one field is no value, so the pass ends here; another one goes on.
    Err(graph.stop())
}

macro_rules! numbers {
    ($($deserialize:ident $visit:ident $node:ident $type:ty;)*) => {$(
        fn $deserialize<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Halt> {
            self.leaf(Node::$node)?;
            let pick = self.graph.draw(samples::NUMBERS.len());
            visitor.$visit(samples::NUMBERS[pick] as $type)
        }
    )*};
}

impl<'de> Deserializer<'de> for Recorder<'_> {
    type Error = Halt;

    fn is_human_readable(&self) -> bool {
        false
    }

    numbers! {
        deserialize_i8 visit_i8 I8 i8;
        deserialize_i16 visit_i16 I16 i16;
        deserialize_i32 visit_i32 I32 i32;
        deserialize_i64 visit_i64 I64 i64;
        deserialize_i128 visit_i128 I128 i128;
        deserialize_u8 visit_u8 U8 u8;
        deserialize_u16 visit_u16 U16 u16;
        deserialize_u32 visit_u32 U32 u32;
        deserialize_u64 visit_u64 U64 u64;
        deserialize_u128 visit_u128 U128 u128;
        deserialize_f32 visit_f32 F32 f32;
        deserialize_f64 visit_f64 F64 f64;
    }

    fn deserialize_bool<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Halt> {
        self.leaf(Node::Bool)?;
        visitor.visit_bool(self.graph.draw(2) == 1)
    }

    fn deserialize_char<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Halt> {
        self.leaf(Node::Char)?;
        let pick = self.graph.draw(samples::CHARS.len());
        visitor.visit_char(samples::CHARS[pick])
    }

    fn deserialize_str<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Halt> {
        self.leaf(Node::Str)?;
        let pick = self.graph.draw(samples::TEXTS.len());
        visitor.visit_borrowed_str(samples::TEXTS[pick])
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Halt> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Halt> {
        self.leaf(Node::Bytes)?;
        let pick = self.graph.draw(samples::BYTE_LENGTHS.len());
        visitor.visit_borrowed_bytes(&samples::ZEROS[..samples::BYTE_LENGTHS[pick]])
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Halt> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_unit<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Halt> {
        self.leaf(Node::Unit)?;
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        mut self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Halt> {
        self.leaf(Node::UnitStruct(name.into()))?;
        visitor.visit_unit()
    }

    fn deserialize_option<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Halt> {
        let id = self.enter::<V>(Kind::Option, NO_NAMES)?;
        let resting = self.graph.calls[id].active == 0;
        let some = self.graph.should_visit(id, 0) || resting && self.graph.draw(2) == 1;
        if !some {
            return visitor.visit_none();
        }
        self.graph.calls[id].active += 1;
        let value = visitor.visit_some(Recorder {
            graph: &mut *self.graph,
            edge: Edge::Child(id, 0),
            depth: self.depth + 1,
        });
        self.graph.calls[id].active -= 1;
        value
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        mut self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Halt> {
        let id = self.enter::<V>(Kind::Newtype, (name, &[], 0))?;
        visitor.visit_newtype_struct(Recorder {
            graph: self.graph,
            edge: Edge::Child(id, 0),
            depth: self.depth + 1,
        })
    }

    fn deserialize_seq<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Halt> {
        let id = self.enter::<V>(Kind::Seq, NO_NAMES)?;
        let resting = self.graph.calls[id].active == 0;
        let drawn = if resting {
            self.graph.draw(samples::LENGTHS.len())
        } else {
            0
        };
        let least = usize::from(self.graph.should_visit(id, 0));
        self.graph.calls[id].active += 1;
        let mut elements = Elements::many(
            self.graph,
            id,
            self.depth + 1,
            least.max(samples::LENGTHS[drawn]),
        );
        let value = visitor.visit_seq(&mut elements);
        self.graph.calls[id].active -= 1;
        value
    }

    fn deserialize_map<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Halt> {
        let id = self.enter::<V>(Kind::Map, NO_NAMES)?;
        let resting = self.graph.calls[id].active == 0;
        let drawn = if resting {
            self.graph.draw(samples::LENGTHS.len())
        } else {
            0
        };
        let visit = self.graph.should_visit(id, 0) || self.graph.should_visit(id, 1);
        let len = usize::from(visit).max(samples::LENGTHS[drawn]);
        self.graph.calls[id].active += 1;
        let value = visitor.visit_map(Entries::new(self.graph, id, self.depth + 1, len));
        self.graph.calls[id].active -= 1;
        value
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        mut self,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Halt> {
        let id = self.enter::<V>(Kind::Tuple, ("", &[], len))?;
        visit_in_order(self.graph, id, self.depth, len, visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        mut self,
        name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Halt> {
        let id = self.enter::<V>(Kind::TupleStruct, (name, &[], len))?;
        visit_in_order(self.graph, id, self.depth, len, visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        mut self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Halt> {
        let id = self.enter::<V>(Kind::Struct, (name, fields, 0))?;
        visit_struct(self.graph, id, self.depth, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        mut self,
        name: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Halt> {
        let id = self.enter::<V>(Kind::Enum, (name, names, 0))?;
        let choice = variants::choose(self.graph, id);
        let progress = self.graph.progress;
        variants::begin(self.graph, id, choice);
        let value = visitor.visit_enum(Alternative {
            graph: &mut *self.graph,
            id,
            choice,
            depth: self.depth + 1,
        });
        variants::end(self.graph, id, choice, value.is_ok(), progress);
        value
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Halt> {
        self.unsupported()
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Halt> {
        self.unsupported()
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Halt> {
        match self.edge {
            // A struct that ignores a name of its own list just does not know it.
            Edge::Probe(..) => Err(self.graph.stop()),
            _ => self.unsupported(),
        }
    }
}

//! From what a trace has learnt to a schema.

use rustc_hash::FxHashMap;

use super::call::{Call, Id, Kind, Probe};
use super::graph::Graph;
use crate::schema::canonical::canonical;
use crate::schema::id::SchemaId;
use crate::schema::model::{At, Field, Node, Schema, Shape, Variant};

/// The schema of a finished trace, or why there is none.
pub(super) fn build(graph: &Graph) -> Result<Schema, String> {
    if let Some(why) = &graph.why {
        return Err(why.clone());
    }
    let root = graph.root.ok_or("it reads nothing")?;
    let mut builder = Builder::default();
    builder.at(root);
    while let Some(&id) = builder.order.get(builder.nodes.len()) {
        let node = builder.node(graph, id)?;
        builder.nodes.push(node);
    }
    Ok(canonical(&builder.nodes, 0))
}

/// A stand-in for a type that cannot be traced through: its name, and a hash of all that was
/// seen of it.
pub(super) fn opaque(graph: &Graph, type_name: &str) -> Schema {
    let mut seen = Vec::new();
    for call in &graph.calls {
        let variants = call
            .variants
            .iter()
            .map(|variant| variant.built)
            .collect::<Vec<_>>();
        let leaf = if let Kind::Leaf(node) = &call.kind {
            Some(node)
        } else {
            None
        };
        let kind = (kind_number(&call.kind), leaf);
        seen.push((kind, call.name, call.names, &call.children, variants));
    }
    let bytes = postcard::to_stdvec(&seen).unwrap_or_default();
    Schema::opaque(type_name, SchemaId::of_bytes(&bytes).0)
}

fn kind_number(kind: &Kind) -> u8 {
    match kind {
        Kind::Leaf(_) => 0,
        Kind::Option => 1,
        Kind::Seq => 2,
        Kind::Map => 3,
        Kind::Newtype => 4,
        Kind::Tuple => 5,
        Kind::TupleStruct => 6,
        Kind::Struct => 7,
        Kind::Enum => 8,
    }
}

#[derive(Default)]
struct Builder {
    nodes: Vec<Node>,
    order: Vec<Id>,
    number: FxHashMap<Id, At>,
}

impl Builder {
    fn at(&mut self, id: Id) -> At {
        let fresh = self.order.len() as At;
        let at = *self.number.entry(id).or_insert(fresh);
        if at == fresh {
            self.order.push(id);
        }
        at
    }

    fn node(&mut self, graph: &Graph, id: Id) -> Result<Node, String> {
        let call = &graph.calls[id];
        let name = || call.name.into();
        Ok(match &call.kind {
            Kind::Leaf(node) => node.clone(),
            Kind::Option => Node::Option(self.only(call)?),
            Kind::Seq => Node::Seq(self.only(call)?),
            Kind::Map => {
                let [key, value] = self.children(call)?[..] else {
                    return Err("no sample entry of a map could be made".into());
                };
                Node::Map(key, value)
            }
            Kind::Newtype => Node::Newtype(name(), self.only(call)?),
            Kind::Tuple => Node::Tuple(self.elements(call)?),
            Kind::TupleStruct => Node::TupleStruct(name(), self.elements(call)?),
            Kind::Struct => Node::Struct(name(), self.fields(call)?),
            Kind::Enum => Node::Enum(name(), self.variants(graph, call)?),
        })
    }

    fn children(&mut self, call: &Call) -> Result<Vec<At>, String> {
        let children = call
            .children
            .iter()
            .map(|child| child.map(|child| self.at(child)));
        children
            .collect::<Option<_>>()
            .ok_or_else(|| incomplete(call))
    }

    fn only(&mut self, call: &Call) -> Result<At, String> {
        self.children(call)?
            .first()
            .copied()
            .ok_or_else(|| incomplete(call))
    }

    fn elements(&mut self, call: &Call) -> Result<Vec<At>, String> {
        if call.whole {
            self.children(call)
        } else {
            Err(incomplete(call))
        }
    }

    fn fields(&mut self, call: &Call) -> Result<Vec<Field>, String> {
        if call.wants_probes() {
            return self.looked_up_fields(call);
        }
        let children = self.elements(call)?;
        let fields = call.names.iter().zip(children);
        Ok(fields
            .map(|(name, at)| Field {
                name: (*name).into(),
                at,
            })
            .collect())
    }

    /// The fields of a struct whose list has aliases, or a field that no sample satisfies.
    fn looked_up_fields(&mut self, call: &Call) -> Result<Vec<Field>, String> {
        let mut fields: Vec<Field> = Vec::new();
        let mut last: Option<&Probe> = None;
        for (name, probe) in call.names.iter().zip(&call.probes) {
            let child = probe.child.ok_or_else(|| incomplete(call))?;
            if let Some(last) = last {
                let same = match (last.label, probe.label) {
                    (Some(last), Some(this)) => last == this,
                    // Neither can be built: two names of one field, or two fields.
                    (None, None) if last.child == probe.child => {
                        return Err(format!("the aliases of `{name}` cannot be told apart"));
                    }
                    _ => false,
                };
                if same {
                    continue;
                }
            }
            let name = probe.label.unwrap_or(name);
            fields.push(Field {
                name: name.into(),
                at: self.at(child),
            });
            last = Some(probe);
        }
        let in_order = call.children.iter().flatten().map(|child| self.at(*child));
        let agree = fields
            .iter()
            .zip(in_order.collect::<Vec<_>>())
            .all(|(field, at)| field.at == at);
        if agree && (!call.whole || call.children.len() == fields.len()) {
            Ok(fields)
        } else {
            Err(incomplete(call))
        }
    }

    fn variants(&mut self, graph: &Graph, call: &Call) -> Result<Vec<Variant>, String> {
        if call.variant_count != Some(call.variants.len()) {
            return Err(incomplete(call));
        }
        let mut variants = Vec::new();
        for (index, state) in call.variants.iter().enumerate() {
            let mut names = if call.wants_probes() {
                let led_here = |(_, probe): &(_, &Probe)| probe.tag == Some(state.tag);
                call.names
                    .iter()
                    .zip(&call.probes)
                    .filter(led_here)
                    .map(|(name, _)| *name)
                    .collect()
            } else {
                vec![call.names[index]]
            }
            .into_iter()
            .map(Into::into);
            let name = names.next().ok_or_else(|| incomplete(call))?;
            let shape = match call.children.get(index).copied().flatten() {
                None if state.built || !state.settled => return Err(incomplete(call)),
                None => Shape::Refused,
                Some(body) => self.shape(&graph.calls[body])?,
            };
            variants.push(Variant {
                name,
                aliases: names.collect(),
                shape,
            });
        }
        Ok(variants)
    }

    fn shape(&mut self, body: &Call) -> Result<Shape, String> {
        Ok(match body.kind {
            Kind::Newtype => Shape::Newtype(self.only(body)?),
            Kind::Tuple => Shape::Tuple(self.elements(body)?),
            Kind::Struct => Shape::Struct(self.fields(body)?),
            _ => Shape::Unit,
        })
    }
}

fn incomplete(call: &Call) -> String {
    match (&call.kind, call.name) {
        (Kind::Enum, name) => format!("not all variants of `{name}` could be found out"),
        (_, "") => "no sample satisfied one of its parts".into(),
        (_, name) => format!("no sample satisfied a part of `{name}`"),
    }
}

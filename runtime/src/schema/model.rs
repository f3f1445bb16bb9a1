//! What a schema is: a flat graph of nodes, each saying how one kind of value lies in postcard.

use serde::{Deserialize, Serialize};

use super::name::Name;

/// The place of a node in its schema.
pub(crate) type At = u32;

/// How the values of one type lie in postcard: enough to read them without the type.
///
/// A schema is a value like any other: it can be stored, compared and sent. Two types of one
/// structure have equal schemas, whatever visitors read them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Vec<Node>", into = "Vec<Node>")]
pub struct Schema {
    /// The root is the first. Edges are indices, so recursive types need nothing special and a
    /// hostile schema cannot make its own decoding recurse.
    nodes: Vec<Node>,
}

/// One kind of value. New kinds are appended: the order of the variants is part of stored schemas.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Node {
    Bool,
    I8,
    I16,
    I32,
    I64,
    I128,
    U8,
    U16,
    U32,
    U64,
    U128,
    F32,
    F64,
    Char,
    Str,
    Bytes,
    Unit,
    UnitStruct(Name),
    Option(At),
    Seq(At),
    /// Key and value.
    Map(At, At),
    Tuple(Vec<At>),
    /// A tuple of at least two elements of one kind.
    Array(u64, At),
    Newtype(Name, At),
    TupleStruct(Name, Vec<At>),
    Struct(Name, Vec<Field>),
    Enum(Name, Vec<Variant>),
    /// A type whose structure could not be found out.
    Opaque(Opaque),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Field {
    pub(crate) name: Name,
    pub(crate) at: At,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Variant {
    pub(crate) name: Name,
    /// Other names the type takes for this variant. Serde does not tell which of them is the
    /// one it would write, so a reader may know any.
    pub(crate) aliases: Vec<Name>,
    pub(crate) shape: Shape,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Shape {
    Unit,
    Newtype(At),
    Tuple(Vec<At>),
    Struct(Vec<Field>),
    /// The type itself refuses to be read as this variant, as `OsString` refuses another
    /// platform's strings.
    Refused,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Opaque {
    pub(crate) type_name: Name,
    /// A hash of what was found out, so that most changes of the type change its schema.
    pub(crate) fingerprint: u64,
}

impl Schema {
    /// `nodes` must be closed: every edge leads to one of them.
    pub(crate) fn from_nodes(nodes: Vec<Node>) -> Schema {
        debug_assert!(is_closed(&nodes), "an edge leads out of the schema");
        Schema { nodes }
    }

    pub(crate) fn opaque(type_name: &str, fingerprint: u64) -> Schema {
        let opaque = Opaque {
            type_name: type_name.into(),
            fingerprint,
        };
        Schema {
            nodes: vec![Node::Opaque(opaque)],
        }
    }

    /// The serde name of the root, if it has one.
    pub(crate) fn name(&self) -> Option<&str> {
        match self.root() {
            Node::UnitStruct(name)
            | Node::Newtype(name, _)
            | Node::TupleStruct(name, _)
            | Node::Struct(name, _)
            | Node::Enum(name, _) => Some(name),
            _ => None,
        }
    }

    pub(crate) fn root(&self) -> &Node {
        &self.nodes[0]
    }

    #[inline]
    pub(crate) fn node(&self, at: At) -> &Node {
        &self.nodes[at as usize]
    }

    pub(crate) fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Whether it is that of std's `Result`, or of a type that cannot be told from it.
    pub(crate) fn is_result(&self) -> bool {
        match self.root() {
            Node::Enum(name, variants) => {
                let names = variants.iter().map(|variant| &*variant.name);
                &**name == "Result" && names.eq(["Ok", "Err"])
            }
            Node::Opaque(opaque) => opaque.type_name.starts_with("core::result::Result<"),
            _ => false,
        }
    }

    /// Whether the structure of the type is unknown: its values are readable only by a program
    /// whose type has this same schema.
    pub fn is_opaque(&self) -> bool {
        matches!(self.root(), Node::Opaque(_))
    }
}

impl TryFrom<Vec<Node>> for Schema {
    type Error = &'static str;

    fn try_from(nodes: Vec<Node>) -> Result<Self, Self::Error> {
        if is_closed(&nodes) {
            Ok(Schema { nodes })
        } else {
            Err("a schema needs a root, and its edges must stay inside it")
        }
    }
}

impl From<Schema> for Vec<Node> {
    fn from(schema: Schema) -> Self {
        schema.nodes
    }
}

fn is_closed(nodes: &[Node]) -> bool {
    !nodes.is_empty()
        && nodes
            .iter()
            .flat_map(Node::edges)
            .all(|at| (at as usize) < nodes.len())
}

impl Node {
    /// The nodes this one refers to, in order.
    pub(crate) fn edges(&self) -> Vec<At> {
        let mut edges = Vec::new();
        self.map_edges(|at| {
            edges.push(at);
            at
        });
        edges
    }

    /// The same node with other edges.
    pub(crate) fn map_edges(&self, mut edge: impl FnMut(At) -> At) -> Node {
        let mut node = self.clone();
        let mut redirect = |at: &mut At| *at = edge(*at);
        match &mut node {
            Node::Option(at) | Node::Seq(at) | Node::Array(_, at) | Node::Newtype(_, at) => {
                redirect(at);
            }
            Node::Map(key, value) => {
                redirect(key);
                redirect(value);
            }
            Node::Tuple(items) | Node::TupleStruct(_, items) => items.iter_mut().for_each(redirect),
            Node::Struct(_, fields) => fields.iter_mut().for_each(|field| redirect(&mut field.at)),
            Node::Enum(_, variants) => {
                for variant in variants {
                    match &mut variant.shape {
                        Shape::Unit | Shape::Refused => {}
                        Shape::Newtype(at) => redirect(at),
                        Shape::Tuple(items) => items.iter_mut().for_each(&mut redirect),
                        Shape::Struct(fields) => {
                            fields.iter_mut().for_each(|field| redirect(&mut field.at));
                        }
                    }
                }
            }
            Node::Bool
            | Node::I8
            | Node::I16
            | Node::I32
            | Node::I64
            | Node::I128
            | Node::U8
            | Node::U16
            | Node::U32
            | Node::U64
            | Node::U128
            | Node::F32
            | Node::F64
            | Node::Char
            | Node::Str
            | Node::Bytes
            | Node::Unit
            | Node::UnitStruct(_)
            | Node::Opaque(_) => {}
        }
        node
    }
}

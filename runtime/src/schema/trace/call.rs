//! One call that a type makes on its deserializer, and what is known of it.

use crate::schema::model::Node;

pub(super) type Id = usize;

/// What kind of call made a node.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Leaf(Node),
    Option,
    Seq,
    Map,
    Newtype,
    Tuple,
    TupleStruct,
    Struct,
    Enum,
}

/// One call, told apart by the visitor's type: two types of one name never share a node.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) kind: Kind,
    pub(super) name: &'static str,
    /// The field names of a struct or the variant names of an enum, aliases among them.
    pub(super) names: &'static [&'static str],
    /// In order of their place; the bodies of an enum's variants are its children.
    pub(super) children: Vec<Option<Id>>,
    /// Occurrences on the stack of the current pass.
    pub(super) active: u32,
    /// A tuple or struct was read to its end at least once.
    pub(super) whole: bool,
    /// An element cannot be built, so those behind it cannot be reached in order.
    pub(super) blocked: bool,
    pub(super) probes: Vec<Probe>,
    pub(super) variants: Vec<VariantState>,
    /// How many variants there really are, once known.
    pub(super) variant_count: Option<usize>,
    /// The variant whose values end every recursion: the first that was ever built.
    pub(super) first_built: Option<usize>,
}

/// One name of a struct's or enum's list, looked up by itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Probe {
    pub(super) done: bool,
    pub(super) child: Option<Id>,
    pub(super) built: bool,
    /// The field's own name, if this may be an alias.
    pub(super) label: Option<&'static str>,
    /// The variant this name leads to.
    pub(super) tag: Option<u64>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct VariantState {
    /// Tells which names lead here.
    pub(super) tag: u64,
    pub(super) started: bool,
    /// Nothing more is to be learnt by starting here.
    pub(super) settled: bool,
    pub(super) built: bool,
}

impl Call {
    pub(super) fn new(kind: Kind, name: &'static str, names: &'static [&'static str]) -> Self {
        Call {
            kind,
            name,
            names,
            children: Vec::new(),
            active: 0,
            whole: false,
            blocked: false,
            probes: Vec::new(),
            variants: Vec::new(),
            variant_count: None,
            first_built: None,
        }
    }

    /// Nothing is to be learnt by this call itself; its children are another matter.
    pub(super) fn is_finished(&self) -> bool {
        let has = |count: usize| self.children.iter().flatten().count() == count;
        match self.kind {
            Kind::Leaf(_) => true,
            Kind::Option | Kind::Seq | Kind::Newtype => has(1),
            Kind::Map => has(2),
            Kind::Tuple | Kind::TupleStruct => self.whole || self.blocked,
            Kind::Struct => {
                if self.wants_probes() {
                    self.probes_done()
                } else {
                    self.whole
                }
            }
            Kind::Enum => {
                self.variant_count == Some(self.variants.len())
                    && self.variants.iter().all(|variant| variant.settled)
                    && (!self.wants_probes() || self.probes_done())
            }
        }
    }

    /// Whether its names must be looked up one by one: because some are aliases, or because an
    /// element in the middle cannot be built.
    pub(super) fn wants_probes(&self) -> bool {
        match self.kind {
            Kind::Struct if self.whole => self.children.len() != self.names.len(),
            Kind::Struct => self.blocked,
            Kind::Enum => self
                .variant_count
                .is_some_and(|count| count != self.names.len()),
            _ => false,
        }
    }

    fn probes_done(&self) -> bool {
        self.probes.len() == self.names.len() && self.probes.iter().all(|probe| probe.done)
    }

    /// The next name to look up, if any.
    pub(super) fn next_probe(&mut self) -> Option<usize> {
        if !self.wants_probes() {
            return None;
        }
        self.probes.resize(self.names.len(), Probe::default());
        self.probes.iter().position(|probe| !probe.done)
    }
}

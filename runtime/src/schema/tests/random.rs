//! Random schemas and values: what is written is what is read.

use proptest::prelude::*;
use serde::ser::{Serialize, SerializeMap, SerializeSeq, SerializeTuple, SerializeTupleVariant};

use crate::schema::canonical::canonical;
use crate::schema::decode::decode;
use crate::schema::model::{At, Field, Node, Schema, Shape, Variant};
use crate::schema::value::{Body, Value, Width};

/// Random choices, few of which are made once the bytes run out.
struct Entropy(Vec<u8>);

impl Entropy {
    fn byte(&mut self) -> u8 {
        self.0.pop().unwrap_or_default()
    }

    fn below(&mut self, end: usize) -> usize {
        self.byte() as usize % end
    }

    fn wide(&mut self) -> u128 {
        let len = self.below(17);
        (0..len).fold(0, |wide, _| wide << 8 | u128::from(self.byte()))
    }

    fn schema(&mut self) -> Schema {
        let count = 1 + self.below(12);
        let root = 18 + self.below(8);
        let mut nodes = vec![self.node(root, count as At)];
        for _ in 1..count {
            let kind = self.below(26);
            nodes.push(self.node(kind, count as At));
        }
        canonical(&nodes, 0)
    }

    /// The kinds from 18 on have parts.
    fn node(&mut self, kind: usize, count: At) -> Node {
        match kind {
            0 => Node::Bool,
            1 => Node::I8,
            2 => Node::I16,
            3 => Node::I32,
            4 => Node::I64,
            5 => Node::I128,
            6 => Node::U8,
            7 => Node::U16,
            8 => Node::U32,
            9 => Node::U64,
            10 => Node::U128,
            11 => Node::F32,
            12 => Node::F64,
            13 => Node::Char,
            14 => Node::Str,
            15 => Node::Bytes,
            16 => Node::Unit,
            17 => Node::UnitStruct("Nothing".into()),
            18 => Node::Option(self.at(count)),
            19 => Node::Seq(self.at(count)),
            20 => Node::Map(self.at(count), self.at(count)),
            21 => Node::Tuple(self.ats(count)),
            22 => Node::Newtype("New".into(), self.at(count)),
            23 => Node::TupleStruct("Both".into(), self.ats(count)),
            24 => Node::Struct("All".into(), self.fields(count)),
            _ => {
                let shapes = 1 + self.below(3);
                let variants = (0..shapes).map(|index| Variant {
                    name: format!("V{index}").as_str().into(),
                    aliases: Vec::new(),
                    shape: match self.below(4) {
                        0 => Shape::Unit,
                        1 => Shape::Newtype(self.at(count)),
                        2 => Shape::Tuple(self.ats(count)),
                        _ => Shape::Struct(self.fields(count)),
                    },
                });
                Node::Enum("Either".into(), variants.collect())
            }
        }
    }

    fn at(&mut self, count: At) -> At {
        At::from(self.byte()) % count
    }

    fn ats(&mut self, count: At) -> Vec<At> {
        (0..self.below(4)).map(|_| self.at(count)).collect()
    }

    fn fields(&mut self, count: At) -> Vec<Field> {
        let ats = self.ats(count).into_iter().enumerate();
        ats.map(|(index, at)| Field {
            name: format!("f{index}").as_str().into(),
            at,
        })
        .collect()
    }

    /// A value of the schema, unless it would be too deep.
    fn value(&mut self, schema: &Schema, at: At, depth: usize) -> Option<Value> {
        if depth > 30 {
            return None;
        }
        let next = depth + 1;
        Some(match schema.node(at) {
            Node::Bool => Value::Bool(self.byte() % 2 == 1),
            Node::I8 => Value::Signed((self.wide() as i8).into(), Width::W8),
            Node::I16 => Value::Signed((self.wide() as i16).into(), Width::W16),
            Node::I32 => Value::Signed((self.wide() as i32).into(), Width::W32),
            Node::I64 => Value::Signed((self.wide() as i64).into(), Width::W64),
            Node::I128 => Value::Signed(self.wide() as i128, Width::W128),
            Node::U8 => Value::Unsigned((self.wide() as u8).into(), Width::W8),
            Node::U16 => Value::Unsigned((self.wide() as u16).into(), Width::W16),
            Node::U32 => Value::Unsigned((self.wide() as u32).into(), Width::W32),
            Node::U64 => Value::Unsigned((self.wide() as u64).into(), Width::W64),
            Node::U128 => Value::Unsigned(self.wide(), Width::W128),
            Node::F32 => Value::F32(f32::from_bits(self.wide() as u32)),
            Node::F64 => Value::F64(f64::from_bits(self.wide() as u64)),
            Node::Char => Value::Char(char::from_u32(self.wide() as u32 >> 11).unwrap_or('\0')),
            Node::Str => Value::Str(
                (0..self.below(4))
                    .map(|_| char::from(self.byte()))
                    .collect(),
            ),
            Node::Bytes => Value::Bytes((0..self.below(4)).map(|_| self.byte()).collect()),
            Node::Unit => Value::Unit,
            Node::UnitStruct(name) => Value::UnitStruct(name.clone()),
            Node::Option(item) => Value::Option(match self.below(2) {
                0 => None,
                _ => Some(Box::new(self.value(schema, *item, next)?)),
            }),
            Node::Seq(item) if matches!(schema.node(*item), Node::U8) => {
                Value::Bytes((0..self.below(4)).map(|_| self.byte()).collect())
            }
            Node::Seq(item) => {
                let items = (0..self.below(4)).map(|_| self.value(schema, *item, next));
                Value::Seq(items.collect::<Option<_>>()?)
            }
            Node::Map(key, value) => {
                let entries = (0..self.below(4)).map(|_| {
                    Some((
                        self.value(schema, *key, next)?,
                        self.value(schema, *value, next)?,
                    ))
                });
                Value::Map(entries.collect::<Option<_>>()?)
            }
            Node::Array(len, item) => {
                let items = (0..*len).map(|_| self.value(schema, *item, next));
                Value::Tuple(items.collect::<Option<_>>()?)
            }
            Node::Tuple(items) => Value::Tuple(self.each(schema, items, next)?),
            Node::Newtype(name, item) => {
                Value::Newtype(name.clone(), Box::new(self.value(schema, *item, next)?))
            }
            Node::TupleStruct(name, items) => {
                Value::TupleStruct(name.clone(), self.each(schema, items, next)?)
            }
            Node::Struct(name, fields) => {
                Value::Struct(name.clone(), self.named(schema, fields, next)?)
            }
            Node::Enum(_, variants) => {
                let variant = &variants[self.below(variants.len())];
                let body = match &variant.shape {
                    Shape::Newtype(at) => Body::Newtype(Box::new(self.value(schema, *at, next)?)),
                    Shape::Tuple(items) => Body::Tuple(self.each(schema, items, next)?),
                    Shape::Struct(fields) => Body::Struct(self.named(schema, fields, next)?),
                    Shape::Unit | Shape::Refused => Body::Unit,
                };
                Value::Variant {
                    name: variant.name.clone(),
                    aliases: Vec::new(),
                    body,
                }
            }
            Node::Opaque(_) => return None,
        })
    }

    fn each(&mut self, schema: &Schema, items: &[At], depth: usize) -> Option<Vec<Value>> {
        items
            .iter()
            .map(|at| self.value(schema, *at, depth))
            .collect()
    }

    fn named(
        &mut self,
        schema: &Schema,
        fields: &[Field],
        depth: usize,
    ) -> Option<Vec<(crate::schema::Name, Value)>> {
        let named = fields
            .iter()
            .map(|field| Some((field.name.clone(), self.value(schema, field.at, depth)?)));
        named.collect()
    }
}

/// A value that writes itself as the type it came from would.
struct Typed<'a>(&'a Value);

impl Serialize for Typed<'_> {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Unit => to.serialize_unit(),
            Value::Bool(value) => value.serialize(to),
            Value::Unsigned(value, width) => match width {
                Width::W8 => (*value as u8).serialize(to),
                Width::W16 => (*value as u16).serialize(to),
                Width::W32 => (*value as u32).serialize(to),
                Width::W64 => (*value as u64).serialize(to),
                Width::W128 => value.serialize(to),
            },
            Value::Signed(value, width) => match width {
                Width::W8 => (*value as i8).serialize(to),
                Width::W16 => (*value as i16).serialize(to),
                Width::W32 => (*value as i32).serialize(to),
                Width::W64 => (*value as i64).serialize(to),
                Width::W128 => value.serialize(to),
            },
            Value::F32(value) => value.serialize(to),
            Value::F64(value) => value.serialize(to),
            Value::Char(value) => value.serialize(to),
            Value::Json(json) => json.serialize(to),
            Value::Str(value) => value.serialize(to),
            Value::Bytes(value) => to.serialize_bytes(value),
            Value::Option(None) => to.serialize_none(),
            Value::Option(Some(value)) => to.serialize_some(&Typed(value)),
            Value::Seq(items) => {
                let mut seq = to.serialize_seq(Some(items.len()))?;
                items
                    .iter()
                    .try_for_each(|item| seq.serialize_element(&Typed(item)))?;
                seq.end()
            }
            Value::Map(entries) => {
                let mut map = to.serialize_map(Some(entries.len()))?;
                for (key, value) in entries {
                    map.serialize_entry(&Typed(key), &Typed(value))?;
                }
                map.end()
            }
            Value::UnitStruct(_) => to.serialize_unit_struct(""),
            Value::Newtype(_, value) => to.serialize_newtype_struct("", &Typed(value)),
            Value::Tuple(items) | Value::TupleStruct(_, items) => {
                let mut tuple = to.serialize_tuple(items.len())?;
                items
                    .iter()
                    .try_for_each(|item| tuple.serialize_element(&Typed(item)))?;
                tuple.end()
            }
            Value::Struct(_, fields) => {
                let mut tuple = to.serialize_tuple(fields.len())?;
                fields
                    .iter()
                    .try_for_each(|(_, item)| tuple.serialize_element(&Typed(item)))?;
                tuple.end()
            }
            Value::Variant { name, body, .. } => {
                let index = name[1..]
                    .parse()
                    .expect("variants are called by their index");
                let parts: Vec<&Value> = match body {
                    Body::Unit => return to.serialize_unit_variant("", index, ""),
                    Body::Newtype(value) => {
                        return to.serialize_newtype_variant("", index, "", &Typed(value));
                    }
                    Body::Tuple(items) => items.iter().collect(),
                    Body::Struct(fields) => fields.iter().map(|(_, value)| value).collect(),
                };
                let mut tuple = to.serialize_tuple_variant("", index, "", parts.len())?;
                parts
                    .into_iter()
                    .try_for_each(|part| tuple.serialize_field(&Typed(part)))?;
                tuple.end()
            }
        }
    }
}

fn bytes(value: &Value) -> Vec<u8> {
    postcard::to_stdvec(&Typed(value)).expect("lengths are known")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 8 } else { 2_000 }))]

    #[test]
    fn values_are_read_back_by_their_schema(
        entropy in prop::collection::vec(any::<u8>(), 0..256),
    ) {
        let mut entropy = Entropy(entropy);
        let schema = entropy.schema();
        let Some(value) = entropy.value(&schema, 0, 0) else { return Ok(()) };
        let written = bytes(&value);
        let read = decode(&schema, &written).map_err(|fault| {
            TestCaseError::fail(format!("{schema:?} {value} {fault}"))
        })?;
        // Compared as bytes, in which a NaN equals itself.
        prop_assert_eq!(bytes(&read), written);
        prop_assert_eq!(read.to_string(), value.to_string());
    }

    #[test]
    fn schemas_are_read_back_and_keep_their_id(
        entropy in prop::collection::vec(any::<u8>(), 0..256),
    ) {
        let schema = Entropy(entropy).schema();
        let read = Schema::from_bytes(&schema.to_bytes()).expect("a schema");
        prop_assert_eq!(read.id(), schema.id());
        prop_assert_eq!(canonical(read.nodes(), 0), schema);
    }

    #[test]
    fn any_bytes_are_a_value_or_an_error(
        entropy in prop::collection::vec(any::<u8>(), 0..256),
        bytes in prop::collection::vec(any::<u8>(), 0..64),
    ) {
        let _ = decode(&Entropy(entropy).schema(), &bytes);
    }
}

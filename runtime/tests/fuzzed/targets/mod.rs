//! What is fuzzed: one function of bytes for each, shared with the fuzz crate.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

pub mod allocations;
mod evolution;
mod frames;
pub mod panics;
mod records;

use undying::readers::{Reader, frame};
use undying::schema::{Stored, book};
use undying::store::keys::Tag;

pub use evolution::{EVOLUTION, all_as_all_others, all_under_wrong_schemas};
pub use frames::FRAMES;
pub use records::RECORDS;

/// Something that takes bytes.
#[derive(Clone, Copy)]
pub struct Target {
    pub name: &'static str,
    /// Returns whether they were what it reads.
    pub run: fn(&[u8]) -> bool,
    pub memory: Memory,
    /// Valid inputs.
    pub samples: fn() -> Vec<Vec<u8>>,
}

/// The longest schema in an input: its length is a byte.
const SCHEMA_BYTES_MAX: usize = 255;

/// What a target may allocate.
#[derive(Clone, Copy)]
pub enum Memory {
    /// 16 times its input, and 1 MiB.
    Bounded,
    /// As much again for each level of the value's schema, whose description takes 3 bytes at least:
    /// a value that describes itself is made of parts of 64 bytes.
    OfValues,
    /// It runs programs.
    OfPrograms,
}

impl Memory {
    /// The bytes it may hold at a time.
    pub fn most(self, input: usize) -> usize {
        match self {
            Memory::Bounded => 16 * input + (1 << 20),
            Memory::OfValues => 64 * input * (SCHEMA_BYTES_MAX / 3) + (1 << 20),
            Memory::OfPrograms => 64 << 20,
        }
    }
}

/// All targets for a fuzzer.
pub const ALL: [Target; 4] = [READERS, RECORDS, EVOLUTION, FRAMES];

/// All readers: the first byte says which.
pub const READERS: Target = Target {
    name: "readers",
    memory: Memory::OfValues,
    samples: || {
        let numbered = readers().into_iter().zip(0u8..);
        let samples = numbered.flat_map(|(reader, number)| {
            let samples = (reader.samples)().into_iter();
            samples.map(move |sample| [&[number], &sample[..]].concat())
        });
        samples.collect()
    },
    run: |input| {
        let Some((number, bytes)) = input.split_first() else {
            return false;
        };
        let mut readers = undying::readers::all();
        let reader = readers.nth(usize::from(*number));
        reader.is_some_and(|reader| (reader.read)(bytes))
    },
};

/// The readers of all that is stored.
pub fn readers() -> Vec<Target> {
    let target = |reader: Reader| Target {
        name: reader.name,
        run: reader.read,
        memory: match reader.name {
            "value" => Memory::OfValues,
            _ => Memory::Bounded,
        },
        samples: rows_for(reader.name).unwrap_or(reader.samples),
    };
    undying::readers::all().map(target).collect()
}

/// The rows that a reader is for, if it is for rows.
fn rows_for(reader: &str) -> Option<fn() -> Vec<Vec<u8>>> {
    Some(match reader {
        "message" => || records::rows_of(Tag::Msg),
        "instance" | "head" | "frame" => || records::rows_of(Tag::Inst),
        "entity" | "recording" => || {
            let rows = records::rows_of(Tag::Inst);
            rows.iter().filter_map(|row| frame(row)).collect()
        },
        "operation" => || records::rows_of(Tag::Op),
        "name" => || records::rows_of(Tag::Name),
        "once" => || records::rows_of(Tag::Req),
        "rewind" => || records::rows_of(Tag::Part),
        "chunk" => || records::rows_of(Tag::Hist),
        "history" => || {
            // From chunk 0 on, so many entries, none in the instance's row.
            let chunks = records::rows_of(Tag::Hist).into_iter();
            chunks
                .map(|row| [&[3, 0, 16, 0][..], &row].concat())
                .collect()
        },
        "high water" => || records::rows_of(Tag::Meta),
        "layout" => || records::rows_of(Tag::Layout),
        "schema" => || records::rows_of(Tag::Schema),
        "value" => || evolution::values().iter().filter_map(with_schema).collect(),
        "journal" => records::journals,
        _ => return None,
    })
}

/// A schema with its length, and a value by it.
fn with_schema(value: &Stored) -> Option<Vec<u8>> {
    let schema = book::bytes(value.schema)?;
    let len = u8::try_from(schema.len()).ok()?;
    Some([&[len], &schema[..], &value.bytes].concat())
}

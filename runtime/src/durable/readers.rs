//! The readers of what is in frames and beside them, for tests that give them bytes that nobody wrote.

use super::entity::read_under_way;
use super::replay::read_recording;
use super::schedule::{Schedule, Told};
use super::{Layout, compare_versions};
use crate::readers::{Reader, split};
use crate::schema::{Schema, Stored, book, describe};

pub(crate) const READERS: &[Reader] = &[
    Reader::new("layout", |bytes| {
        let Some(layout) = Layout::read(bytes) else {
            return false;
        };
        assert_eq!(Layout::read(&layout.bytes()).as_ref(), Some(&layout));
        true
    }),
    Reader::new("recording", read_recording),
    Reader::new("entity", read_under_way),
    Reader::new("schema", |bytes| {
        let Ok(schema) = Schema::from_bytes(bytes) else {
            return false;
        };
        assert_eq!(Schema::from_bytes(&schema.to_bytes()).as_ref(), Ok(&schema));
        assert_eq!(book::insert(schema.clone()), schema.id());
        true
    }),
    Reader::new("value", |bytes| {
        // A schema, and a value by it.
        let (schema, bytes) = split(bytes);
        let Ok(schema) = Schema::from_bytes(schema) else {
            return false;
        };
        let printed = describe(&schema, bytes).map(|value| value.to_string());
        let stored = Stored {
            schema: book::insert(schema),
            bytes: bytes.to_vec(),
        };
        // It prints at most 1 KiB of itself, damaged or not.
        assert!(stored.to_string().len() < 4_096);
        printed.is_ok()
    }),
    Reader::new("text", |bytes| {
        // What people and the engine's own orchestrations write.
        let text = String::from_utf8_lossy(bytes);
        let (one, other) = text.split_once(' ').unwrap_or((&text, ""));
        let (one, other) = (Some(one), Some(other));
        let order = compare_versions(one, other);
        assert_eq!(order, compare_versions(other, one).reverse());
        let _ = (Told::read(&text), Schedule::time_of(&text));
        let zoned =
            Schedule::every(std::time::Duration::from_secs(1)).time_zone(one.unwrap_or_default());
        Schedule::cron(text).is_ok() || zoned.is_ok()
    })
    .with(|| {
        let texts = [
            "0 0 * * *",
            "30 2 * * MON-FRI",
            "*/5 * * * * *",
            "0 0 L * FRI#2",
            "0 0 12 15W 1 * 2026-2030",
            "@daily",
            "Europe/Berlin 1.2.3",
            "nightly/2026-11-28T03:00:00Z",
            "next: 2026-11-28T03:00:00Z\nstarted: 7\noverlap: Skip",
        ];
        texts.map(|text| text.as_bytes().to_vec()).to_vec()
    }),
];

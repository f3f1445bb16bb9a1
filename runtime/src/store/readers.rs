//! The readers of what the store adds to rows and keeps beside them, for tests that give them bytes
//! that nobody wrote.

use super::keys::{self, Row};
use super::{journal, sealed, witness};
use crate::readers::{Reader, split};

pub(crate) const READERS: &[Reader] = &[
    Reader::new("key", |bytes| {
        assert!(!keys::display(bytes).is_empty() || bytes.is_empty());
        let Some(row) = Row::parse(bytes) else {
            return false;
        };
        assert_eq!(row.key(), bytes);
        true
    })
    .with(|| {
        let rows = [
            Row::Meta { name: "kernel" },
            Row::Name { vp: 1, id: b"id" },
            Row::Inst { vp: 1, n: 7 },
            Row::Timer {
                vp: 1,
                due: 2,
                n: 3,
                op: 4,
            },
        ];
        rows.map(|row| row.key()).to_vec()
    }),
    Reader::new("sealed", |bytes| {
        let (key, sealed) = split(bytes);
        let Ok((value, sequence)) = sealed::unseal(key, sealed) else {
            return false;
        };
        assert_eq!(sealed::seal(key, value.to_vec(), sequence), sealed);
        true
    })
    .with(|| {
        let key = b"key";
        let sealed = sealed::seal(key, b"value".to_vec(), 7);
        vec![[&[key.len() as u8], &key[..], &sealed].concat()]
    }),
    Reader::new("witness", witness::is_slot).with(|| vec![witness::a_slot()]),
    Reader::new("journal", journal::reads),
];

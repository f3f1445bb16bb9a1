//! What every store promises, as a suite that each adapter's tests run.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    Batch, Bytes, Key, OpenStore, Store, StoreError,
    keys::{self, Row, Tag},
};

/// One empty store under test.
pub trait Subject {
    /// Opens it, again and again.
    fn opener(&self) -> &dyn OpenStore;

    /// Makes the commit that would get number `sequence` answer `Unknown`, its batch being there
    /// or not; `false` if this adapter cannot be told to.
    fn plan_unknown(&self, sequence: u64, landed: bool) -> bool {
        println!("skipped: commit {sequence} cannot be told to fail (landed: {landed})");
        false
    }
}

type Promise = Result<(), StoreError>;

/// Makes one test of each promise, named as it is; the argument makes a fresh [`Subject`].
#[macro_export]
#[doc(hidden)]
macro_rules! store_conformance {
    ($subject:expr) => {
        $crate::store_conformance! { $subject;
            a_batch_is_applied_whole
            the_last_write_of_a_row_is_read
            an_empty_value_is_not_a_missing_row
            deleted_rows_are_gone
            rows_come_in_key_order
            a_scan_takes_its_first_key_and_leaves_its_last
            a_scan_goes_on_after_its_last_key
            a_scan_without_room_finds_nothing
            commits_are_numbered_without_gaps
            an_empty_batch_changes_nothing
            commits_outlive_a_clean_close
            commits_outlive_a_crash
            a_clean_close_is_told_apart_from_a_crash
            one_life_at_a_time
            a_closed_life_answers_closed
            too_large_a_batch_changes_nothing
            an_unknown_commit_ends_the_life
            an_unknown_commit_is_there_or_not_as_the_sequence_says
            random_batches_read_as_a_map_does
        }
    };
    ($subject:expr; $($promise:ident)*) => {
        $(
            #[test]
            fn $promise() -> ::std::result::Result<(), $crate::store::StoreError> {
                $crate::store::conformance::$promise(&$subject)
            }
        )*
    };
}

fn inst(n: u64) -> Key {
    Row::Inst { vp: 1, n }.key()
}

fn batch<const N: usize>(writes: [(Key, Option<&[u8]>); N]) -> Batch {
    writes.into_iter().collect()
}

fn all(store: &dyn Store) -> Result<BTreeMap<Key, Bytes>, StoreError> {
    // The store's own rows are its own business.
    let from = keys::tag_range(Tag::Schema).0;
    Ok(store
        .scan(&from, &[u8::MAX], usize::MAX)?
        .into_iter()
        .collect())
}

pub fn a_batch_is_applied_whole(subject: &dyn Subject) -> Promise {
    let store = subject.opener().open()?;
    store.commit(batch([(inst(1), Some(b"old")), (inst(2), Some(b"old"))]))?;
    let name = Row::Name { vp: 1, id: b"id" }.key();
    let history = Row::Hist {
        vp: 1,
        n: 1,
        seq: 1,
    }
    .key();
    store.commit(batch([
        (inst(1), None),
        (inst(2), Some(b"new")),
        (name.clone(), Some(b"2")),
        (history.clone(), Some(b"turns")),
    ]))?;
    assert_eq!(store.get(&inst(1))?, None);
    assert_eq!(store.get(&inst(2))?.as_deref(), Some(&b"new"[..]));
    assert_eq!(store.get(&name)?.as_deref(), Some(&b"2"[..]));
    assert_eq!(store.get(&history)?.as_deref(), Some(&b"turns"[..]));
    Ok(())
}

pub fn the_last_write_of_a_row_is_read(subject: &dyn Subject) -> Promise {
    let store = subject.opener().open()?;
    for value in 0..100u8 {
        store.commit(batch([(inst(1), Some(&[value]))]))?;
        assert_eq!(store.get(&inst(1))?, Some(vec![value]));
    }
    Ok(())
}

pub fn an_empty_value_is_not_a_missing_row(subject: &dyn Subject) -> Promise {
    let store = subject.opener().open()?;
    let run = Row::Run { vp: 1, n: 1 }.key();
    store.commit(batch([(run.clone(), Some(b""))]))?;
    assert_eq!(store.get(&run)?, Some(Vec::new()));
    assert_eq!(store.get(&Row::Run { vp: 1, n: 2 }.key())?, None);
    Ok(())
}

pub fn deleted_rows_are_gone(subject: &dyn Subject) -> Promise {
    let store = subject.opener().open()?;
    store.commit(batch([(inst(1), Some(b"1")), (inst(2), Some(b"2"))]))?;
    store.commit(batch([(inst(1), None), (inst(3), None)]))?;
    assert_eq!(store.get(&inst(1))?, None);
    assert_eq!(all(&*store)?, BTreeMap::from([(inst(2), b"2".to_vec())]));
    Ok(())
}

/// One row of each family and several partitions, in key order.
fn spread() -> Vec<Key> {
    let mut rows = vec![Row::Schema { hash: u64::MAX }.key()];
    for vp in [0, 1, u16::MAX] {
        rows.push(Row::Inst { vp, n: 0 }.key());
        rows.push(Row::Inst { vp, n: u64::MAX }.key());
        rows.push(Row::Msg { vp, seq: 1, idx: 0 }.key());
        rows.push(Row::Hist { vp, n: 1, seq: 1 }.key());
        rows.push(
            Row::Name {
                vp,
                id: &[u8::MAX; 3],
            }
            .key(),
        );
    }
    rows.sort();
    rows
}

pub fn rows_come_in_key_order(subject: &dyn Subject) -> Promise {
    let store = subject.opener().open()?;
    let rows = spread();
    for key in rows.iter().rev() {
        store.commit(batch([(key.clone(), Some(b""))]))?;
    }
    let from = &rows[0];
    let found = store.scan(from, &[u8::MAX], usize::MAX)?;
    let found: Vec<Key> = found.into_iter().map(|(key, _)| key).collect();
    assert_eq!(found, rows);
    Ok(())
}

pub fn a_scan_takes_its_first_key_and_leaves_its_last(subject: &dyn Subject) -> Promise {
    let store = subject.opener().open()?;
    let rows = spread();
    for key in &rows {
        store.commit(batch([(key.clone(), Some(b""))]))?;
    }
    for (i, from) in rows.iter().enumerate() {
        for (j, to) in rows.iter().enumerate() {
            let found = store.scan(from, to, usize::MAX)?;
            let found: Vec<Key> = found.into_iter().map(|(key, _)| key).collect();
            assert_eq!(found, rows.get(i..j).unwrap_or_default());
        }
    }
    Ok(())
}

pub fn a_scan_goes_on_after_its_last_key(subject: &dyn Subject) -> Promise {
    let store = subject.opener().open()?;
    let rows = spread();
    for key in &rows {
        store.commit(batch([(key.clone(), Some(b"x"))]))?;
    }
    for limit in 1..=rows.len() {
        let mut seen = Vec::new();
        let mut from = rows[0].clone();
        loop {
            let page = store.scan(&from, &[u8::MAX], limit)?;
            assert!(page.len() <= limit);
            let Some((last, _)) = page.last() else { break };
            from = keys::after(last);
            seen.extend(page.into_iter().map(|(key, _)| key));
        }
        assert_eq!(seen, rows);
    }
    Ok(())
}

pub fn a_scan_without_room_finds_nothing(subject: &dyn Subject) -> Promise {
    let store = subject.opener().open()?;
    store.commit(batch([(inst(1), Some(b"1"))]))?;
    assert_eq!(store.scan(&inst(0), &inst(2), 0)?, []);
    assert_eq!(store.scan(&inst(1), &inst(1), 9)?, []);
    assert_eq!(store.scan(&inst(2), &inst(0), 9)?, []);
    Ok(())
}

pub fn commits_are_numbered_without_gaps(subject: &dyn Subject) -> Promise {
    let mut expected = 0;
    for _ in 0..3 {
        let store = subject.opener().open()?;
        assert_eq!(store.sequence(), expected);
        for _ in 0..5 {
            expected += 1;
            assert_eq!(store.commit(batch([(inst(1), Some(b"1"))]))?, expected);
            assert_eq!(store.sequence(), expected);
        }
    }
    Ok(())
}

pub fn an_empty_batch_changes_nothing(subject: &dyn Subject) -> Promise {
    let store = subject.opener().open()?;
    store.commit(batch([(inst(1), Some(b"1"))]))?;
    assert_eq!(store.commit(Batch::new())?, 1);
    assert_eq!(store.sequence(), 1);
    Ok(())
}

pub fn commits_outlive_a_clean_close(subject: &dyn Subject) -> Promise {
    let store = subject.opener().open()?;
    store.commit(batch([(inst(1), Some(b"1"))]))?;
    store.close()?;
    let store = subject.opener().open()?;
    assert_eq!(store.get(&inst(1))?.as_deref(), Some(&b"1"[..]));
    assert_eq!(store.sequence(), 1);
    Ok(())
}

pub fn commits_outlive_a_crash(subject: &dyn Subject) -> Promise {
    let store = subject.opener().open()?;
    for n in 1..=50 {
        store.commit(batch([(inst(n), Some(b"1"))]))?;
    }
    drop(store);
    let store = subject.opener().open()?;
    assert_eq!(all(&*store)?.len(), 50);
    assert_eq!(store.sequence(), 50);
    Ok(())
}

pub fn a_clean_close_is_told_apart_from_a_crash(subject: &dyn Subject) -> Promise {
    let open = || subject.opener().open();
    let store = open()?;
    assert!(store.was_clean(), "a new store");
    store.commit(batch([(inst(1), Some(b"1"))]))?;
    drop(store);
    let store = open()?;
    assert!(!store.was_clean(), "after a crash");
    store.commit(batch([(inst(2), Some(b"1"))]))?;
    store.close()?;
    let store = open()?;
    assert!(store.was_clean(), "after a close");
    drop(store);
    assert!(!open()?.was_clean(), "after a crash without a commit");
    Ok(())
}

pub fn one_life_at_a_time(subject: &dyn Subject) -> Promise {
    let first = subject.opener().open()?;
    let me = std::process::id();
    match subject.opener().open() {
        Err(StoreError::Locked { by, .. }) => assert_eq!(by, Some(me)),
        other => panic!("a second life: {:?}", other.map(|store| store.sequence())),
    }
    first.close()?;
    // The first handle is still there, but it holds nothing.
    let second = subject.opener().open()?;
    second.commit(batch([(inst(1), Some(b"1"))]))?;
    assert!(matches!(first.get(&inst(1)), Err(StoreError::Closed)));
    Ok(())
}

fn assert_closed(store: &Arc<dyn Store>) {
    let write = batch([(inst(9), Some(b"9"))]);
    assert!(matches!(store.commit(write), Err(StoreError::Closed)));
    assert!(matches!(
        store.commit(Batch::new()),
        Err(StoreError::Closed)
    ));
    assert!(matches!(store.get(&inst(1)), Err(StoreError::Closed)));
    assert!(matches!(
        store.scan(&inst(0), &inst(9), 9),
        Err(StoreError::Closed)
    ));
    assert!(matches!(store.close(), Err(StoreError::Closed)));
}

pub fn a_closed_life_answers_closed(subject: &dyn Subject) -> Promise {
    let store = subject.opener().open()?;
    store.commit(batch([(inst(1), Some(b"1"))]))?;
    store.close()?;
    assert_closed(&store);
    assert_eq!(store.sequence(), 1);
    Ok(())
}

pub fn too_large_a_batch_changes_nothing(subject: &dyn Subject) -> Promise {
    let store = subject.opener().open()?;
    let caps = store.caps();
    let value = |bytes| Some(vec![1; bytes]);
    let mut too_large = Vec::new();
    too_large.push(vec![
        (inst(1), value(1)),
        (inst(2), value(caps.max_value_bytes + 1)),
    ]);
    too_large.push(vec![
        (inst(1), value(1)),
        (vec![0x15; caps.max_key_bytes + 1], value(1)),
    ]);
    let many = (1..).take(caps.max_batch_bytes / caps.max_value_bytes + 1);
    too_large.push(
        many.map(|n| (inst(n), value(caps.max_value_bytes)))
            .collect(),
    );
    for writes in too_large {
        match store.commit(writes.into_iter().collect()) {
            Err(error @ StoreError::TooLarge { .. }) => assert!(error.is_refusal()),
            other => panic!("too large a batch: {other:?}"),
        }
        assert_eq!(store.sequence(), 0);
        assert!(all(&*store)?.is_empty());
    }
    let largest = vec![(inst(1), value(caps.max_value_bytes))];
    store.commit(largest.into_iter().collect())?;
    let read = store.get(&inst(1))?.map(|value| value.len());
    assert_eq!(read, Some(caps.max_value_bytes));
    Ok(())
}

pub fn an_unknown_commit_ends_the_life(subject: &dyn Subject) -> Promise {
    if !subject.plan_unknown(2, true) {
        return Ok(());
    }
    let store = subject.opener().open()?;
    store.commit(batch([(inst(1), Some(b"1"))]))?;
    match store.commit(batch([(inst(2), Some(b"2"))])) {
        Err(StoreError::Unknown { sequence, .. }) => assert_eq!(sequence, 2),
        other => panic!("a commit planned to fail: {other:?}"),
    }
    assert_eq!(store.sequence(), 1);
    assert_closed(&store);
    Ok(())
}

pub fn an_unknown_commit_is_there_or_not_as_the_sequence_says(subject: &dyn Subject) -> Promise {
    for (sequence, landed) in [(1, true), (2, false)] {
        if !subject.plan_unknown(sequence, landed) {
            return Ok(());
        }
        let rows = [inst(sequence * 10), inst(sequence * 10 + 1)];
        let store = subject.opener().open()?;
        let failed = store.commit(batch(rows.clone().map(|row| (row, Some(&b"x"[..])))));
        assert!(matches!(failed, Err(StoreError::Unknown { .. })));
        drop(store);
        let store = subject.opener().open()?;
        assert!(!store.was_clean());
        assert_eq!(store.sequence() >= sequence, landed);
        for row in rows {
            assert_eq!(store.get(&row)?.is_some(), landed);
        }
    }
    Ok(())
}

pub fn random_batches_read_as_a_map_does(subject: &dyn Subject) -> Promise {
    let mut random = 0x9e37_79b9_7f4a_7c15u64;
    let mut next = |below: u64| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random % below
    };
    let mut model = BTreeMap::new();
    let mut store = subject.opener().open()?;
    for round in 0..200 {
        let mut writes = BTreeMap::new();
        for _ in 0..next(20) {
            let (vp, n) = (next(3) as u16, next(15));
            let id = &n.to_le_bytes();
            let key = match next(5) {
                0 => Row::Inst { vp, n }.key(),
                1 => Row::Run { vp, n }.key(),
                2 => Row::Name { vp, id }.key(),
                3 => Row::Req { vp, era: 1, id }.key(),
                _ => Row::Hist { vp, n: 1, seq: n }.key(),
            };
            let value = (next(4) > 0).then(|| vec![round as u8; next(100) as usize]);
            writes.insert(key, value);
        }
        for (key, value) in &writes {
            match value {
                Some(value) => model.insert(key.clone(), value.clone()),
                None => model.remove(key),
            };
        }
        store.commit(writes.into_iter().collect())?;
        if next(20) == 0 {
            if next(2) == 0 {
                store.close()?;
            }
            drop(store);
            store = subject.opener().open()?;
        }
        assert_eq!(all(&*store)?, model);
    }
    Ok(())
}

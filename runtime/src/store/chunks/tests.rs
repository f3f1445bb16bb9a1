//! What chunks promise.

use std::{collections::BTreeMap, convert::Infallible};

use proptest::prelude::*;

use super::*;

type Rows = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

fn chunk(rows: &Rows) -> Chunk {
    let mut chunk = Chunk::default();
    for (key, value) in rows {
        chunk.push(key, value.as_deref());
    }
    chunk
}

/// Few keys, so that commits write the same ones.
fn rows() -> impl Strategy<Value = Rows> {
    let key = prop::collection::vec(0..3u8, 0..4);
    let value = prop::option::of(prop::collection::vec(any::<u8>(), 0..40));
    prop::collection::btree_map(key, value, 1..20)
}

#[derive(Clone, Debug)]
enum Step {
    Commit(Rows),
    /// All of it if it is so many bytes; if not it is carried over.
    Leave(usize),
    Left,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => rows().prop_map(Step::Commit),
        1 => prop::sample::select(vec![0, 200, 1000]).prop_map(Step::Leave),
        1 => Just(Step::Left),
    ];
    prop::collection::vec(step, 0..60)
}

/// That of the keys here.
const FAMILY: Family = Family::Large;

fn commit_to(chunks: &Chunks, commit: u64, rows: &Rows) {
    let mut all = <[Chunk; Family::ALL.len()]>::default();
    all[FAMILY as usize] = chunk(rows);
    let row = ChunkRow {
        commit,
        carried: false,
    };
    chunks.add(row, all);
}

proptest! {
    #[test]
    fn chunks_over_tables_read_as_a_map_does(steps in steps(), from in rows(), to in rows()) {
        let chunks = Chunks::default();
        let (mut model, mut table) = (BTreeMap::new(), BTreeMap::<Vec<u8>, Vec<u8>>::new());
        let mut leaving = None;
        let apply = |table: &mut BTreeMap<_, _>, key: &[u8], value: Option<&[u8]>| match value {
            Some(value) => table.insert(key.to_vec(), value.to_vec()),
            None => table.remove(key),
        };
        for (commit, step) in steps.iter().enumerate() {
            match step {
                Step::Commit(rows) => {
                    for (key, value) in rows {
                        apply(&mut model, key, value.as_deref());
                    }
                    commit_to(&chunks, commit as u64, rows);
                }
                Step::Leave(table) => leaving = chunks.leave(1, *table).or(leaving),
                Step::Left => {
                    let Some(leaving) = leaving.take() else { continue };
                    for (key, value) in leaving.for_tables().flat_map(|(_, rows)| rows) {
                        apply(&mut table, key, value);
                    }
                    chunks.left(&leaving);
                }
            }
        }
        let all = chunks.of(FAMILY);
        let (Some((from, _)), Some((to, _))) = (from.first_key_value(), to.last_key_value()) else {
            return Ok(());
        };
        let stored = table.range(from.clone()..).take_while(|(key, _)| *key < to);
        let stored = stored.map(|(key, value)| Ok::<_, Infallible>((key.clone(), value.clone())));
        let Ok(found) = over(Merge::new(&all, from, Some(to)), stored).collect::<Result<Vec<_>, _>>();
        let expected = model.range(from.clone()..).take_while(|(key, _)| *key < to);
        let expected: Vec<_> = expected.map(|(key, value)| (key.clone(), value.clone())).collect();
        prop_assert_eq!(found, expected);
        for key in steps.iter().flat_map(|step| match step {
            Step::Commit(rows) => rows.keys().collect(),
            _ => Vec::new(),
        }) {
            let found = chunks.get(key, |value| value.map(<[u8]>::to_vec));
            prop_assert_eq!(&found.unwrap_or_else(|| table.get(key).cloned()), &model.get(key).cloned());
        }
        let carried = chunks.read().carried.map_or(0, |carried| carried[FAMILY as usize]);
        prop_assert_eq!(chunks.bytes(), size(&all[carried..]));
    }

    #[test]
    fn a_chunk_reads_back(rows in rows()) {
        let written = chunk(&rows);
        let all = Chunk::read(written.bytes()).unwrap().map(Arc::new);
        let found: Rows = Merge::new(&all, &[], None)
            .map(|(key, value)| (key.to_vec(), value.map(<[u8]>::to_vec)))
            .collect();
        prop_assert_eq!(found, rows);
    }

    #[test]
    fn any_bytes_are_refused_or_a_chunk(bytes: Vec<u8>) {
        if let Some(chunks) = Chunk::read(&bytes) {
            let written = chunks.each_ref().map(Chunk::bytes).concat();
            prop_assert_eq!(written, bytes);
        }
    }
}

fn one(key: u8) -> Rows {
    BTreeMap::from([(vec![key], Some(vec![0; 50]))])
}

#[test]
fn rows_out_of_order_are_not_a_chunk() {
    let bytes = |keys: [u8; 2]| keys.map(|key| chunk(&one(key)).bytes().to_vec()).concat();
    assert!(Chunk::read(&bytes([1, 2])).is_some());
    assert!(Chunk::read(&bytes([2, 1])).is_none());
    assert!(Chunk::read(&bytes([1, 1])).is_none());
}

#[test]
fn many_commits_leave_few_chunks() {
    let chunks = Chunks::default();
    for commit in 0..10_000 {
        let key = (commit as u32).wrapping_mul(0x9e37_79b9).to_be_bytes();
        commit_to(&chunks, commit, &BTreeMap::from([(key.to_vec(), None)]));
    }
    let all = chunks.of(FAMILY);
    assert!(all.len() < 30, "{}", all.len());
    assert_eq!(Merge::new(&all, &[], None).count(), 10_000);
}

#[test]
fn chunks_leave_when_they_are_enough_and_one_after_the_other() {
    let chunks = Chunks::default();
    for commit in [1, 2, 5] {
        commit_to(&chunks, commit, &one(commit as u8));
    }
    assert!(chunks.leave(10_000, 0).is_none(), "too few");
    let leaving = chunks.leave(1, 0).unwrap();
    assert!(chunks.leave(1, 0).is_none(), "these are leaving");
    commit_to(&chunks, 7, &one(7));
    assert_eq!(chunks.change(9), Change::default());
    chunks.left(&leaving);
    assert_eq!(chunks.change(9).delete.len(), 3);
    let rest = chunks.of(FAMILY);
    let rest: Vec<_> = Merge::new(&rest, &[], None).map(|(key, _)| key).collect();
    assert_eq!(rest, [[7]]);
}

/// One move: how many rows went to tables, and the rows of what is carried over in the store.
fn leave(chunks: &Chunks, table: usize) -> (usize, Vec<Rows>) {
    let leaving = chunks.leave(1, table).unwrap();
    let left = leaving.for_tables().map(|(_, rows)| rows.count()).sum();
    chunks.left(&leaving);
    let put = chunks.change(0).put.into_iter().map(|(row, value)| {
        let key = row.key();
        let (bytes, _) = crate::store::sealed::unseal(&key, &value).unwrap();
        let found = Chunk::read(bytes).unwrap().map(Arc::new);
        Merge::new(&found, &[], None)
            .map(|(key, value)| (key.to_vec(), value.map(<[u8]>::to_vec)))
            .collect()
    });
    (left, put.collect())
}

#[test]
fn a_family_that_has_little_is_carried_over_until_it_is_enough() {
    let chunks = Chunks::default();
    let mut moved = Vec::new();
    for commit in 1..=5 {
        commit_to(&chunks, commit, &one(commit as u8));
        moved.push(leave(&chunks, 200));
    }
    let new = |key| vec![one(key)];
    // Each has 57 bytes: the first leaves since nothing has left in this life, the last since it is the fourth.
    let expected = [
        (1, vec![]),
        (0, new(2)),
        (0, new(3)),
        (0, new(4)),
        (4, vec![]),
    ];
    assert_eq!(moved, expected);
}

#[test]
fn nothing_is_carried_over_for_ever() {
    let chunks = Chunks::default();
    for commit in 1..100 {
        commit_to(
            &chunks,
            commit,
            &BTreeMap::from([(vec![commit as u8], None)]),
        );
        leave(&chunks, 10_000);
        assert!(chunks.of(FAMILY).len() < 10, "{commit}");
    }
}

#[test]
fn a_family_that_has_much_at_once_is_not_carried_over() {
    let chunks = Chunks::default();
    commit_to(&chunks, 1, &one(1));
    leave(&chunks, 200);
    commit_to(&chunks, 2, &one(2).into_iter().chain(one(3)).collect());
    assert_eq!(leave(&chunks, 200), (2, vec![]));
}

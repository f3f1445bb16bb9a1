//! Frames: what a suspension writes, and what another version of a function makes of it.

use proptest::prelude::*;
use undying::__private::{AtRest, Driver, Memory, OrchestrationCall, Save, Stop};
use undying::{Orchestration, Refusal, orchestration, resumable};

use crate::support::machine::*;

/// What a saved local may take before it moves to a row of its own, in bytes.
const INLINE_MAX: usize = undying::durable::limits::SLOT_INLINE_BYTES_MAX;

fn saves<O: OrchestrationCall>(call: Orchestration<O>) -> Vec<Save> {
    let mut driver = Driver::new(Memory::Cold);
    driver.run(call).unwrap();
    driver.saves().to_vec()
}

fn parts(saves: &[Save]) -> Vec<Vec<(u32, Option<usize>)>> {
    saves.iter().map(|save| save.parts.clone()).collect()
}

#[orchestration]
async fn carries_a_text(size: usize, rounds: i64) -> usize {
    let text = "x".repeat(size);
    for k in 0..rounds {
        inc(k).await;
    }
    text.len()
}

#[orchestration]
async fn reads_a_text_in_each_round(size: usize, rounds: i64) -> usize {
    let text = "x".repeat(size);
    let mut sum = 0;
    for k in 0..rounds {
        sum += text.len() + inc(k).await as usize;
    }
    sum
}

#[orchestration]
async fn changes_a_text_in_each_round(size: usize, rounds: i64) -> usize {
    let mut text = "x".repeat(size);
    for k in 0..rounds {
        text.push('y');
        inc(k).await;
    }
    text.len()
}

#[orchestration]
async fn drops_a_text_between_two_awaits(size: usize) -> usize {
    let text = "x".repeat(size);
    inc(1).await;
    let size = text.len();
    drop(text);
    inc(2).await;
    size
}

#[orchestration]
async fn carries_two_texts(size: usize) -> usize {
    let first = "x".repeat(size);
    let second = "y".repeat(size + 1);
    inc(1).await;
    let third = first + "z";
    inc(2).await;
    third.len() + second.len()
}

#[resumable(orchestration)]
async fn carries_in_a_helper(size: usize) -> usize {
    let text = "x".repeat(size);
    inc(1).await;
    inc(2).await;
    text.len()
}

#[orchestration]
async fn awaits_the_helper(size: usize) -> usize {
    carries_in_a_helper(size).await
}

#[test]
fn a_large_local_is_written_once_while_nothing_touches_it() {
    let saves = saves(carries_a_text(1_000, 4));
    assert_eq!(
        parts(&saves),
        [vec![(0, Some(1_002))], vec![], vec![], vec![]]
    );
    assert!(saves.iter().all(|save| save.frame < 100), "{saves:?}");
}

#[test]
fn a_large_local_that_is_only_read_is_not_written_again() {
    let saves = saves(reads_a_text_in_each_round(1_000, 4));
    assert_eq!(
        parts(&saves),
        [vec![(0, Some(1_002))], vec![], vec![], vec![]]
    );
}

#[test]
fn a_large_local_that_changes_is_written_under_its_own_number() {
    let saves = saves(changes_a_text_in_each_round(1_000, 3));
    let expected = [1_003, 1_004, 1_005].map(|size| vec![(0, Some(size))]);
    assert_eq!(parts(&saves), expected);
}

#[test]
fn a_dead_large_local_is_deleted() {
    let saves = saves(drops_a_text_between_two_awaits(1_000));
    assert_eq!(parts(&saves), [vec![(0, Some(1_002))], vec![(0, None)]]);
}

#[test]
fn large_locals_have_rows_of_their_own() {
    let saves = saves(carries_two_texts(1_000));
    let mut first = saves[0].parts.clone();
    first.sort_unstable();
    assert_eq!(first, [(0, Some(1_002)), (1, Some(1_003))]);
    // `first` is gone, `third` is new, `second` stays where it is.
    let mut second = saves[1].parts.clone();
    second.sort_unstable();
    assert!(
        second.contains(&(0, None)) && second.len() == 2,
        "{second:?}"
    );
}

#[test]
fn a_local_that_grows_large_takes_no_other_ones_row() {
    // At 510 bytes `second` has a row, then `third` outgrows the frame in a loaded instance.
    let saves = saves(carries_two_texts(510));
    assert_eq!(parts(&saves), [vec![(0, Some(513))], vec![(1, Some(513))]]);
}

#[test]
fn a_nested_frame_keeps_its_locals_inline() {
    let saves = saves(awaits_the_helper(1_000));
    assert_eq!(parts(&saves), [vec![], vec![]]);
    assert!(saves.iter().all(|save| save.frame > 1_000), "{saves:?}");
}

proptest! {
    #[test]
    fn a_local_has_a_row_of_its_own_exactly_above_the_limit(size in 0usize..2_000) {
        let saves = saves(carries_a_text(size, 2));
        let encoded = size + if size < 128 { 1 } else { 2 };
        let expected = if encoded > INLINE_MAX { vec![(0, Some(encoded))] } else { vec![] };
        prop_assert_eq!(&saves[0].parts, &expected);
        prop_assert!(saves[0].frame < INLINE_MAX + 100);
    }

    #[test]
    fn a_local_comes_back_as_it_was_whatever_its_size(size in 0usize..2_000) {
        prop_assert_eq!(Driver::new(Memory::Cold).run(changes_a_text_in_each_round(size, 3)), Ok(size + 3));
        prop_assert_eq!(Driver::new(Memory::Cold).run(carries_two_texts(size)), Ok(2 * size + 2));
    }
}

#[orchestration]
async fn walks_a_list(n: u64) -> u64 {
    let items: Vec<u64> = (0..n).map(|k| k * k).collect();
    let mut sum = 0u64;
    for item in items {
        ready().await;
        sum = sum.wrapping_add(item);
    }
    sum
}

#[orchestration]
async fn walks_a_list_by_reference(n: u64) -> u64 {
    let items: Vec<u64> = (0..n).map(|k| k * k).collect();
    let mut sum = 0u64;
    for item in &items {
        ready().await;
        sum = sum.wrapping_add(*item);
    }
    sum + items.len() as u64
}

#[undying::activity]
async fn ready() {}

/// The bytes that each suspension writes do not grow with the list, nor with the steps done.
fn check_flat<O: OrchestrationCall<Output = u64>>(call: fn(u64) -> Orchestration<O>, items: u64) {
    let mut driver = Driver::new(Memory::Written);
    driver.run(call(items)).unwrap();
    let [first, rest @ ..] = driver.saves() else {
        panic!("it never waited")
    };
    assert_eq!(rest.len() as u64, items - 1);
    assert_eq!(first.parts.len(), 1);
    assert!(first.parts[0].1 > Some(items as usize), "{first:?}");
    assert!(rest.iter().all(|save| save.parts.is_empty()));
    let largest = rest.iter().map(|save| save.frame).max().unwrap_or_default();
    assert!(
        largest <= first.frame + 16 && largest < 100,
        "{largest}, {first:?}"
    );
}

#[test]
fn a_step_through_100_000_items_writes_as_little_as_the_first() {
    check_flat(walks_a_list, 100_000);
}

#[test]
fn a_step_through_a_borrowed_list_writes_as_little_as_the_first() {
    check_flat(walks_a_list_by_reference, 500);
}

/// The orchestration `delivery` as it was when the frames below were written.
mod before {
    use super::*;

    #[derive(Clone, Serialize, Deserialize)]
    pub(super) struct Parcel {
        pub(super) id: i64,
        pub(super) size: u8,
    }

    #[orchestration(name = "delivery")]
    pub(super) async fn delivery(n: i64) -> String {
        let parcel = Parcel { id: n, size: 3 };
        let label = format!("parcel {n}");
        let weight = inc(n).await;
        let street = name(weight).await;
        format!(
            "{label} to {street}: {weight} {}",
            parcel.id + i64::from(parcel.size)
        )
    }
}

fn before(suspensions: usize) -> AtRest {
    Driver::new(Memory::Cold)
        .run_until(before::delivery(5), suspensions)
        .unwrap()
}

fn resume<O: OrchestrationCall>(rest: AtRest) -> Result<O::Output, Stop> {
    Driver::new(Memory::Cold).resume::<O>(rest)
}

mod reordered {
    use super::*;

    #[derive(Clone, Serialize, Deserialize)]
    pub(super) struct Parcel {
        pub(super) size: u32,
        #[serde(default)]
        pub(super) fragile: bool,
        pub(super) id: i64,
    }

    /// Locals in another order and of wider types, one more of them, one more await at the end.
    #[orchestration(name = "delivery")]
    pub(super) async fn delivery(n: i64) -> String {
        let label = format!("{n}");
        let extra = ping().await;
        let parcel = Parcel {
            id: n,
            size: 3,
            fragile: false,
        };
        let weight = inc(n).await;
        log(extra);
        let street = name(weight).await;
        ping().await;
        format!(
            "{label} to {street}: {weight} {} {}",
            parcel.id + i64::from(parcel.size),
            parcel.fragile
        )
    }
}

#[test]
fn another_version_resumes_a_frame_by_names() {
    let output = resume::<before::DeliveryCall>(before(2)).unwrap();
    assert_eq!(output, "parcel 5 to n6: 6 8");
    let output = resume::<reordered::DeliveryCall>(before(2)).unwrap();
    assert_eq!(output, "parcel 5 to n6: 6 8 false");
}

#[test]
fn a_local_that_the_stored_frame_has_not_is_refused_by_name() {
    // `extra` lives at `inc` in the new version only.
    let refused = resume::<reordered::DeliveryCall>(before(1)).unwrap_err();
    let Stop::Refused(Refusal::MissingSlot { body, point, slot }) = &refused else {
        panic!("{refused}")
    };
    assert_eq!([body.as_str(), point, slot], ["delivery", "inc", "extra"]);
}

#[orchestration]
async fn has_no_text_any_more(size: usize, rounds: i64) -> i64 {
    let _ = size;
    for k in 0..rounds {
        inc(k).await;
    }
    0
}

#[test]
fn the_row_of_a_large_local_that_a_new_version_has_not_is_deleted_with_the_next_save() {
    let rest = Driver::new(Memory::Cold).run_until(carries_a_text(2_000, 4), 1);
    let rest = rest.unwrap();
    assert_eq!(rest.parts.len(), 1);
    let mut driver = Driver::new(Memory::Cold);
    driver.resume::<HasNoTextAnyMoreCall>(rest).unwrap();
    assert_eq!(parts(driver.saves()), [vec![(0, None)], vec![], vec![]]);
}

mod renamed {
    use super::*;

    #[orchestration(name = "delivery")]
    pub(super) async fn delivery(n: i64) -> String {
        let title = format!("parcel {n}");
        let weight = inc(n).await;
        let street = name(weight).await;
        format!("{title} to {street}: {weight}")
    }
}

#[test]
fn a_renamed_local_is_refused_by_its_new_name() {
    let refused = resume::<renamed::DeliveryCall>(before(1)).unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("needs `title` at resume point `inc`"),
        "{refused}"
    );
}

mod without_a_step {
    use super::*;

    #[orchestration(name = "delivery")]
    pub(super) async fn delivery(n: i64) -> String {
        let label = format!("parcel {n}");
        let street = name(n).await;
        label + &street
    }
}

#[test]
fn a_resume_point_that_is_gone_is_refused_by_name() {
    let refused = resume::<without_a_step::DeliveryCall>(before(1)).unwrap_err();
    let Stop::Refused(Refusal::UnknownPoint { point, known, .. }) = &refused else {
        panic!("{refused}")
    };
    assert_eq!([point.as_str(), known], ["inc", "name"]);
    // A frame that is past it goes on, without the locals that the new version does not keep.
    assert_eq!(
        resume::<without_a_step::DeliveryCall>(before(2)).unwrap(),
        "parcel 5n6"
    );
}

mod another_type {
    use super::*;

    #[orchestration(name = "delivery")]
    pub(super) async fn delivery(n: i64) -> String {
        let label = vec![n];
        let weight = inc(n).await;
        format!("{label:?}{weight}")
    }
}

#[test]
fn a_local_of_another_type_is_refused_by_name() {
    let refused = resume::<another_type::DeliveryCall>(before(1)).unwrap_err();
    let Stop::Refused(Refusal::Value { place, .. }) = &refused else {
        panic!("{refused}")
    };
    assert_eq!(place, "local `label` of `delivery` at `inc`");
}

#[test]
fn a_damaged_frame_is_refused() {
    let whole = before(1);
    for length in 0..whole.bytes.len() {
        let mut cut = before(1);
        cut.bytes.truncate(length);
        let refused = resume::<before::DeliveryCall>(cut).unwrap_err();
        assert!(matches!(refused, Stop::Refused(_)), "{length}: {refused}");
    }
    let mut longer = before(1);
    longer.bytes.push(0);
    assert!(matches!(
        resume::<before::DeliveryCall>(longer),
        Err(Stop::Refused(Refusal::Damaged { .. }))
    ));
}

#[test]
fn a_missing_or_changed_part_is_refused() {
    let rest = || {
        Driver::new(Memory::Cold)
            .run_until(carries_a_text(1_000, 2), 1)
            .unwrap()
    };
    let mut missing = rest();
    missing.parts.clear();
    assert!(matches!(
        resume::<CarriesATextCall>(missing),
        Err(Stop::Refused(Refusal::Damaged { .. }))
    ));
    let mut changed = rest();
    if let Some(part) = changed.parts.get_mut(&0) {
        part[500] ^= 1;
    }
    assert!(matches!(
        resume::<CarriesATextCall>(changed),
        Err(Stop::Refused(Refusal::Damaged { .. }))
    ));
    assert_eq!(resume::<CarriesATextCall>(rest()), Ok(1_000));
}

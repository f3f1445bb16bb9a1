//! What keys promise.

use super::*;
use proptest::prelude::*;

#[derive(Clone, Debug)]
struct Owned {
    tag: Tag,
    text: String,
    vp: u16,
    a: u64,
    b: u64,
    c: u64,
    d: u32,
}

impl Owned {
    fn row(&self) -> Row<'_> {
        let Self { vp, a, b, c, d, .. } = *self;
        match self.tag {
            Tag::Large => Row::Large {
                key: self.text.as_bytes(),
            },
            Tag::Value => Row::Value {
                key: self.text.as_bytes(),
            },
            Tag::Chunk => Row::Chunk {
                commit: a,
                carried: d > u32::MAX / 2,
            },
            Tag::Meta => Row::Meta { name: &self.text },
            Tag::Schema => Row::Schema { hash: a },
            Tag::Layout => Row::Layout { hash: a },
            Tag::Seq => Row::Seq { vp },
            Tag::Name => Row::Name {
                vp,
                id: self.text.as_bytes(),
            },
            Tag::Inst => Row::Inst { n: a, vp },
            Tag::Part => Row::Part { vp, n: a, part: d },
            Tag::Op => Row::Op { vp, n: a, op: b },
            Tag::Run => Row::Run { vp, n: a },
            Tag::Msg => Row::Msg { vp, seq: a, idx: d },
            Tag::Timer => Row::Timer {
                vp,
                due: a,
                n: b,
                op: c,
            },
            Tag::Req => Row::Req {
                vp,
                era: a,
                id: self.text.as_bytes(),
            },
            Tag::Hist => Row::Hist { vp, n: a, seq: b },
        }
    }
}

fn rows() -> impl Strategy<Value = Owned> {
    // Few values make equal fields likely, so that the later ones are compared too.
    let number = || prop_oneof![0..3u64, Just(255), Just(256), any::<u64>()];
    let tag = prop::sample::select(Tag::ALL.to_vec());
    let vp = prop_oneof![0..3u16, any::<u16>()];
    let fields = (number(), number(), number(), any::<u32>());
    (tag, "[a-c]{0,3}|.{0,8}", vp, fields).prop_map(|(tag, text, vp, (a, b, c, d))| Owned {
        tag,
        text,
        vp,
        a,
        b,
        c,
        d,
    })
}

proptest! {
    #[test]
    fn keys_sort_as_their_rows_do(x in rows(), y in rows()) {
        prop_assert_eq!(x.row().cmp(&y.row()), x.row().key().cmp(&y.row().key()));
    }

    #[test]
    fn a_key_reads_back_as_its_row(x in rows()) {
        let key = x.row().key();
        prop_assert_eq!(Row::parse(&key), Some(x.row()));
    }

    #[test]
    fn any_bytes_parse_to_their_own_row_or_to_none(key: Vec<u8>) {
        if let Some(row) = Row::parse(&key) {
            prop_assert_eq!(row.key(), key);
        }
    }

    #[test]
    fn a_prefix_range_holds_what_begins_with_the_prefix(
        prefix in prop::collection::vec(250u8.., 0..3),
        key in prop::collection::vec(250u8.., 0..5),
    ) {
        let prefix = [&[Tag::Name as u8][..], &prefix].concat();
        let key = [&[Tag::Name as u8][..], &key].concat();
        let (from, to) = prefix_range(&prefix);
        prop_assert_eq!(from <= key && key < to, key.starts_with(&prefix));
    }

    #[test]
    fn nothing_lies_between_a_key_and_what_comes_after(x: Vec<u8>, y: Vec<u8>) {
        prop_assert_eq!(y > x, y >= after(&x));
    }
}

#[test]
fn families_are_ranges_in_the_order_of_the_tags() {
    assert!(Tag::ALL.is_sorted());
    let families = Tag::ALL.map(|tag| Family::of(&[tag as u8]));
    assert!(families.is_sorted());
}

#[test]
fn timers_before_a_time_are_those_due_earlier() {
    let (from, to) = timers_before(7, 100);
    let inside = |vp, due| {
        let key = Row::Timer {
            vp,
            due,
            n: 1,
            op: u64::MAX,
        }
        .key();
        from <= key && key < to
    };
    assert!(inside(7, 0) && inside(7, 99));
    assert!(!inside(7, 100) && !inside(6, 50) && !inside(8, 50));
}

//! A frame with damage goes on or is refused: that of a compiled body with all kinds of locals.

use std::sync::LazyLock;

use undying::__private::{AtRest, Driver, Memory as InMemory, Stop};
use undying::durable::Parts;
use undying::prelude::*;

use super::{Memory, Target, panics};

#[derive(Debug, Clone, Serialize, Deserialize)]
enum Item {
    Nothing,
    Some(u8),
    Named { name: String, weight: Option<f64> },
}

#[activity]
async fn inc(n: u64) -> u64 {
    n.saturating_add(1)
}

#[resumable]
async fn helps(n: u64) -> u64 {
    let half = n / 2;
    inc(half).await.saturating_add(inc(n).await)
}

/// Locals of many kinds live across its awaits, one of them in a row of its own.
#[orchestration]
async fn carries(n: u64) -> u64 {
    let text = "x".repeat(600);
    let items = vec![
        Item::Nothing,
        Item::Some(7),
        Item::Named {
            name: "seven".to_owned(),
            weight: Some(1.5),
        },
    ];
    let mut sum = inc(n).await;
    let (left, right) = join((inc(1), helps(sum))).await;
    sum = sum.saturating_add(left).saturating_add(right);
    let first = race((inc(1), sleep(millis(5)))).await;
    for (place, item) in items.clone().into_iter().enumerate() {
        sum = sum.saturating_add(match item {
            Item::Nothing => inc(place as u64).await,
            Item::Some(n) => helps(u64::from(n)).await,
            Item::Named { name, .. } => inc(name.len() as u64).await,
        });
    }
    let first = matches!(first, undying::Either::First(_));
    sum.saturating_add(text.len() as u64 + items.len() as u64 + u64::from(first))
}

/// What it wrote when it had come to wait so often: the frame and its parts.
fn at_rest(suspensions: usize) -> Result<AtRest, Stop> {
    Driver::new(InMemory::Cold).run_until(carries(3), suspensions)
}

/// The last suspension that it comes to.
const LAST: usize = 6;

type Written = (Vec<u8>, Parts);
static WRITTEN: LazyLock<Vec<Written>> = LazyLock::new(|| {
    let rests = (1..=LAST).map(|nth| at_rest(nth).expect("it waits"));
    rests.map(|rest| (rest.bytes, rest.parts)).collect()
});

/// At which await it is, whether the row of the large local is there, and the frame.
pub const FRAMES: Target = Target {
    name: "frames",
    memory: Memory::OfPrograms,
    samples: || {
        let written = WRITTEN.iter().zip(0u8..);
        written
            .map(|((bytes, _), nth)| [&[nth, 1], &bytes[..]].concat())
            .collect()
    },
    run: |input| {
        let [nth, parts, bytes @ ..] = input else {
            return false;
        };
        let nth = usize::from(*nth) % WRITTEN.len();
        // Where it is says what it has asked for; only the frame is damaged.
        let mut rest = at_rest(nth + 1).expect("it waits");
        rest.bytes = bytes.to_vec();
        if *parts == 0 {
            rest.parts.clear();
        }
        panics::none(|| {
            Driver::new(InMemory::Cold)
                .resume::<CarriesCall>(rest)
                .is_ok()
        })
    },
};

//! Much that is kept: more than the store has in memory, so that tables are written, of some families little is
//! carried over, and journals go.

use undying::Result;
use undying::prelude::*;

use crate::client::Client;
use crate::works::Work;

pub(crate) const WORK: Work = Work {
    name: "tables",
    play: |client| Box::pin(play(client)),
    check: |client| Box::pin(check(client)),
};

const ALL: u64 = 300;

/// How long a text is: some are rows of their own, of the others many are written to a table together.
fn bytes(n: u64) -> usize {
    if n % 24 == 1 { 1_000_000 } else { 200_000 }
}

#[activity]
async fn count(text: String, byte: u8) -> usize {
    text.bytes().filter(|found| *found == byte).count()
}

/// Keeps the text while it is counted.
#[orchestration]
async fn keep(text: String) -> (usize, usize) {
    let zeros = count(text.clone(), b'0').await;
    let all = count(text.clone(), text.as_bytes()[0]).await;
    (zeros, all)
}

/// Digits that no compression makes small.
fn text(n: u64) -> String {
    let mut random = n + 1;
    let digits = std::iter::repeat_with(|| {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        char::from(b'0' + (random >> 40) as u8 % 10)
    });
    digits.take(bytes(n)).collect()
}

fn counted(text: &str) -> (usize, usize) {
    let of = |byte| text.bytes().filter(|found| *found == byte).count();
    (of(b'0'), of(text.as_bytes()[0]))
}

fn id(n: u64) -> String {
    format!("text-{n}")
}

async fn play(client: &Client) -> Result<()> {
    for n in 0..ALL {
        if client.is_purged(&id(n)) {
            client.purge(&id(n)).await?;
            continue;
        }
        let text = text(n);
        let expected = counted(&text);
        let found = client.run(&id(n), keep(text)).await?;
        assert_eq!(found, expected, "it was kept as it was");
        if n % 3 == 0 {
            client.purge(&id(n)).await?;
        }
    }
    Ok(())
}

async fn check(client: &Client) {
    let kept = (0..ALL).filter(|n| n % 3 != 0).map(id);
    let mut all = client.all().await;
    let mut expected: Vec<_> = kept.collect();
    all.sort();
    expected.sort();
    assert_eq!(all, expected);
}

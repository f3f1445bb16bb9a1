//! The values a type under trace is offered, tried in order until it takes one.

/// How often a type may refuse before the trace gives it up.
pub(super) const ATTEMPTS: u32 = 64;

pub(super) const NUMBERS: &[u8] = &[0, 1, 2, 3, 7, 10, 12, 24, 60, 100, 127];

/// Chosen so that the common textual types find one they parse.
pub(super) const TEXTS: &[&str] = &[
    "",
    "0",
    "a",
    "1970-01-01",
    "1970-01-01T00:00:00Z",
    "00:00:00",
    "1970-01-01T00:00:00",
    "1970-01-01 00:00:00",
    "00000000-0000-0000-0000-000000000000",
    "127.0.0.1",
    "::1",
    "127.0.0.1:80",
    "http://a.example/",
    "a@a.example",
    "0.0.0",
    "A",
    "en",
    "en-US",
    "UTC",
    "USD",
    "true",
    "0.0",
    "1",
    "0s",
    "PT0S",
    "/",
    "#000000",
    "AAAA",
    "00",
    "00000000",
    "a-b",
    "a/b",
    "a:b",
    "+10000000000",
    "00000000000000000000000000",
    "0000000000000000000000000000000000000000",
    "*",
    "* * * * *",
    "{}",
    "[]",
];

pub(super) const CHARS: &[char] = &['a', 'A', '0', ' ', '/', '\0', '\u{e9}'];

/// Zeros of these lengths.
pub(super) const BYTE_LENGTHS: &[usize] =
    &[0, 1, 4, 8, 12, 16, 20, 24, 28, 32, 33, 48, 64, 65, 96, 128];

pub(super) const ZEROS: &[u8] = &[0; 128];

pub(super) const LENGTHS: &[usize] = &[0, 1, 2, 3, 4, 8];

/// Which of `len` samples to take.
///
/// `draw` is the ordinal of this choice among those the refused value is made of. The first
/// attempts walk the list; a value made of several parts then gets scattered combinations, which
/// soon find one like `low < high`.
pub(super) fn pick(attempt: u32, draw: u32, alone: bool, len: usize) -> usize {
    if attempt == 0 || len == 0 {
        0
    } else if alone && (attempt as usize) < len {
        attempt as usize
    } else {
        scatter(attempt, draw) % len
    }
}

fn scatter(attempt: u32, draw: u32) -> usize {
    let mixed = (u64::from(attempt) << 32 | u64::from(draw)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 40) as usize
}

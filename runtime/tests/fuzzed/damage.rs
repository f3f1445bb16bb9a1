//! Random bytes, and valid ones with random damage.

use rand::RngExt;
use rand::rngs::StdRng;

/// Bytes that readers treat in their own way: signs of lengths, variants and versions.
const TELLING: [u8; 8] = [0, 1, 2, 8, 0x7f, 0x80, 0xfe, 0xff];

pub(crate) fn random(rng: &mut StdRng) -> Vec<u8> {
    let len = rng.random_range(0..128);
    // Small numbers come to more than large ones, which are lengths of what is not there.
    let below = [3, 24, 256][rng.random_range(0..3)];
    (0..len).map(|_| rng.random_range(0..below) as u8).collect()
}

pub(crate) fn damaged(valid: &[u8], other: &[u8], rng: &mut StdRng) -> Vec<u8> {
    let mut bytes = valid.to_vec();
    for _ in 0..rng.random_range(1..4) {
        once(&mut bytes, other, rng);
    }
    bytes
}

fn once(bytes: &mut Vec<u8>, other: &[u8], rng: &mut StdRng) {
    let at = rng.random_range(0..=bytes.len());
    let end = (at + rng.random_range(1..16)).min(bytes.len());
    match rng.random_range(0..9) {
        0 => bytes.truncate(at),
        1 => drop(bytes.drain(at..end)),
        2 => {
            let again = bytes[at..end].to_vec();
            bytes.splice(at..at, again);
        }
        3 => bytes.insert(at, TELLING[rng.random_range(0..TELLING.len())]),
        // The largest number there is.
        4 => drop(bytes.splice(at..at, [0xff; 9].into_iter().chain([1]))),
        5 if !other.is_empty() => {
            let from = rng.random_range(0..other.len());
            bytes.truncate(at);
            bytes.extend_from_slice(&other[from..]);
        }
        kind => {
            let Some(byte) = bytes.get_mut(at) else {
                return;
            };
            match kind {
                6 => *byte ^= 1 << rng.random_range(0..8),
                7 => *byte = byte.wrapping_add(1),
                _ => *byte = TELLING[rng.random_range(0..TELLING.len())],
            }
        }
    }
}

//! Seals: what is added to every stored value so that a wrong one is never served.
//!
//! A sealed value is `payload | commit sequence (8) | format (1) | crc32 (4)`, little endian. The
//! crc covers all before it and the row's key: a flipped bit, a value under another row's key and
//! a value of a strange format are all found when the row is read. The seal stands at the end so
//! that sealing can reuse the value's buffer.
//!
//! A [large](super::large) value has another format in its place: that it is elsewhere.

use super::{Bytes, StoreError};
use crate::planted::planted;

/// The bytes a seal adds. A value encoded with this much capacity to spare is sealed in place.
pub const SEAL_BYTES: usize = 13;

/// The format of sealed values this program writes and reads.
const FORMAT: u8 = 1;
/// The format of what stands for a value that is elsewhere: there is nothing but the seal.
const ELSEWHERE: u8 = 2;

/// Seals a value for its row.
pub(super) fn seal(key: &[u8], mut value: Bytes, sequence: u64) -> Bytes {
    value.reserve_exact(SEAL_BYTES);
    seal_behind(key, &mut value, 0, sequence);
    value
}

/// The same of what stands in `out` from `start` on.
pub(super) fn seal_behind(key: &[u8], out: &mut Bytes, start: usize, sequence: u64) {
    seal_as(FORMAT, key, out, start, sequence);
}

/// What stands for a value that is elsewhere.
pub(super) fn elsewhere(key: &[u8], sequence: u64) -> Bytes {
    let mut sealed = Bytes::with_capacity(SEAL_BYTES);
    seal_as(ELSEWHERE, key, &mut sealed, 0, sequence);
    sealed
}

fn seal_as(format: u8, key: &[u8], out: &mut Bytes, start: usize, sequence: u64) {
    out.extend_from_slice(&sequence.to_le_bytes());
    out.push(format);
    let crc = crc(key, &out[start..]);
    out.extend_from_slice(&crc.to_le_bytes());
}

/// Checks the seal of a row; answers the payload and the commit that wrote it.
///
/// # Errors
///
/// [`StoreError::Corrupt`] names the row.
pub(super) fn unseal<'a>(key: &[u8], sealed: &'a [u8]) -> Result<(&'a [u8], u64), StoreError> {
    let unknown = || corrupt(key, UNKNOWN_FORMAT);
    let (payload, sequence) = unseal_row(key, sealed)?;
    Ok((payload.ok_or_else(unknown)?, sequence))
}

/// The same of a row whose value may be elsewhere: then there is no payload.
///
/// # Errors
///
/// [`StoreError::Corrupt`] names the row.
pub(super) fn unseal_row<'a>(
    key: &[u8],
    sealed: &'a [u8],
) -> Result<(Option<&'a [u8]>, u64), StoreError> {
    let corrupt = |what| corrupt(key, what);
    let too_short = || corrupt("a value too short to be one");
    let (covered, sum) = sealed.split_last_chunk().ok_or_else(too_short)?;
    let (rest, [format]) = covered.split_last_chunk().ok_or_else(too_short)?;
    let (payload, sequence) = rest.split_last_chunk().ok_or_else(too_short)?;
    if crc(key, covered) != u32::from_le_bytes(*sum) && !planted!(CrcUnchecked) {
        return Err(corrupt("a value that fails its checksum"));
    }
    let payload = match *format {
        FORMAT => Some(payload),
        ELSEWHERE if payload.is_empty() => None,
        _ => return Err(corrupt(UNKNOWN_FORMAT)),
    };
    Ok((payload, u64::from_le_bytes(*sequence)))
}

const UNKNOWN_FORMAT: &str = "a value of a format this program does not know";

fn corrupt(key: &[u8], what: &str) -> StoreError {
    StoreError::Corrupt {
        what: what.into(),
        key: Some(key.to_vec()),
        remedy: "restore the store from a backup; the row is never served as it is",
    }
}

fn crc(key: &[u8], covered: &[u8]) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(covered);
    crc.update(key);
    crc.finalize()
}

/// Finds the whole rows under `key`, with `payload` bytes each, in raw bytes: where each ends, and the
/// commit that wrote it.
pub(super) fn find<'a>(
    key: &'a [u8],
    payload: usize,
    bytes: &'a [u8],
) -> impl Iterator<Item = (usize, u64)> + 'a {
    let len = key.len() + payload + SEAL_BYTES;
    bytes.windows(len).enumerate().filter_map(move |(at, row)| {
        let sealed = row.strip_prefix(key)?;
        let (_, sequence) = unseal(key, sealed).ok()?;
        Some((at + len, sequence))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_sealed_value_reads_back(key: Vec<u8>, value: Vec<u8>, sequence: u64) {
            let sealed = seal(&key, value.clone(), sequence);
            prop_assert_eq!(unseal(&key, &sealed).unwrap(), (&value[..], sequence));
        }

        #[test]
        fn any_flipped_bit_is_found(
            key: Vec<u8>,
            value: Vec<u8>,
            sequence: u64,
            at: prop::sample::Index,
            bit in 0..8,
        ) {
            let mut sealed = seal(&key, value, sequence);
            let at = at.index(sealed.len());
            sealed[at] ^= 1u8 << bit;
            prop_assert!(unseal(&key, &sealed).is_err());
        }

        #[test]
        fn a_value_under_another_key_is_found(x: Vec<u8>, y: Vec<u8>, value: Vec<u8>) {
            prop_assume!(x != y);
            prop_assert!(unseal(&y, &seal(&x, value, 1)).is_err());
        }

        #[test]
        fn a_value_that_is_elsewhere_is_none(key: Vec<u8>, sequence: u64) {
            let sealed = elsewhere(&key, sequence);
            prop_assert_eq!(unseal_row(&key, &sealed).unwrap(), (None, sequence));
            prop_assert!(unseal(&key, &sealed).is_err());
        }

        #[test]
        fn any_bytes_are_refused_or_a_seal(sealed: Vec<u8>) {
            prop_assert!(unseal(b"key", &sealed).is_err());
        }
    }

    #[test]
    fn a_value_of_a_later_format_is_refused() {
        let mut sealed = Vec::from(b"value");
        sealed.extend_from_slice(&1u64.to_le_bytes());
        sealed.push(ELSEWHERE + 1);
        sealed.extend_from_slice(&crc(b"key", &sealed).to_le_bytes());
        let error = unseal(b"key", &sealed).unwrap_err();
        assert!(error.to_string().contains("format"), "{error}");
    }
}

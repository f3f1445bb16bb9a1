//! Seals: what is added to every stored value so that a wrong one is never served.
//!
//! A sealed value is `payload | commit sequence (8) | crc32 (4) | format (1)`, little endian. The
//! crc covers the length and bytes of the key, the payload, the sequence and the format: a
//! flipped bit, a value under another row's key and a value of a strange format are all found
//! when the row is read. The seal stands at the end so that sealing can reuse the value's buffer.

use super::{Bytes, StoreError};

/// The bytes a seal adds. A value encoded with this much capacity to spare is sealed in place.
pub const SEAL_BYTES: usize = 13;

/// The format of sealed values this program writes and reads.
const FORMAT: u8 = 1;

/// Seals a value for its row.
pub(super) fn seal(key: &[u8], mut value: Bytes, sequence: u64) -> Bytes {
    let crc = crc(key, &value, sequence, FORMAT);
    value.reserve_exact(SEAL_BYTES);
    value.extend_from_slice(&sequence.to_le_bytes());
    value.extend_from_slice(&crc.to_le_bytes());
    value.push(FORMAT);
    value
}

/// Checks the seal of a row; answers the payload and the commit that wrote it.
///
/// # Errors
///
/// [`StoreError::Corrupt`] names the row.
pub(super) fn unseal<'a>(key: &[u8], sealed: &'a [u8]) -> Result<(&'a [u8], u64), StoreError> {
    let corrupt = |what: &str| StoreError::Corrupt {
        what: what.into(),
        key: Some(key.to_vec()),
        remedy: "restore the store from a backup; the row is never served as it is",
    };
    let (payload, seal) = sealed
        .split_last_chunk::<SEAL_BYTES>()
        .ok_or_else(|| corrupt("a value too short to be one"))?;
    let [s0, s1, s2, s3, s4, s5, s6, s7, c0, c1, c2, c3, format] = *seal;
    let sequence = u64::from_le_bytes([s0, s1, s2, s3, s4, s5, s6, s7]);
    if crc(key, payload, sequence, format) != u32::from_le_bytes([c0, c1, c2, c3]) {
        return Err(corrupt("a value that fails its checksum"));
    }
    if format != FORMAT {
        return Err(corrupt("a value of a format this program does not know"));
    }
    Ok((payload, sequence))
}

fn crc(key: &[u8], payload: &[u8], sequence: u64, format: u8) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&(key.len() as u64).to_le_bytes());
    crc.update(key);
    crc.update(payload);
    crc.update(&sequence.to_le_bytes());
    crc.update(&[format]);
    crc.finalize()
}

/// Finds the whole rows under `key` in raw bytes: where each ends, and the commit that wrote it.
pub(super) fn find<'a>(key: &'a [u8], bytes: &'a [u8]) -> impl Iterator<Item = (usize, u64)> + 'a {
    let len = key.len() + SEAL_BYTES;
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
        fn bytes_may_not_move_between_key_and_value(key: Vec<u8>, value in prop::collection::vec(0u8.., 1..9)) {
            let sealed = seal(&key, value, 1);
            let longer = [&key[..], &sealed[..1]].concat();
            prop_assert!(unseal(&longer, &sealed[1..]).is_err());
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
        sealed.extend_from_slice(&crc(b"key", b"value", 1, 2).to_le_bytes());
        sealed.push(2);
        let error = unseal(b"key", &sealed).unwrap_err();
        assert!(error.to_string().contains("format"), "{error}");
    }
}

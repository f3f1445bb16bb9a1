//! Promises about stored values.

mod changed;
mod described;
mod hostile;
mod json;
mod kept;
mod odd;
mod opaque;
mod random;
mod refused;
mod self_describing;
mod text;
mod traced;
mod unchanged;
mod validated;

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::trace::explore;
use super::{Schema, Stored, trace};

/// Writes a value as one type and reads it as another.
fn cast<Old, New>(old: &Old) -> Result<New, String>
where
    Old: Serialize + DeserializeOwned + 'static,
    New: DeserializeOwned + 'static,
{
    let stored = Stored::write(old).expect("a storable value");
    stored.read().map_err(|error| error.to_string())
}

/// Checks that what `old` meant is read as `new`.
#[track_caller]
fn becomes<Old, New>(old: Old, new: New)
where
    Old: Serialize + DeserializeOwned + 'static,
    New: DeserializeOwned + PartialEq + Debug + 'static,
{
    assert_eq!(cast::<Old, New>(&old), Ok(new));
}

/// Checks that `old` cannot be read as `New`, in words that contain each of `words`.
#[track_caller]
fn refuses<New>(old: impl Serialize + DeserializeOwned + 'static, words: &[&str])
where
    New: DeserializeOwned + Debug + 'static,
{
    match cast::<_, New>(&old) {
        Ok(new) => panic!("read as {new:?}"),
        Err(error) => {
            for word in words {
                assert!(error.contains(word), "no {word:?} in: {error}");
            }
        }
    }
}

/// Checks that a value is read back as it was written.
#[track_caller]
fn keeps<T: Serialize + DeserializeOwned + PartialEq + Debug + 'static>(value: T) {
    assert_eq!(cast::<T, T>(&value), Ok(value));
}

fn schema<T: DeserializeOwned>() -> Schema {
    trace::<T>().expect("a storable type")
}

/// Checks that the structure of `T` is known.
#[track_caller]
fn is_traced<T: DeserializeOwned>() {
    assert_eq!(explore::<T>().expect("a storable type").1, None);
}

/// Why the structure of `T` is unknown.
#[track_caller]
fn why_opaque<T: DeserializeOwned>() -> String {
    explore::<T>()
        .expect("a storable type")
        .1
        .expect("an opaque type")
}

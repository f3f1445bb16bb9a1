//! Small things that generated code says in a word.

/// An output that nobody takes: `must_use` is heard at the user's `.await`.
#[inline]
pub fn awaited<T>(output: T) -> T {
    output
}

/// The identity on types, through a lifetime: makes a bound on a concrete type one that is checked
/// only where it is used, so that types declared in a body need not all be serialisable.
pub trait Lazy<'a> {
    /// The type itself.
    type It: ?Sized;
}
impl<T: ?Sized> Lazy<'_> for T {
    type It = T;
}

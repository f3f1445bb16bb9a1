//! `SameType`: a local that is declared in several blocks has one type in all of them.

use std::marker::PhantomData;

/// Carries a type from one declaration of a local to the others: rustc sees them as several variables, and
/// would infer each alone, `i32` for the second of `let mut n = 0u8` and `n = 1`.
///
/// Of closures it carries `((arguments), result)`, since two printings of one closure have two types.
/// It is covariant, so that borrows of different lengths agree.
#[derive(Debug)]
pub struct SameType<T>(PhantomData<T>);

impl<T> Clone for SameType<T> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for SameType<T> {}

impl<T> SameType<T> {
    /// A type that is not known yet.
    #[inline]
    #[must_use]
    #[expect(
        clippy::new_without_default,
        reason = "only generated code makes these"
    )]
    pub fn new() -> Self {
        SameType(PhantomData)
    }

    /// This is a value of the type.
    #[inline]
    pub fn of(self, _: &T) {}

    /// Stands where a value is only typed.
    ///
    /// # Panics
    /// Always: generated code names it where control never comes.
    #[must_use]
    pub fn never(self) -> T {
        unreachable!("a value that is only typed")
    }
}

macro_rules! closures { ($($name:ident: $($A:ident)*;)*) => { $(
    impl<$($A,)* R> SameType<(($($A,)*), R)> {
        /// This is a closure with these arguments and this result.
        #[inline]
        pub fn $name<Z: FnOnce($($A),*) -> R>(self, _: &Z) {}
    }
)* } }
closures! { of0: ; of1: A; of2: A B; of3: A B C; of4: A B C D; of5: A B C D E; of6: A B C D E F; }

//! `primitive`: compound assignments whose order of evaluation depends on the type.

/// Types whose `op=` evaluates its right side first; overloaded operators evaluate the left first.
#[diagnostic::on_unimplemented(
    message = "the order of evaluation of this compound assignment depends on the type `{Self}`",
    label = "the place is computed before or after the `.await`",
    note = "await into a variable first, or bind the place to one"
)]
pub trait Primitive {}

macro_rules! primitives { ($($T:ty)*) => { $(
    #[diagnostic::do_not_recommend]
    impl Primitive for $T {}
)* } }
primitives!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64 bool);

/// The place itself.
#[inline]
pub fn primitive<T: Primitive>(place: &mut T) -> &mut T {
    place
}

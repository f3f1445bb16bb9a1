//! `twin!`: the same tokens as an ordinary `async fn` and as an orchestration, compared by a test.

/// Makes a test of one body.
///
/// - `twin! { async fn title(n: i64) -> T { .. } }`: effects in the plain order.
/// - `twin! { concurrent async fn ..}`, `raced`, `dropping` likewise: see `Effects`.
/// - `with { items }` before it: items of both sides; attributes of this crate are removed on the
///   plain side.
/// - `plain { items } machine { items }` before it: items of one side each.
/// - `call |n| title(..);` before it: how the entry is called, when it is generic.
macro_rules! twin {
    (@ $effects:ident {$($plain:tt)*} {$($machine:tt)*} with { $($both:tt)* } $($rest:tt)*) => {
        $crate::support::twin::twin! { @with $effects {$($plain)*} {$($machine)* $($both)*} {} {$($both)*} $($rest)* }
    };
    (@with $effects:ident {$($plain:tt)*} $machine:tt {$($out:tt)*} {} $($rest:tt)*) => {
        $crate::support::twin::twin! { @ $effects {$($plain)* $($out)*} $machine $($rest)* }
    };
    (@with $effects:ident $plain:tt $machine:tt $out:tt {#[resumable $($x:tt)*] $($in:tt)*} $($rest:tt)*) => {
        $crate::support::twin::twin! { @with $effects $plain $machine $out {$($in)*} $($rest)* }
    };
    (@with $effects:ident $plain:tt $machine:tt $out:tt {#[orchestration $($x:tt)*] $($in:tt)*} $($rest:tt)*) => {
        $crate::support::twin::twin! { @with $effects $plain $machine $out {$($in)*} $($rest)* }
    };
    (@with $effects:ident $plain:tt $machine:tt $out:tt {#[activity $($x:tt)*] $($in:tt)*} $($rest:tt)*) => {
        $crate::support::twin::twin! { @with $effects $plain $machine $out {$($in)*} $($rest)* }
    };
    (@with $effects:ident $plain:tt $machine:tt {$($out:tt)*} {$first:tt $($in:tt)*} $($rest:tt)*) => {
        $crate::support::twin::twin! { @with $effects $plain $machine {$($out)* $first} {$($in)*} $($rest)* }
    };
    (@ $effects:ident {$($plain:tt)*} {$($machine:tt)*} plain { $($p:tt)* } machine { $($m:tt)* } $($rest:tt)*) => {
        $crate::support::twin::twin! { @ $effects {$($plain)* $($p)*} {$($machine)* $($m)*} $($rest)* }
    };
    (@ $effects:ident {$($plain:tt)*} {$($machine:tt)*} async fn $title:ident $($body:tt)*) => {
        $crate::support::twin::twin! { @print $effects $title {$($plain)*} {$($machine)*} {|n| $title(n)} $($body)* }
    };
    (@ $effects:ident {$($plain:tt)*} {$($machine:tt)*} call $call:expr; async fn $title:ident $($body:tt)*) => {
        $crate::support::twin::twin! { @print $effects $title {$($plain)*} {$($machine)*} {$call} $($body)* }
    };
    (@print $effects:ident $title:ident {$($plain:tt)*} {$($machine:tt)*} {$call:expr} $($body:tt)*) => {
        #[allow(
            clippy::all, clippy::unwrap_used, clippy::todo, clippy::dbg_macro, unused, unsafe_code,
            while_true, for_loops_over_fallibles
        )]
        pub mod $title {
            mod plain {
                use $crate::support::plain::*;
                $($plain)*
                async fn $title $($body)*
                pub(super) fn run(n: i64) -> $crate::support::compare::Seen {
                    $crate::support::compare::plain(($call)(n))
                }
            }
            mod machine {
                use $crate::support::machine::*;
                use undying::{activity, orchestration, resumable};
                $($machine)*
                #[orchestration]
                async fn $title $($body)*
                pub(super) fn run(driver: undying::__private::Driver, n: i64) -> $crate::support::compare::Seen {
                    $crate::support::compare::machine(driver, ($call)(n))
                }
            }
            mod replayed {
                use $crate::support::machine::*;
                use undying::{activity, orchestration, resumable};
                $($machine)*
                #[orchestration(replay)]
                async fn $title $($body)*
                pub(super) fn run(driver: undying::__private::Driver, n: i64) -> $crate::support::compare::Seen {
                    $crate::support::compare::machine(driver, ($call)(n))
                }
            }
            /// Panics when they differ.
            pub fn compare() {
                use $crate::support::compare::{Effects, compare, compare_replayed};
                compare(Effects::$effects, &plain::run, &machine::run);
                compare_replayed(Effects::$effects, &plain::run, &replayed::run);
            }
            #[test]
            fn behaves_like_the_plain_body() {
                compare();
            }
        }
    };
    (concurrent $($rest:tt)*) => { $crate::support::twin::twin! { @ Concurrent {} {} $($rest)* } };
    (dropping $($rest:tt)*) => { $crate::support::twin::twin! { @ Dropping {} {} $($rest)* } };
    (raced $($rest:tt)*) => { $crate::support::twin::twin! { @ Raced {} {} $($rest)* } };
    ($($rest:tt)*) => { $crate::support::twin::twin! { @ Ordered {} {} $($rest)* } };
}
pub(crate) use twin;

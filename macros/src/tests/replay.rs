//! The body of a replayed orchestration, printed.

use expect_test::{Expect, expect};
use syn::{ItemFn, parse_quote};

use crate::diagnostics::Diagnostics;
use crate::item::{Flavour, Function};
use crate::replay;

/// The body of `async fn f(n: i64, s: String) -> R`.
#[track_caller]
fn check(body: &str, expected: Expect) {
    let block: syn::Block = syn::parse_str(&format!("{{ {body} }}")).expect("a body");
    let function: ItemFn = parse_quote!(async fn f(n: i64, s: String) -> R #block);
    let mut diag = Diagnostics::default();
    let function = Function::new(Flavour::Replayed, function, None, &mut diag).expect("a function");
    let replayed = replay::body(&function, &mut diag);
    assert!(diag.is_empty(), "{}", diag.into_tokens());
    let block = replayed.expect("nothing was refused");
    let printed = prettyplease::unparse(&parse_quote!(fn f() #block));
    expected.assert_eq(&printed);
}

#[test]
fn what_stands_before_an_await_becomes_a_future_over_the_call() {
    check(
        "let kept = &s; g(n).await? + h(g(kept.len()).await).await",
        expect![[r#"
            fn f() {
                let kept = &s;
                __rt::replayed(__undying, __rt::InOrchestration, g(n)).await?
                    + __rt::replayed(
                            __undying,
                            __rt::InOrchestration,
                            h(__rt::replayed(__undying, __rt::InOrchestration, g(kept.len())).await),
                        )
                        .await
            }
        "#]],
    );
}

#[test]
fn an_async_block_among_the_operands_becomes_a_branch_of_its_await() {
    check(
        "join((async { g(n).await }, list.map(|x| async move { g(x).await }))).await",
        expect![[r#"
            fn f() {
                {
                    let __forks = &__rt::Forks::new(__undying);
                    match join((
                        __forks
                            .branch(async {
                                __rt::replayed(__undying, __rt::InOrchestration, g(n)).await
                            }),
                        list
                            .map(|x| {
                                __forks
                                    .branch(async move {
                                        __rt::replayed(__undying, __rt::InOrchestration, g(x)).await
                                    })
                            }),
                    )) {
                        __call => __forks.awaited(__rt::InOrchestration, __call).await,
                    }
                }
            }
        "#]],
    );
}

#[test]
fn awaits_in_arguments_of_known_macros_are_seen() {
    check(
        "assert!(g(n).await, \"{}\", g(1).await); let v = vec![g(n).await; 3]; join!(g(n), matches!(g(n).await, Some(_)))",
        expect![[r#"
            fn f() {
                assert!(
                    __rt::replayed(__undying, __rt::InOrchestration, g(n)). await, "{}",
                    __rt::replayed(__undying, __rt::InOrchestration, g(1)). await
                );
                let v = vec![__rt::replayed(__undying, __rt::InOrchestration, g(n)). await; 3];
                __rt::replayed(
                        __undying,
                        __rt::InOrchestration,
                        ::undying::join((
                            g(n),
                            match __rt::replayed(__undying, __rt::InOrchestration, g(n)).await {
                                #[allow(unused_variables)]
                                Some(_) => true,
                                _ => false,
                            },
                        )),
                    )
                    .await
            }
        "#]],
    );
}

#[test]
fn what_awaits_nothing_stays_as_it_is() {
    check(
        "let later = async { n }; let f = move |x: i64| x + n; loop { break f(1) }",
        expect![[r#"
            fn f() {
                let later = async { n };
                let f = move |x: i64| x + n;
                loop {
                    break f(1);
                }
            }
        "#]],
    );
}

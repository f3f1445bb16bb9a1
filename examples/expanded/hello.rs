//! What `#[orchestration]` makes of `hello` in `src/bin/hello.rs`.

/// Killed at any instant and opened again, this goes on at the await where it was.
fn hello() -> ::undying::Orchestration<HelloCall> {
    ::undying::__private::orchestration::<HelloCall>(())
}
///The call of [`hello`](fn@hello).
struct HelloCall {
    #[allow(dead_code)]
    _never: ::core::convert::Infallible,
}
const _: () = {
    use ::undying::__private as __rt;
    impl __rt::Call for HelloCall {
        const NAME: &'static str = "hello";
        const PARAMETERS: &'static [&'static str] = &[];
        type Args = ();
        type Output = <__rt::Out<Vec<String>> as __rt::Returning>::Output;
        fn failed(
            failure: __rt::Failure,
        ) -> ::core::result::Result<Self::Output, __rt::Failure> {
            #[allow(unused_imports)]
            use __rt::{Absorbing as _, Plain as _, Refused as _};
            (&&&__rt::Returns::<Vec<String>>::new()).failed(failure)
        }
    }
    impl __rt::OrchestrationCall for HelloCall {
        type Machine = __rt::Root<Self>;
    }
    impl __rt::Body for HelloCall {
        const SLOTS: &'static [&'static str] = &["greetings", "for city index"];
        const POINTS: &'static [__rt::Point] = &[
            __rt::Point {
                name: "greet",
                live: &[0, 1],
            },
        ];
        #[allow(
            clippy::diverging_sub_expression,
            clippy::needless_late_init,
            clippy::let_and_return,
            clippy::let_unit_value
        )]
        fn step(
            __frame: &mut __rt::Frame<Self>,
            __turn: &mut __rt::Turn,
        ) -> __rt::Poll<Self::Output> {
            enum __Block {
                Start,
                Next,
                AfterGreet,
                After,
            }
            let ::core::option::Option::Some((__place, __slots, __waits)) = __frame
                .open(__turn, (__rt::slot(), __rt::slot()), (__rt::wait(),)) else {
                return __rt::Poll::Pending
            };
            let (__greetings_0, __cursor_2) = __slots;
            let (__wait0,) = __waits;
            let mut __block = match __place.point() {
                ::core::option::Option::None => __Block::Start,
                ::core::option::Option::Some(0) => __Block::AfterGreet,
                _ => return __place.lost(__turn),
            };
            '__machine: loop {
                match __block {
                    __Block::Start => '__arm: {
                        let () = __place.args();
                        #[allow(unused_mut)]
                        let mut greetings = Vec::new();
                        #[allow(unused_mut)]
                        let __cursor2 = 0usize;
                        #[allow(unreachable_code)]
                        {
                            __greetings_0.put(greetings);
                            __cursor_2.put(__cursor2);
                            __block = __Block::Next;
                        }
                        continue '__machine;
                    }
                    __Block::Next => '__arm: {
                        #[allow(unused_mut)]
                        let mut __cursor2 = __cursor_2.take();
                        if __rt::nth(["Tokyo", "Seattle", "London"], __cursor2).is_some()
                        {
                            __cursor2 += 1;
                            let city = __rt::here(
                                __rt::nth(["Tokyo", "Seattle", "London"], (__cursor2 - 1)),
                            );
                            let _ = &city;
                            let __call = greet(city.to_owned());
                            #[allow(unreachable_code)]
                            {
                                __cursor_2.put(__cursor2);
                                __wait0.begin(__rt::InOrchestration, __call, __turn);
                                __block = __Block::AfterGreet;
                            }
                            continue '__machine;
                        } else {
                            #[allow(unreachable_code)]
                            {
                                __block = __Block::After;
                            }
                            continue '__machine;
                        };
                    }
                    __Block::AfterGreet => '__arm: {
                        #[allow(unused_mut)]
                        let __rt::Poll::Ready(mut __greet3) = __wait0.poll(__turn) else {
                            return __place.wait(0)
                        };
                        #[allow(unused_mut)]
                        let mut greetings = __greetings_0.take();
                        greetings.push(__greet3);
                        #[allow(unreachable_code)]
                        {
                            __greetings_0.put(greetings);
                            __block = __Block::Next;
                        }
                        continue '__machine;
                    }
                    __Block::After => '__arm: {
                        #[allow(unused_mut)]
                        let mut greetings = __greetings_0.take();
                        let __result: Vec<String> = greetings;
                        #[allow(unreachable_code)]
                        {
                            return __rt::Poll::Ready(__result);
                        }
                    }
                }
            }
            #[allow(unreachable_code)]
            let () = {
                #[allow(unused_imports)]
                use __rt::Keep as _;
                __greetings_0.owned();
                __cursor_2.owned();
            };
        }
    }
    __rt::submit! {
        __rt::Entry::orchestration:: < HelloCall > (file!(), line!())
    }
};


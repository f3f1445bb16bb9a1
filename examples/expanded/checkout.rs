//! What `#[orchestration]` makes of `checkout` in `src/bin/order.rs`.

/// Holds the items, waits for approval, charges; gives everything back when that fails.
fn checkout(order: Order) -> ::undying::Orchestration<CheckoutCall> {
    ::undying::__private::orchestration::<
        CheckoutCall,
    >((::undying::__private::Arg(order),))
}
///The call of [`checkout`](fn@checkout).
struct CheckoutCall {
    #[allow(dead_code)]
    _never: ::core::convert::Infallible,
}
const _: () = {
    use ::undying::__private as __rt;
    impl __rt::Call for CheckoutCall {
        const NAME: &'static str = "checkout";
        const PARAMETERS: &'static [&'static str] = &["order"];
        type Args = (__rt::Arg<Order>,);
        type Output = <__rt::Out<
            Result<Receipt, OrderError>,
        > as __rt::Returning>::Output;
        fn failed(
            failure: __rt::Failure,
        ) -> ::core::result::Result<Self::Output, __rt::Failure> {
            #[allow(unused_imports)]
            use __rt::{Absorbing as _, Plain as _, Refused as _};
            (&&&__rt::Returns::<Result<Receipt, OrderError>>::new()).failed(failure)
        }
    }
    impl __rt::OrchestrationCall for CheckoutCall {}
    impl __rt::Body for CheckoutCall {
        const SLOTS: &'static [&'static str] = &[
            "order",
            "held",
            "paid",
            "for item",
            "for item index",
        ];
        const POINTS: &'static [__rt::Point] = &[
            __rt::Point {
                name: "reserve",
                live: &[0, 1, 3, 4],
            },
            __rt::Point {
                name: "race",
                live: &[0, 1],
            },
            __rt::Point {
                name: "charge",
                live: &[1],
            },
            __rt::Point {
                name: "join_all",
                live: &[2],
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
                AfterReserve,
                After,
                AfterRace,
                AfterCharge,
                Join,
                AfterJoinAll,
                Join2,
            }
            let ::core::option::Option::Some((__place, __slots, __waits)) = __frame
                .open(
                    __turn,
                    (
                        __rt::slot(),
                        __rt::slot(),
                        __rt::slot(),
                        __rt::worklist_slot(),
                        __rt::slot(),
                    ),
                    (__rt::wait(), __rt::wait(), __rt::wait(), __rt::wait()),
                ) else { return __rt::Poll::Pending };
            let (__order_0, __held_1, __paid_3, __cursor_4, __cursor_5) = __slots;
            let (__wait0, __wait1, __wait2, __wait3) = __waits;
            let mut __value_7 = __rt::Passing::empty();
            let mut __block = match __place.point() {
                ::core::option::Option::None => __Block::Start,
                ::core::option::Option::Some(0) => __Block::AfterReserve,
                ::core::option::Option::Some(1) => __Block::AfterRace,
                ::core::option::Option::Some(2) => __Block::AfterCharge,
                ::core::option::Option::Some(3) => __Block::AfterJoinAll,
                _ => return __place.lost(__turn),
            };
            '__machine: loop {
                match __block {
                    __Block::Start => '__arm: {
                        let (__rt::Arg(order),) = __place.args();
                        #[allow(unused_mut)]
                        let mut held = Vec::new();
                        #[allow(unused_mut)]
                        let __cursor4 = __rt::drain(order.items.clone());
                        #[allow(unused_mut)]
                        let __cursor5 = 0usize;
                        #[allow(unreachable_code)]
                        {
                            __order_0.put(order);
                            __held_1.put(held);
                            __cursor_4.put(__cursor4);
                            __cursor_5.put(__cursor5);
                            __block = __Block::Next;
                        }
                        continue '__machine;
                    }
                    __Block::Next => '__arm: {
                        #[allow(unused_mut)]
                        let mut __cursor5 = __cursor_5.take();
                        let ::core::option::Option::Some(item) = __rt::Worklist::next(
                            __cursor_4.get_mut(),
                            &mut __cursor5,
                        ) else {
                            #[allow(unreachable_code)]
                            {
                                __block = __Block::After;
                            }
                            continue '__machine;
                        };
                        let __call = reserve(item);
                        #[allow(unreachable_code)]
                        {
                            __cursor_5.put(__cursor5);
                            __wait0.begin(__rt::InOrchestration, __call, __turn);
                            __block = __Block::AfterReserve;
                        }
                        continue '__machine;
                    }
                    __Block::AfterReserve => '__arm: {
                        #[allow(unused_mut)]
                        let __rt::Poll::Ready(mut __reserve6) = __wait0.poll(__turn)
                        else { return __place.wait(0) };
                        #[allow(unused_mut)]
                        let mut held = __held_1.take();
                        held.push(
                            match __rt::Question::branch(__reserve6) {
                                __rt::ControlFlow::Continue(__value) => __value,
                                __rt::ControlFlow::Break(__value) => {
                                    return __rt::Poll::Ready(
                                        (move || -> Result<Receipt, OrderError> {
                                            match __value? {}
                                        })(),
                                    );
                                }
                            },
                        );
                        #[allow(unreachable_code)]
                        {
                            __held_1.put(held);
                            __block = __Block::Next;
                        }
                        continue '__machine;
                    }
                    __Block::After => '__arm: {
                        #[allow(unused_mut)]
                        let order = __order_0.take();
                        let __call = race((approve(order.id), sleep(secs(3))));
                        #[allow(unreachable_code)]
                        {
                            __order_0.put(order);
                            __wait1.begin(__rt::InOrchestration, __call, __turn);
                            __block = __Block::AfterRace;
                        }
                        continue '__machine;
                    }
                    __Block::AfterRace => '__arm: {
                        #[allow(unused_mut)]
                        let __rt::Poll::Ready(mut __race8) = __wait1.poll(__turn) else {
                            return __place.wait(1)
                        };
                        #[allow(unused_mut)]
                        let order = __order_0.take();
                        match __race8 {
                            Either::First(true) => {
                                let __call = charge(order);
                                #[allow(unreachable_code)]
                                {
                                    __wait2.begin(__rt::InOrchestration, __call, __turn);
                                    __block = __Block::AfterCharge;
                                }
                                continue '__machine;
                            }
                            _ => {
                                #[allow(unused_mut)]
                                let __value7 = Err(OrderError::NotApproved);
                                #[allow(unreachable_code)]
                                {
                                    __value_7.put(__value7);
                                    __block = __Block::Join;
                                }
                                continue '__machine;
                            }
                        };
                    }
                    __Block::AfterCharge => '__arm: {
                        #[allow(unused_mut)]
                        let __rt::Poll::Ready(mut __charge9) = __wait2.poll(__turn) else {
                            return __place.wait(2)
                        };
                        #[allow(unused_mut)]
                        let __value7 = __charge9;
                        #[allow(unreachable_code)]
                        {
                            __value_7.put(__value7);
                            __block = __Block::Join;
                        }
                        continue '__machine;
                    }
                    __Block::Join => '__arm: {
                        #[allow(unused_mut)]
                        let mut held = __held_1.take();
                        #[allow(unused_mut)]
                        let mut __value7 = __value_7.take();
                        let paid = __value7;
                        if paid.is_err() {
                            let __call = join_all(held.into_iter().map(release));
                            #[allow(unreachable_code)]
                            {
                                __paid_3.put(paid);
                                __wait3.begin(__rt::InOrchestration, __call, __turn);
                                __block = __Block::AfterJoinAll;
                            }
                            continue '__machine;
                        } else {
                            #[allow(unreachable_code)]
                            {
                                __paid_3.put(paid);
                                __block = __Block::Join2;
                            }
                            continue '__machine;
                        };
                    }
                    __Block::AfterJoinAll => '__arm: {
                        #[allow(unused_mut)]
                        let __rt::Poll::Ready(mut __join_all10) = __wait3.poll(__turn)
                        else { return __place.wait(3) };
                        __rt::awaited(__join_all10);
                        #[allow(unreachable_code)]
                        {
                            __block = __Block::Join2;
                        }
                        continue '__machine;
                    }
                    __Block::Join2 => '__arm: {
                        #[allow(unused_mut)]
                        let paid = __paid_3.take();
                        let __result: Result<Receipt, OrderError> = paid;
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
                __order_0.owned();
                __held_1.owned();
                __paid_3.owned();
                __cursor_4.owned();
                __cursor_5.owned();
            };
        }
    }
    __rt::submit! {
        __rt::Entry::orchestration:: < CheckoutCall > (file!(), line!())
    }
};


//! What `#[orchestration]` makes of `checkout` in `src/bin/order.rs`.

/// Holds the items, waits for approval, charges; gives everything back when any of that fails.
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
    impl __rt::OrchestrationCall for CheckoutCall {
        type Machine = __rt::Root<Self>;
    }
    impl __rt::Body for CheckoutCall {
        const SLOTS: &'static [&'static str] = &[
            "order",
            "saga",
            "paid",
            "for item",
            "for item index",
        ];
        const POINTS: &'static [__rt::Point] = &[
            __rt::Point {
                name: "__undying_b1",
                live: &[1],
            },
            __rt::Point {
                name: "compensate",
                live: &[2],
            },
            __rt::Point {
                name: "reserve",
                live: &[0, 1, 3, 4],
            },
            __rt::Point {
                name: "race",
                live: &[0],
            },
            __rt::Point {
                name: "charge",
                live: &[],
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
                AfterUndyingB1,
                AfterCompensate,
                Join,
            }
            enum __Block1 {
                Start2,
                Next,
                AfterReserve,
                After,
                AfterRace,
                AfterCharge,
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
                    (
                        __rt::wait(),
                        __rt::wait(),
                        __rt::wait(),
                        __rt::wait(),
                        __rt::wait(),
                    ),
                ) else { return __rt::Poll::Pending };
            let (__order_0, __saga_1, __paid_3, __cursor_4, __cursor_5) = __slots;
            let (__wait0, __wait1, __wait2, __wait3, __wait4) = __waits;
            let __fork1 = __rt::Fork::new(1);
            let mut __block = match __place.point() {
                ::core::option::Option::None => __Block::Start,
                ::core::option::Option::Some(0) => __Block::AfterUndyingB1,
                ::core::option::Option::Some(1) => __Block::AfterCompensate,
                _ => return __place.lost(__turn),
            };
            '__machine: loop {
                match __block {
                    __Block::Start => '__arm: {
                        let (__rt::Arg(order),) = __place.args();
                        #[allow(unused_mut)]
                        let mut saga = Saga::new();
                        let __call = { __fork1.start(__place) };
                        #[allow(unreachable_code)]
                        {
                            __order_0.put(order);
                            __saga_1.put(saga);
                            __wait0.begin(__rt::InOrchestration, __call, __turn);
                            __block = __Block::AfterUndyingB1;
                        }
                        continue '__machine;
                    }
                    __Block::AfterUndyingB1 => '__arm: {
                        if let ::core::option::Option::Some(__block1) = __fork1
                            .place(&[2, 3, 4], __place)
                        {
                            let mut __block1 = match __block1 {
                                ::core::option::Option::Some(2) => __Block1::AfterReserve,
                                ::core::option::Option::Some(3) => __Block1::AfterRace,
                                ::core::option::Option::Some(4) => __Block1::AfterCharge,
                                _ => __Block1::Start2,
                            };
                            '__machine1: loop {
                                match __block1 {
                                    __Block1::Start2 => '__arm1: {
                                        #[allow(unused_mut)]
                                        let order = __order_0.take();
                                        #[allow(unused_mut)]
                                        let __cursor4 = __rt::drain(order.items.clone());
                                        #[allow(unused_mut)]
                                        let __cursor5 = 0usize;
                                        #[allow(unreachable_code)]
                                        {
                                            __order_0.put(order);
                                            __cursor_4.put(__cursor4);
                                            __cursor_5.put(__cursor5);
                                            __block1 = __Block1::Next;
                                        }
                                        continue '__machine1;
                                    }
                                    __Block1::Next => '__arm1: {
                                        #[allow(unused_mut)]
                                        let mut __cursor5 = __cursor_5.take();
                                        let ::core::option::Option::Some(item) = __rt::Worklist::next(
                                            __cursor_4.get_mut(),
                                            &mut __cursor5,
                                        ) else {
                                            #[allow(unreachable_code)]
                                            {
                                                __block1 = __Block1::After;
                                            }
                                            continue '__machine1;
                                        };
                                        let __call = reserve(item);
                                        #[allow(unreachable_code)]
                                        {
                                            __cursor_5.put(__cursor5);
                                            __wait2.begin(__rt::InOrchestration, __call, __turn);
                                            __block1 = __Block1::AfterReserve;
                                        }
                                        continue '__machine1;
                                    }
                                    __Block1::AfterReserve => '__arm1: {
                                        #[allow(unused_mut)]
                                        let __rt::Poll::Ready(mut __reserve6) = __wait2.poll(__turn)
                                        else {
                                            {
                                                __fork1.wait(2, __place, __turn);
                                                break '__machine1;
                                            }
                                        };
                                        #[allow(unused_mut)]
                                        let mut saga = __saga_1.take();
                                        saga.undo_with(
                                            release(
                                                match __rt::Question::branch(__reserve6) {
                                                    __rt::ControlFlow::Continue(__value) => __value,
                                                    __rt::ControlFlow::Break(__value) => {
                                                        let __result = (move || { match __value? {} })();
                                                        __saga_1.put(saga);
                                                        __fork1.finish(__result, __place, __turn);
                                                        break '__machine1;
                                                    }
                                                },
                                            ),
                                        );
                                        #[allow(unreachable_code)]
                                        {
                                            __saga_1.put(saga);
                                            __block1 = __Block1::Next;
                                        }
                                        continue '__machine1;
                                    }
                                    __Block1::After => '__arm1: {
                                        #[allow(unused_mut)]
                                        let order = __order_0.take();
                                        let __call = race((approve(order.id), sleep(secs(3))));
                                        #[allow(unreachable_code)]
                                        {
                                            __order_0.put(order);
                                            __wait3.begin(__rt::InOrchestration, __call, __turn);
                                            __block1 = __Block1::AfterRace;
                                        }
                                        continue '__machine1;
                                    }
                                    __Block1::AfterRace => '__arm1: {
                                        #[allow(unused_mut)]
                                        let __rt::Poll::Ready(mut __race7) = __wait3.poll(__turn)
                                        else {
                                            {
                                                __fork1.wait(3, __place, __turn);
                                                break '__machine1;
                                            }
                                        };
                                        #[allow(unused_mut)]
                                        let order = __order_0.take();
                                        match __race7 {
                                            Either::First(true) => {
                                                let __call = charge(order);
                                                #[allow(unreachable_code)]
                                                {
                                                    __wait4.begin(__rt::InOrchestration, __call, __turn);
                                                    __block1 = __Block1::AfterCharge;
                                                }
                                                continue '__machine1;
                                            }
                                            _ => {
                                                let __result = Err(OrderError::NotApproved);
                                                #[allow(unreachable_code)]
                                                {
                                                    __fork1.finish(__result, __place, __turn);
                                                    break '__machine1;
                                                }
                                            }
                                        };
                                    }
                                    __Block1::AfterCharge => '__arm1: {
                                        #[allow(unused_mut)]
                                        let __rt::Poll::Ready(mut __charge8) = __wait4.poll(__turn)
                                        else {
                                            {
                                                __fork1.wait(4, __place, __turn);
                                                break '__machine1;
                                            }
                                        };
                                        let __result = __charge8;
                                        #[allow(unreachable_code)]
                                        {
                                            __fork1.finish(__result, __place, __turn);
                                            break '__machine1;
                                        }
                                    }
                                }
                            }
                        }
                        let __polled = __wait0.poll(__turn);
                        if __fork1.is_over(__polled.is_ready(), __place, __turn) {
                            __rt::AnyWait::cancel(&mut *__wait2, __turn);
                            __rt::AnyWait::cancel(&mut *__wait3, __turn);
                            __rt::AnyWait::cancel(&mut *__wait4, __turn);
                        }
                        #[allow(unused_mut)]
                        let __rt::Poll::Ready(mut ____undying_b19) = __polled else {
                            return __place.wait(0)
                        };
                        #[allow(unused_mut)]
                        let mut saga = __saga_1.take();
                        let paid = ____undying_b19;
                        if paid.is_err() {
                            let __call = saga.compensate();
                            #[allow(unreachable_code)]
                            {
                                __paid_3.put(paid);
                                __wait1.begin(__rt::InOrchestration, __call, __turn);
                                __block = __Block::AfterCompensate;
                            }
                            continue '__machine;
                        } else {
                            #[allow(unreachable_code)]
                            {
                                __paid_3.put(paid);
                                __block = __Block::Join;
                            }
                            continue '__machine;
                        };
                    }
                    __Block::AfterCompensate => '__arm: {
                        #[allow(unused_mut)]
                        let __rt::Poll::Ready(mut __compensate10) = __wait1.poll(__turn)
                        else { return __place.wait(1) };
                        match __rt::Question::branch(__compensate10) {
                            __rt::ControlFlow::Continue(__value) => __value,
                            __rt::ControlFlow::Break(__value) => {
                                return __rt::Poll::Ready(
                                    (move || -> Result<Receipt, OrderError> {
                                        match __value? {}
                                    })(),
                                );
                            }
                        };
                        #[allow(unreachable_code)]
                        {
                            __block = __Block::Join;
                        }
                        continue '__machine;
                    }
                    __Block::Join => '__arm: {
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
                __saga_1.owned();
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


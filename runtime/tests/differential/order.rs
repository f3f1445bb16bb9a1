//! Evaluation order: what is written first happens first, awaits or not.

use crate::support::twin::twin;

twin! {
    async fn arguments_left_to_right(n: i64) -> i64 {
        fn sub(a: i64, b: i64, c: i64, d: i64) -> i64 { a - b * c - d }
        sub(tr(1), inc(tr(n)).await, tr(3), inc(tr(4)).await)
    }
}

twin! {
    async fn the_callee_before_its_arguments(n: i64) -> i64 {
        fn pick(k: i64) -> fn(i64, i64) -> i64 {
            fn plus(a: i64, b: i64) -> i64 { a + b }
            log(("pick", k));
            plus
        }
        let a = tr(1);
        pick(1)(tr(2), a) + inc(n).await
    }
}

twin! {
    async fn a_receiver_before_its_arguments(n: i64) -> i64 {
        tr(5i64).max(inc(n).await).min(tr(100)) + tr(3i64).pow(inc(tr(0)).await as u32)
    }
}

twin! {
    async fn two_phase_borrow_of_a_receiver(n: i64) -> Vec<i64> {
        let mut list = vec![n];
        list.push(inc(list.len() as i64).await);
        list.push(list.len() as i64 + inc(1).await);
        let end = list.len();
        list.insert(end - 1, inc(list[0]).await);
        list
    }
}

twin! {
    async fn operators_left_to_right(n: i64) -> i64 {
        tr(1) + inc(tr(2)).await * tr(3) - inc(n).await + tr(4) * inc(tr(5)).await
    }
}

twin! {
    async fn a_copy_is_taken_before_a_later_mutation(n: i64) -> i64 {
        let mut k = n;
        let list = [k, 7];
        k * 10 + { k += 1; inc(k).await } - k + list[(inc(0).await - 1) as usize]
    }
}

twin! {
    async fn an_element_is_copied_before_a_later_assignment(n: i64) -> i64 {
        let mut list = [1, n];
        list[0] + { list[0] = 5; inc(1).await } + list[0] * 10
    }
}

twin! {
    async fn a_field_is_copied_before_a_later_assignment(n: i64) -> i64 {
        struct Pair { a: i64, b: i64 }
        let mut pair = Pair { a: n, b: 2 };
        pair.a * 100 + { pair.a += inc(pair.b).await; pair.a } + pair.a
    }
}

twin! {
    async fn tuple_items_left_to_right(n: i64) -> (i64, i64, i64, i64) {
        (tr(1), inc(tr(2)).await, tr(n), inc(4).await)
    }
}

twin! {
    async fn array_items_left_to_right(n: i64) -> [i64; 4] {
        [inc(1).await, tr(2), inc(n).await, tr(4)]
    }
}

twin! {
    async fn fields_in_the_order_written(n: i64) -> (i64, i64, i64) {
        struct Three { a: i64, b: i64, c: i64 }
        fn rest() -> Three { log("rest"); Three { a: 0, b: 0, c: 9 } }
        let three = Three { b: tr(1), a: inc(n).await, ..rest() };
        let c = inc(three.c).await;
        let again = Three { c, b: tr(2), ..three };
        (again.a, again.b, inc(again.c).await)
    }
}

twin! {
    async fn an_index_after_its_base(n: i64) -> i64 {
        fn base(n: i64) -> Vec<i64> { log("base"); vec![n, n + 1] }
        base(n)[tr(1) as usize] + base(n)[(inc(tr(0)).await - 1) as usize]
    }
}

twin! {
    async fn range_bounds_left_to_right(n: i64) -> i64 {
        let range = tr(n)..inc(tr(n)).await + tr(2);
        range.end - range.start
    }
}

twin! {
    async fn a_moved_operand_stays_moved(n: i64) -> (Vec<i64>, usize) {
        fn cat(mut a: Vec<i64>, x: i64, b: Vec<i64>) -> Vec<i64> { a.push(x); a.extend(b); a }
        let a = vec![1];
        let b = vec![2];
        let first = cat(a, inc(n).await, b.clone());
        let second = cat(first.clone(), inc(2).await, b);
        (second, first.len())
    }
}

twin! {
    async fn macro_arguments_left_to_right(n: i64) -> String {
        format!("{}{}{}{}", tr(1), inc(tr(2)).await, tr(n), inc(4).await)
    }
}

twin! {
    async fn short_circuits_skip_effects(n: i64) -> bool {
        (tr(n) > 3 && inc(tr(1)).await > tr(0)) || (tr(n) < 2 || inc(tr(9)).await == tr(10))
    }
}

twin! {
    async fn a_condition_before_its_branches(n: i64) -> i64 {
        tr(1) + if tr(n) > inc(3).await { tr(10) } else { inc(tr(20)).await } + tr(3)
    }
}

twin! {
    async fn a_scrutinee_before_its_arms(n: i64) -> i64 {
        tr(1) + match inc(tr(n)).await { k if tr(k) > 4 => tr(k), k => inc(tr(k)).await } + tr(2)
    }
}

twin! {
    async fn operands_of_operands(n: i64) -> i64 {
        fn two(a: i64, b: i64) -> i64 { log(("two", a, b)); a - b }
        two(two(tr(1), inc(n).await), two(inc(tr(2)).await, two(tr(3), inc(4).await)))
    }
}

twin! {
    async fn a_pure_operand_may_not_move_past_its_mutation(n: i64) -> (i64, i64) {
        let mut a = n;
        let mut b = 1;
        let sum = a + b + { a += inc(1).await; b *= 2; a } + a + b;
        (sum, a + b)
    }
}

twin! {
    async fn a_clone_in_an_argument_happens_before_the_await(n: i64) -> (String, String) {
        fn both(a: String, b: i64, c: String) -> (String, String) { (a + &b.to_string(), c) }
        let mut text = format!("a{n}");
        both(text.clone(), { text.push('!'); inc(n).await }, text)
    }
}

twin! {
    async fn asserts_evaluate_their_message_last(n: i64) -> i64 {
        assert!(inc(n).await > n, "never {}", inc(100).await);
        assert_eq!(inc(1).await, 2, "never {}", inc(200).await);
        assert_ne!(inc(tr(1)).await, tr(5));
        n
    }
}

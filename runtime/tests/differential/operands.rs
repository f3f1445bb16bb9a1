//! Awaits inside expressions: arguments, receivers, operators, indices, literals, casts.

use crate::support::twin::twin;

twin! {
    async fn arguments_of_a_function(n: i64) -> i64 {
        fn mix(a: i64, b: i64, c: i64) -> i64 { a * 100 + b * 10 + c }
        mix(inc(n).await, n, inc(n + 1).await)
    }
}

twin! {
    async fn an_argument_of_an_awaited_call(n: i64) -> i64 {
        inc(inc(inc(n).await).await + inc(2).await).await
    }
}

twin! {
    async fn arguments_of_a_method(n: i64) -> Vec<i64> {
        let mut list = vec![n];
        list.push(inc(n).await);
        list.insert(inc(-1).await as usize, inc(7).await);
        list.extend([inc(1).await, 2, inc(3).await]);
        list
    }
}

twin! {
    async fn an_awaited_receiver(n: i64) -> String {
        name(n).await.to_uppercase() + name(n + 1).await.trim_start_matches('n')
    }
}

twin! {
    async fn a_chain_of_methods_with_awaits(n: i64) -> Option<i64> {
        find(n % 4).await.map(|k| k + 1).filter(|k| k % 2 == 0).or(find(n - 5).await).and(check(n - 2).await.ok())
    }
}

twin! {
    async fn a_mutable_method_on_an_awaited_value(n: i64) -> i64 {
        find(n).await.as_mut().map(|k| { *k += 1; *k }).unwrap_or(4)
            + vec![inc(1).await, 2].iter_mut().map(|k| { *k += 1; *k }).sum::<i64>()
    }
}

twin! {
    async fn a_collection_receiver_made_before_the_await(n: i64) -> Vec<i64> {
        vec![n, 1].repeat(inc(1).await as usize)
    }
}

twin! {
    async fn arithmetic_of_awaits(n: i64) -> i64 {
        inc(n).await * inc(2).await - inc(n - 1).await / inc(1).await + inc(10).await % 4
    }
}

twin! {
    async fn unary_operators(n: i64) -> (i64, bool, i64) {
        (-inc(n).await, !odd(n).await, !inc(n).await)
    }
}

twin! {
    async fn bit_operators_and_shifts(n: i64) -> i64 {
        (inc(n).await << 2 | inc(1).await) ^ (inc(n).await & 3) >> inc(0).await
    }
}

twin! {
    async fn comparisons(n: i64) -> Vec<bool> {
        let text = name(3).await;
        vec![
            inc(n).await < inc(3).await,
            text == name(n).await,
            name(n).await != text,
            text <= name(n).await && text.len() as i64 >= n,
        ]
    }
}

twin! {
    async fn a_comparison_does_not_move(n: i64) -> (bool, String) {
        let text = format!("n{n}");
        let same = text == name(n - 1).await && text < name(1).await;
        (same, text)
    }
}

twin! {
    async fn an_index_of_an_awaited_vector(n: i64) -> i64 {
        many(3).await[inc(n).await as usize % 3] + many(5).await[2]
    }
}

twin! {
    async fn slices_by_awaited_ranges(n: i64) -> Vec<i64> {
        let list = vec![0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
        list[n as usize..inc(n).await as usize].to_vec()
    }
}

twin! {
    async fn ranges_of_awaits(n: i64) -> (i64, bool, usize) {
        let range = inc(n).await..inc(n + 2).await;
        let length = range.end - range.start;
        let within = (inc(0).await..=inc(n).await).contains(&3);
        (length, within, (..inc(n).await).end as usize)
    }
}

twin! {
    async fn casts(n: i64) -> (u8, f64, usize, char) {
        (inc(n).await as u8, inc(n).await as f64 / 2.0, (inc(n).await as i32 - 20).unsigned_abs() as usize, inc(n + 96).await as u8 as char)
    }
}

twin! {
    async fn tuples_and_fields(n: i64) -> i64 {
        let pair = (inc(n).await, (inc(n + 1).await, n));
        (pair.1.0, inc(9).await).1 + pair.0 + pair.1.1
    }
}

twin! {
    async fn arrays_and_repeats(n: i64) -> Vec<i64> {
        let list = [inc(n).await, 5, inc(n + 1).await];
        let same = [inc(n).await; 3];
        let nested = [[inc(1).await; 2]; 2];
        list.into_iter().chain(same).chain(nested[1]).collect()
    }
}

twin! {
    async fn struct_literals(n: i64) -> String {
        #[derive(Debug, Default)]
        struct Parcel { id: i64, stops: Vec<i64>, to: Option<String> }
        let id = inc(n).await;
        let parcel = Parcel { id, to: Some(name(id).await), stops: vec![inc(1).await] };
        ping().await;
        format!("{parcel:?}")
    }
}

twin! {
    async fn struct_updates(n: i64) -> String {
        #[derive(Debug, Default, Clone)]
        struct Crate { id: i64, items: Vec<i64>, label: String }
        let base = Crate { id: inc(n).await, ..Default::default() };
        let second = Crate { items: vec![inc(base.id).await], ..base.clone() };
        let third = Crate { label: name(1).await, ..second };
        let Crate { id, ref items, .. } = third;
        inc(id).await;
        format!("{id}{items:?}{}{base:?}", third.label)
    }
}

twin! {
    async fn enum_constructors(n: i64) -> Option<Result<i64, String>> {
        if n > 4 { Some(Ok(inc(n).await)) } else { Some(Err(name(n).await)) }
    }
}

twin! {
    async fn references_to_awaited_values(n: i64) -> usize {
        fn size(text: &str, list: &[i64], k: &i64) -> usize { text.len() + list.len() + *k as usize }
        size(&name(n).await, &many(n).await, &inc(n).await)
    }
}

twin! {
    async fn borrowed_temporaries_beside_awaits(n: i64) -> usize {
        fn pad(name: &str, k: i64, list: &[i64], tail: &str) -> usize {
            name.len() + k as usize + list.len() + tail.len()
        }
        pad(&format!("x{n}"), inc(n).await, &vec![n; 2], format!("{n}").as_str())
            + pad("lit", 1, &[inc(1).await], "t")
            + pad(format!("y{n}").as_str(), inc(1).await, &[n, 2], &"z".repeat(3))
    }
}

twin! {
    async fn dereferences(n: i64) -> i64 {
        let boxed = Box::new(n);
        let kept = &n;
        *boxed + inc(*boxed).await + *Box::new(inc(*kept).await)
    }
}

twin! {
    async fn parentheses_and_blocks_as_operands(n: i64) -> i64 {
        ((inc(n).await)) + { inc(1).await } * (if n > 2 { 1 } else { inc(2).await }) - { let k = inc(n).await; k }
    }
}

twin! {
    async fn calls_of_generic_functions(n: i64) -> Vec<i64> {
        std::iter::repeat_n(inc(1).await, inc(n).await as usize).chain(Some(n)).collect::<Vec<i64>>()
    }
}

twin! {
    async fn an_associated_function_and_a_path(n: i64) -> i64 {
        i64::max(inc(n).await, 4) + <i64 as std::ops::Add>::add(inc(1).await, 2) + Vec::<i64>::with_capacity(inc(3).await as usize).len() as i64
    }
}

twin! {
    async fn a_closure_called_with_awaits(n: i64) -> i64 {
        let add = |a: i64, b: i64| a + b;
        add(inc(n).await, (|k: i64| k * 2)(inc(1).await))
    }
}

twin! {
    async fn a_description_is_made_first_and_awaited_later(n: i64) -> i64 {
        let more = n + 1;
        let first = inc(inc(more).await).await;
        let second = { inc(first) }.await;
        (inc(second)).await
    }
}

twin! {
    async fn a_call_chosen_by_an_if_is_awaited(n: i64) -> i64 {
        (if n > 4 { inc(n) } else { inc(n * 10) }).await + match n { 0 => inc(0), _ => inc(-n) }.await
    }
}

twin! {
    async fn indices(n: i64) -> i64 {
        let list = [10, 20, 30];
        let table = vec![vec![1, 2], vec![3, 4]];
        list[inc(n).await as usize % 3] + table[inc(0).await as usize][inc(n).await as usize % 2]
    }
}

twin! {
    async fn an_index_out_of_bounds_panics_before_the_next_await(n: i64) -> i64 {
        let table = vec![vec![1, 2], vec![3, 4]];
        table[inc(n).await as usize % 3][inc(n).await as usize % 2]
    }
}

twin! {
    async fn ranges_of_a_place_are_found_again(n: i64) -> usize {
        let text = String::from("0123456789");
        let mut from = 1;
        from += n as usize % 3;
        text[from..].find(name(inc(n).await).await.as_str()).unwrap_or_default()
            + text[inc(1).await as usize..].len()
    }
}

twin! {
    async fn a_key_is_borrowed_again(n: i64) -> bool {
        let key = String::from("k");
        let map = std::collections::BTreeMap::from([(key.clone(), name(n).await)]);
        map[&key].contains(name(n).await.as_str())
    }
}

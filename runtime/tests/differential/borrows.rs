//! Borrows that live across awaits: they are made again where they are used.

use crate::support::twin::twin;

twin! {
    async fn of_a_local(n: i64) -> i64 {
        let kept = n * 2;
        let view = &kept;
        inc(*view).await;
        ping().await;
        *view + kept
    }
}

twin! {
    async fn mutable_of_a_local(n: i64) -> Vec<i64> {
        let mut list = vec![1];
        let view = &mut list;
        view.push(2);
        inc(n).await;
        view.push(n);
        ping().await;
        view.push(4);
        list
    }
}

twin! {
    async fn of_fields_and_elements(n: i64) -> i64 {
        struct Order { lines: Vec<i64>, to: (String, i64) }
        let order = Order { lines: vec![n, 2, 3], to: (format!("t{n}"), 4) };
        let first = &order.lines[0];
        let tail = &order.lines[1..];
        let text = &order.to.0;
        let k = 2;
        let kth = &order.lines[k];
        inc(*first).await;
        inc(tail.len() as i64).await;
        *first + tail[0] + *kth + text.len() as i64 + order.to.1
    }
}

twin! {
    async fn a_string_slice_of_a_local(n: i64) -> usize {
        let text = format!(" n{n} ");
        let all = text.as_str();
        let bytes = text.as_bytes();
        inc(n).await;
        let length = all.len() + all.trim().len();
        ping().await;
        length + bytes.len()
    }
}

twin! {
    async fn as_ref_and_as_deref(n: i64) -> usize {
        let maybe = if n > 2 { Some(name(n).await) } else { None };
        let by_ref = maybe.as_ref();
        let by_deref = maybe.as_deref();
        inc(n).await;
        by_ref.map_or(0, |t| t.len()) * 10 + by_deref.map_or(0, str::len) + maybe.iter().count()
    }
}

twin! {
    async fn as_mut_of_an_option(n: i64) -> Option<i64> {
        let mut maybe = find(n % 3).await;
        if let Some(k) = maybe.as_mut() {
            *k += inc(n).await;
            ping().await;
            *k *= 2;
        }
        maybe
    }
}

twin! {
    async fn a_slice_of_a_vector(n: i64) -> i64 {
        let list = many(n).await;
        let view = list.as_slice();
        inc(view.len() as i64).await;
        let reference: &[i64] = &list;
        ping().await;
        view.iter().sum::<i64>() + reference.len() as i64
    }
}

twin! {
    async fn string_literals(n: i64) -> i64 {
        let who = "world";
        let (a, b) = ("a", "bc");
        let names = ["x", "yz"];
        inc(n).await;
        ping().await;
        (who.len() + a.len() * 10 + b.len() * 100 + names[1].len() * 1000) as i64
    }
}

twin! {
    async fn byte_literals_and_tuples_of_references(n: i64) -> usize {
        let bytes = b"abc";
        let list = vec![n; 3];
        let both = (&list, bytes);
        inc(n).await;
        both.0.len() * 10 + both.1.len()
    }
}

twin! {
    async fn a_match_binding_over_a_borrow(n: i64) -> String {
        let order = (Some(name(n).await), n);
        match &order {
            (Some(text), k) if *k > 4 => {
                inc(*k).await;
                log(text);
                ping().await;
                format!("{text}{k}")
            }
            (Some(text), _) => text.clone(),
            (None, _) => String::new(),
        }
    }
}

twin! {
    async fn a_borrow_of_a_borrow(n: i64) -> i64 {
        let pair = (n, 5);
        let view = &pair;
        let left = &view.0;
        inc(*left).await;
        let again = left;
        ping().await;
        *again + view.1
    }
}

twin! {
    async fn a_borrow_used_on_one_path_only(n: i64) -> i64 {
        let list = vec![n, n + 1];
        let view = &list;
        if n > 4 {
            inc(view[0]).await;
            view[1]
        } else {
            inc(0).await
        }
    }
}

twin! {
    async fn a_mutable_borrow_passed_down(n: i64) -> Vec<i64> {
        fn grow(list: &mut Vec<i64>, by: i64) { list.push(by) }
        let mut list = vec![];
        let target = &mut list;
        grow(target, inc(n).await);
        grow(target, 2);
        ping().await;
        grow(target, inc(3).await);
        list
    }
}

twin! {
    async fn a_shared_borrow_between_loops(n: i64) -> i64 {
        let weights = vec![3, n];
        let view = &weights;
        let mut sum = 0;
        for round in 0..2 {
            for w in view {
                sum += w * round;
            }
            sum = inc(sum).await;
        }
        sum + view.len() as i64
    }
}

twin! {
    async fn a_mutable_slot_of_an_option_filled_later(n: i64) -> Option<Vec<i64>> {
        let mut slot = if n > 1 { Some(vec![n]) } else { None };
        if let Some(ref mut list) = slot {
            inc(1).await;
            list.push(2);
            inc(2).await;
            list.push(3);
        }
        let all = &mut slot;
        inc(3).await;
        if let Some(list) = all {
            list.push(4);
        }
        slot
    }
}

twin! {
    async fn a_borrow_ends_before_its_base_moves(n: i64) -> Vec<String> {
        let text = name(n).await;
        let view = &text;
        inc(view.len() as i64).await;
        let size = view.len();
        let moved = text;
        ping().await;
        vec![moved, size.to_string()]
    }
}

twin! {
    async fn references_in_arguments_only(n: i64) -> String {
        fn join(parts: &[String], with: &str) -> String { parts.join(with) }
        let parts = vec![name(n).await, name(1).await];
        let sep = format!("-{n}-");
        let first = join(&parts, &sep);
        ping().await;
        first + &join(&parts[1..], sep.as_str())
    }
}

twin! {
    async fn a_let_else_binding_over_a_borrow(n: i64) -> usize {
        let items = many(n).await;
        let [first, rest @ ..] = items.as_slice() else {
            return inc(100).await as usize;
        };
        inc(*first).await;
        ping().await;
        rest.len() * 10 + *first as usize
    }
}

twin! {
    async fn a_static_is_borrowed(n: i64) -> usize {
        static CITIES: [&str; 3] = ["Oslo", "Rome", "Lima"];
        const EXTRA: &str = "more";
        let mut size = 0;
        for city in CITIES.iter() {
            size += city.len() + inc(n).await as usize;
        }
        size + EXTRA.len()
    }
}

twin! {
    async fn a_borrow_that_nobody_uses_is_of_something_typed_elsewhere(n: i64) -> i64 {
        let d;
        if odd(n).await {
            d = inc(1).await;
        } else {
            d = inc(2).await;
        }
        let _r = &d;
        #[allow(unused_variables)]
        let r = &d;
        ping().await;
        3
    }
}

twin! {
    async fn a_borrow_whose_type_says_what_is_borrowed(n: i64) -> i64 {
        let d = 200.into();
        #[allow(unused_variables)]
        let r: &i64 = &d;
        ping().await;
        n
    }
}

twin! {
    async fn a_borrow_by_index_panics_where_it_stands(n: i64) -> i64 {
        let list = vec![n, n + 1];
        let item = &list[n as usize % 3];
        ping().await;
        *item
    }
}

twin! {
    async fn a_constant_is_borrowed(n: i64) -> i64 {
        const LIMITS: [i64; 3] = [3, 4, 5];
        let limit = &LIMITS[n as usize % 3];
        ping().await;
        inc(*limit).await + LIMITS.iter().sum::<i64>()
    }
}

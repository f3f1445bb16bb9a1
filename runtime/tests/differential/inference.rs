//! Types that are known late, integer fallback, coercions, and `!`.

use crate::support::twin::twin;

twin! {
    async fn an_element_type_known_after_the_loop(n: i64) -> i64 {
        let mut bag = Vec::new();
        loop {
            let w = inc(bag.len() as i64).await;
            if w > n { break; }
            inc(w).await;
            bag.push(format!("p{w}"));
        }
        bag.iter().map(|p| p.len() as i64).sum()
    }
}

twin! {
    async fn an_element_type_known_in_an_inner_loop(n: i64) -> i64 {
        let mut list = Vec::new();
        let mut k = n;
        'o: loop {
            while k > 2 {
                k -= inc(2).await;
                if k == 1 { break 'o }
            }
            inc(k).await;
            list.push(String::from("a"));
            break;
        }
        list.iter().map(|s| s.len() as i64).sum::<i64>() + k
    }
}

twin! {
    async fn an_option_filled_after_a_continue(n: i64) -> i64 {
        let mut best = None;
        for i in 0..n {
            if i > 3 {
                inc(i).await;
                continue;
            }
            let text = format!("{}", inc(i).await);
            inc(i).await;
            best = Some(text);
        }
        match best { Some(b) => b.len() as i64, None => 0 }
    }
}

twin! {
    async fn a_parse_default_and_new_typed_after_an_await(n: i64) -> (i64, u8, Vec<i64>, Option<u16>) {
        let zero = Default::default();
        let five = "5".parse().unwrap();
        let list = Vec::new();
        let none = None;
        inc(n).await;
        let zero: i64 = zero;
        let five: u8 = five;
        let mut list: Vec<i64> = list;
        ping().await;
        list.push(1);
        (zero, five, list, if n > 3 { none } else { Some(1) })
    }
}

twin! {
    async fn integers_fall_back_to_i32(n: i64) -> String {
        let k = 7;
        let big = 3000000000i64;
        inc(n).await;
        let shifted = 1 << 3;
        inc(big).await;
        format!("{} {} {}", k / 2, big, shifted)
    }
}

twin! {
    async fn floats_fall_back_to_f64(n: i64) -> String {
        let half = 0.5;
        inc(n).await;
        let third = half / 1.5;
        ping().await;
        format!("{third:.4} {}", half * 2.0)
    }
}

twin! {
    async fn a_literal_takes_the_type_of_a_later_use(n: i64) -> u8 {
        let small = 200;
        let mut sum = 0;
        inc(n).await;
        sum += small;
        let typed: u8 = sum;
        typed
    }
}

twin! {
    async fn a_collect_typed_by_a_later_call(n: i64) -> usize {
        fn size(set: &std::collections::BTreeSet<i64>) -> usize { set.len() }
        let set = many(n).await.into_iter().map(|k| k / 2).collect();
        ping().await;
        size(&set)
    }
}

twin! {
    async fn a_sum_typed_by_the_return(n: i64) -> i64 {
        let list = many(n).await;
        ping().await;
        list.iter().map(|k| k * 2).sum()
    }
}

twin! {
    async fn an_ascription_reaches_the_branches(n: i64) -> Vec<i64> {
        let boxed: Box<[i64]> = if n > 1 { Box::new([inc(1).await, 2]) } else { Box::new([1]) };
        inc(n).await;
        let byte: Option<u8> = if n > 3 { None } else { Some(inc(1).await.try_into().unwrap()) };
        ping().await;
        boxed.iter().map(|k| k + i64::from(byte.unwrap_or(0))).collect()
    }
}

twin! {
    async fn a_coercion_at_the_return(n: i64) -> Box<[i64]> {
        if n > 4 {
            return Box::new([inc(n).await]);
        }
        Box::new([1, 2, inc(n).await])
    }
}

twin! {
    async fn never_in_a_branch(n: i64) -> i64 {
        fn die() -> ! { panic!("dead") }
        let v: u16 = match inc(n).await { 1 => die(), k if k > 7 => return 9, k => k as u16 };
        let w = if v > 5 {
            inc(1).await;
            die();
        } else {
            inc(2).await
        };
        w + i64::from(v)
    }
}

twin! {
    async fn never_in_an_arm_with_a_guard(n: i64) -> i64 {
        fn die() -> ! { panic!("guarded") }
        let x: i64 = if inc(n).await > 6 { die(); } else { inc(1).await };
        let y = match x { 2 if n == 1 => die(), k => inc(k).await };
        let z = if n < 0 { inc(1).await; die() } else if n == 3 { inc(2).await; return 33; } else { 4 };
        x + y + z
    }
}

twin! {
    async fn a_loop_value_with_never_arms(n: i64) -> i64 {
        let mut k = n;
        let r: i64 = loop {
            k = inc(k).await;
            match k { 3 => continue, x if x > 6 => break x, _ => {} }
        };
        let z = match inc(r).await { 8 => panic!("eight"), 9 => return 99, x => x };
        if z > 100 { unreachable!() } else { inc(z).await }
    }
}

twin! {
    async fn an_if_whose_first_branch_never_ends(n: i64) -> String {
        let text = if n == 5 { panic!("five") } else if n > 6 { return name(6).await } else { name(n).await };
        ping().await;
        text
    }
}

twin! {
    async fn the_whole_body_diverges(n: i64) -> i64 {
        let k = inc(n).await;
        panic!("after {k}")
    }
}

twin! {
    async fn a_process_like_exit_in_a_let_else(n: i64) -> i64 {
        fn leave(code: i64) -> ! { panic!("exit {code}") }
        let Some(found) = find(n % 4).await else { leave(inc(1).await) };
        let Ok(twice) = check(found - 2).await else { ping().await; leave(2) };
        twice
    }
}

twin! {
    async fn closures_and_iterators_infer_across_awaits(n: i64) -> Vec<(usize, String)> {
        let mut pairs = Vec::new();
        for k in 0..n.min(3) {
            let entry = (pairs.len(), name(k).await);
            pairs.push(entry);
        }
        ping().await;
        pairs.retain(|(i, text)| i % 2 == 0 && text.len() == 2);
        pairs
    }
}

twin! {
    async fn a_generic_result_with_a_turbofish(n: i64) -> u32 {
        let parsed = format!("{}", inc(n).await).parse::<u32>().unwrap_or_default();
        let zero = u32::default();
        ping().await;
        parsed + zero + Vec::<u32>::new().len() as u32
    }
}

twin! {
    async fn method_resolution_after_the_type_is_known(n: i64) -> String {
        let it = name(n).await;
        let parts: Vec<_> = it.chars().map(|c| c.to_ascii_uppercase()).collect();
        ping().await;
        let back: String = parts.iter().rev().collect();
        back
    }
}

twin! {
    async fn into_typed_by_a_later_assignment(n: i64) -> String {
        let mut text = String::new();
        inc(n).await;
        let piece = 'c'.into();
        ping().await;
        text = piece;
        text + "!"
    }
}

twin! {
    async fn an_integer_that_is_assigned_anew_keeps_its_type(n: i64) -> i64 {
        let mut small = 250u8;
        log(&small);
        ping().await;
        small = 250;
        small = small.wrapping_add(inc(n).await as u8 | 8);
        small as i64
    }
}

twin! {
    async fn a_variable_declared_by_a_pattern_keeps_its_type(n: i64) -> i64 {
        let (mut low, high) = (n as u8, 3i8);
        log(low);
        ping().await;
        low = 200;
        low = low.wrapping_mul(3);
        low as i64 + high as i64
    }
}

twin! {
    async fn a_default_takes_the_type_of_an_earlier_value(n: i64) -> usize {
        let mut list = vec![n as u8];
        log(&list);
        ping().await;
        list = Default::default();
        inc(n).await;
        list.push(7);
        list.len()
    }
}

twin! {
    async fn a_deferred_variable_has_one_type_in_all_branches(n: i64) -> i64 {
        let part;
        if odd(n).await {
            part = 200;
        } else {
            part = inc(n).await as u8 | 1;
        }
        log(part);
        ping().await;
        n
    }
}

twin! {
    async fn a_closure_has_one_signature_in_all_blocks(n: i64) -> i64 {
        let twice = |k| k * 2;
        let small: u8 = twice(n as u8 % 100);
        ping().await;
        let wide = twice(100);
        ping().await;
        small as i64 + wide.wrapping_add(100) as i64
    }
}

twin! {
    async fn a_borrowed_number_has_one_type_in_all_blocks(n: i64) -> i64 {
        let step = &200;
        let first: &u8 = step;
        log(first);
        inc(n).await;
        step.wrapping_add(100) as i64
    }
}

twin! {
    async fn a_function_named_by_a_path_has_one_type_in_all_blocks(n: i64) -> String {
        let make = Default::default;
        let first: String = make();
        inc(n).await;
        let second = make();
        first + &second + "."
    }
}

twin! {
    async fn a_borrow_that_is_assigned_anew_ends_before_each_await(n: i64) -> usize {
        let (left, right) = (name(n).await, String::from("right"));
        let mut part = &left[..1];
        log(part);
        ping().await;
        part = &right[1..];
        part.len() + left.len()
    }
}

//! `match`: moves, borrows, `@`, or-patterns, guards, nesting.

use crate::support::twin::twin;

twin! {
    async fn arms_with_and_without_awaits(n: i64) -> i64 {
        match n {
            0 => 10,
            1 => inc(1).await,
            2 | 3 => {
                ping().await;
                inc(n).await * 2
            }
            k if k > 6 => k,
            _ => inc(inc(n).await).await,
        }
    }
}

twin! {
    async fn an_await_is_matched(n: i64) -> String {
        match check(n - 2).await {
            Ok(0) => name(0).await,
            Ok(twice) => format!("ok{twice}{}", inc(twice).await),
            Err(why) => format!("err {why} {}", inc(1).await),
        }
    }
}

twin! {
    async fn guards_look_at_bindings(n: i64) -> i64 {
        match find(n).await {
            Some(k) if k % 2 == 0 && k > 3 => inc(k).await,
            Some(k) if k == 3 => 33,
            Some(k) => k + inc(k).await,
            None => -1,
        }
    }
}

twin! {
    async fn guards_look_at_kept_locals(n: i64) -> i64 {
        let limit = inc(3).await;
        let floor = 1;
        match inc(n).await {
            k if k > limit => limit,
            k if k <= floor => floor,
            k => inc(k).await + limit - floor,
        }
    }
}

twin! {
    async fn at_bindings(n: i64) -> i64 {
        match inc(n).await {
            small @ 1..=3 => inc(small).await * small,
            middle @ (4 | 5) => middle - inc(middle).await,
            large => large,
        }
    }
}

twin! {
    async fn or_patterns_bind_the_same_name(n: i64) -> String {
        enum Post { Letter(String), Card(String), Parcel { weight: i64 } }
        let post = match n % 3 {
            0 => Post::Letter(name(n).await),
            1 => Post::Card("card".into()),
            _ => Post::Parcel { weight: n },
        };
        ping().await;
        match post {
            Post::Letter(text) | Post::Card(text) if text != "n6" => {
                ping().await;
                text
            }
            Post::Letter(_) | Post::Card(_) => "six".to_owned(),
            Post::Parcel { weight } => name(weight).await + "kg",
        }
    }
}

twin! {
    async fn a_match_moves_its_scrutinee_on_some_paths(n: i64) -> (String, usize) {
        let pair = (name(n).await, n);
        match pair {
            (text, 3 | 5) => {
                ping().await;
                (text, 1)
            }
            (text, k) if k > 5 => (text + "x", inc(k).await as usize),
            (text, _) => (text.clone(), text.len()),
        }
    }
}

twin! {
    async fn a_match_on_a_reference(n: i64) -> i64 {
        let parcel = Some(vec![n, n + 1]);
        let size = match &parcel {
            Some(items) if items[0] > 4 => {
                let next = inc(items[1]).await;
                next + items.len() as i64
            }
            Some(items) => items[0],
            None => 0,
        };
        size + parcel.map_or(0, |items| items.len() as i64)
    }
}

twin! {
    async fn a_match_through_a_mutable_reference(n: i64) -> Vec<Option<i64>> {
        let mut slots = vec![find(n % 2).await, Some(n)];
        match &mut slots[0] {
            Some(k) => {
                *k += inc(n).await;
                ping().await;
                *k += 1;
            }
            empty => *empty = Some(-1),
        }
        slots
    }
}

twin! {
    async fn ref_and_ref_mut_arms(n: i64) -> Option<String> {
        let mut best = if n > 2 { Some(name(n).await) } else { None };
        match best {
            Some(ref mut text) => {
                inc(1).await;
                text.push('x');
                inc(2).await;
                text.push('y');
            }
            None => ping().await,
        }
        match best {
            Some(ref text) if text.len() > 3 => log(text),
            _ => log("short"),
        }
        best
    }
}

twin! {
    async fn slices_are_matched(n: i64) -> i64 {
        let items = many(n % 4).await;
        match items.as_slice() {
            [] => 0,
            [only] => inc(*only).await,
            [first, .., last] if first == last => -1,
            [first, rest @ ..] => first + inc(rest.len() as i64).await + rest[0],
        }
    }
}

twin! {
    async fn strings_are_matched(n: i64) -> i64 {
        let text = name(n % 3).await;
        match text.as_str() {
            "n0" => inc(100).await,
            "n1" => 200,
            other => other.len() as i64 + inc(300).await,
        }
    }
}

twin! {
    async fn a_temporary_scrutinee_lives_long_enough(n: i64) -> i64 {
        match format!("{n}").as_str() {
            "1" | "2" => inc(n).await,
            "7" => 77,
            _ => inc(-n).await,
        }
    }
}

twin! {
    async fn a_tuple_of_awaits(n: i64) -> String {
        match (find(n % 3).await, check(n - 4).await) {
            (None, Err(why)) => why.to_string() + &name(1).await,
            (Some(k), Err(why)) if k > 1 => {
                inc(k).await;
                format!("{why}{k}")
            }
            (_, Ok(4)) => "four".into(),
            (a, b) => format!("{a:?}{b:?}{}", inc(2).await),
        }
    }
}

twin! {
    async fn a_match_in_a_match(n: i64) -> String {
        let text = match find(n).await {
            Some(k) => match check(k - 4).await {
                Ok(v) if v > 2 => format!("big{v}"),
                Ok(v) => {
                    let w = inc(v).await;
                    format!("w{w}")
                }
                Err(why) => return format!("{why}{}", inc(1).await),
            },
            None => {
                if inc(1).await > 5 { unreachable!() } else { "none".to_string() }
            }
        };
        text.to_uppercase()
    }
}

twin! {
    async fn a_match_statement_without_value(n: i64) -> Vec<i64> {
        let mut log_book = Vec::new();
        match n {
            0 => {}
            1 | 2 => log_book.push(inc(n).await),
            _ => match find(n - 5).await {
                None => {}
                Some(k) => { log_book.push(k); log_book.push(inc(k).await) }
            },
        }
        log_book
    }
}

twin! {
    async fn a_match_as_an_operand(n: i64) -> i64 {
        n * 100 + match n { 0 | 1 => inc(n).await, _ => 5 } * match find(n - 3).await { Some(k) => k, None => inc(9).await }
    }
}

twin! {
    async fn numbers_ranges_chars_and_bools(n: i64) -> String {
        let letter = (b'a' + (n as u8 % 5)) as char;
        let kind = match (letter, odd(n).await) {
            ('a'..='b', true) => 1,
            ('a'..='b', false) => inc(1).await,
            (c @ ('c' | 'd'), _) => c as i64,
            (_, flag) => i64::from(flag),
        };
        format!("{letter}{kind}")
    }
}

twin! {
    async fn constants_in_patterns(n: i64) -> i64 {
        const LIMIT: i64 = 4;
        match inc(n).await {
            i64::MIN..LIMIT => inc(0).await,
            LIMIT => 400,
            i64::MAX => 0,
            other => other,
        }
    }
}

twin! {
    async fn an_arm_continues_a_loop_another_breaks_it(n: i64) -> i64 {
        let mut sum = 0;
        let mut k = 0;
        loop {
            k += 1;
            sum += match find(k - n % 4).await {
                None => continue,
                Some(found) if found > 3 => break,
                Some(found) => inc(found).await,
            };
        }
        sum * 100 + k
    }
}

twin! {
    async fn a_match_binds_mutably(n: i64) -> i64 {
        match inc(n).await {
            mut k if k > 3 => {
                k += inc(k).await;
                k *= 2;
                k
            }
            mut k => {
                k -= 100;
                k + inc(k).await
            }
        }
    }
}

twin! {
    async fn the_result_of_one_match_feeds_the_next(n: i64) -> i64 {
        let a = match n % 3 { 0 => find(n).await, 1 => None, _ => Some(inc(n).await) };
        let b = match a { Some(k) if k > 4 => check(-1).await, Some(k) => check(k).await, None => check(0).await };
        match b { Ok(k) => k, Err(_) => inc(1000).await }
    }
}

twin! {
    async fn nested_enums_with_boxes(n: i64) -> i64 {
        #[derive(Debug, Clone)]
        enum Tree { Leaf(i64), Node(Box<Tree>, Box<Tree>) }
        let tree = Tree::Node(
            Box::new(Tree::Leaf(inc(n).await)),
            Box::new(Tree::Node(Box::new(Tree::Leaf(2)), Box::new(Tree::Leaf(n)))),
        );
        ping().await;
        match tree {
            Tree::Leaf(k) => k,
            Tree::Node(left, right) => match (*left, *right) {
                (Tree::Leaf(a), Tree::Node(b, _)) => {
                    let next = inc(a).await;
                    match *b { Tree::Leaf(k) => k + next, Tree::Node(..) => 0 }
                }
                _ => -1,
            },
        }
    }
}

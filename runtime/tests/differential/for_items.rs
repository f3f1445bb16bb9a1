//! `for` over collections, by value and by reference.

use crate::support::twin::twin;

twin! {
    async fn a_vector_by_value(n: i64) -> String {
        let items = vec![name(n).await, name(n + 1).await];
        let mut out = String::new();
        for item in items {
            out += &item;
            inc(out.len() as i64).await;
            out += &item;
        }
        out
    }
}

twin! {
    async fn a_vector_by_reference(n: i64) -> i64 {
        let items = vec![n, n * 2, 5];
        let mut sum = 0;
        for item in &items {
            sum += inc(*item).await;
            sum += item;
        }
        sum + items.len() as i64
    }
}

twin! {
    async fn a_vector_by_mutable_reference(n: i64) -> Vec<i64> {
        let mut items = vec![1, n, 3];
        for item in &mut items {
            let more = inc(*item).await;
            *item += more;
            ping().await;
            *item += 1;
        }
        for item in items.iter_mut() {
            *item *= inc(1).await;
        }
        items
    }
}

twin! {
    async fn iter_of_a_vector(n: i64) -> i64 {
        let items = many(n).await;
        let mut sum = 0;
        for item in items.iter() {
            sum = sum * 2 + inc(*item).await;
        }
        sum
    }
}

twin! {
    async fn a_pattern_over_a_reference(n: i64) -> i64 {
        let pairs = vec![(n, 1), (2, n)];
        let mut sum = 0;
        for (a, b) in &pairs {
            sum += inc(*a).await * b;
        }
        for &(a, b) in &pairs {
            sum += a * inc(b).await;
        }
        sum
    }
}

twin! {
    async fn a_map_by_reference(n: i64) -> String {
        let mut map = std::collections::BTreeMap::new();
        for k in 0..n {
            map.insert(k, format!("v{k}"));
        }
        let mut out = String::new();
        for (key, value) in &map {
            let next = inc(*key).await;
            out += &format!("{key}{value}{next}");
            ping().await;
            out += value;
        }
        out + &map.len().to_string()
    }
}

twin! {
    async fn a_map_by_value(n: i64) -> Vec<String> {
        let map: std::collections::BTreeMap<i64, String> = (0..n % 4).map(|k| (k, format!("v{k}"))).collect();
        let mut out = vec![];
        for (key, value) in map {
            out.push(format!("{value}{}", inc(key).await));
        }
        out
    }
}

twin! {
    async fn a_set_and_a_deque_by_reference(n: i64) -> i64 {
        let set = std::collections::BTreeSet::from([n, 3, 1]);
        let queue = std::collections::VecDeque::from([4, n]);
        let mut sum = 0;
        for item in &set {
            sum = sum * 3 + inc(*item).await;
        }
        for item in &queue {
            sum = sum * 3 + inc(*item).await;
        }
        sum + (set.len() + queue.len()) as i64
    }
}

twin! {
    async fn an_option_is_a_loop(n: i64) -> i64 {
        let mut sum = 0;
        for found in find(n % 2).await {
            sum += inc(found).await;
        }
        let kept = Some(n);
        for found in &kept {
            sum += inc(*found).await;
        }
        sum + kept.unwrap_or(0)
    }
}

twin! {
    async fn an_array_by_value(n: i64) -> i64 {
        let mut sum = 0;
        for k in [n, 2, n + 1] {
            sum = sum * 10 + inc(k).await;
        }
        sum
    }
}

twin! {
    async fn an_array_of_literals(n: i64) -> i64 {
        let mut size = n;
        for city in ["Oslo", "Rome", "Lima"] {
            size += inc(city.len() as i64).await;
            log(city);
        }
        size
    }
}

twin! {
    async fn tuples_with_mutable_patterns(n: i64) -> Vec<i64> {
        let mut out = vec![];
        for (mut a, b) in [(1, 2), (n, 4)] {
            a += inc(b).await;
            out.push(a);
        }
        for mut k in 0..n.min(3) {
            k += inc(k).await;
            out.push(k);
        }
        out
    }
}

twin! {
    async fn into_iter_and_zip(n: i64) -> Vec<i64> {
        let left = many(n).await;
        let mut out = vec![];
        for (a, b) in left.into_iter().zip([10, 20, 30]) {
            out.push(a * b + inc(a).await);
        }
        out
    }
}

twin! {
    async fn an_awaited_vector_is_the_iterable(n: i64) -> i64 {
        let mut sum = 0;
        for k in many(n).await {
            sum += k;
            ping().await;
        }
        sum
    }
}

twin! {
    async fn a_loop_without_await_among_loops_with(n: i64) -> i64 {
        let mut sum = 0;
        for a in 0..n.min(3) {
            for b in 0..a {
                sum += b;
            }
            sum += inc(a).await;
            for b in [a; 2].iter().rev() {
                sum -= b;
            }
        }
        sum
    }
}

twin! {
    async fn a_return_in_a_by_reference_loop(n: i64) -> i64 {
        let items = vec![n; 2];
        for item in &items {
            if *item > 3 {
                return inc(*item).await;
            }
        }
        items.len() as i64
    }
}

twin! {
    async fn break_and_continue_in_a_by_reference_loop(n: i64) -> Vec<i64> {
        let items = vec![n, 4, 5, 6];
        let mut out = vec![];
        for item in &items {
            if *item == 4 {
                continue;
            }
            out.push(inc(*item).await);
            if *item == 5 {
                break;
            }
        }
        out.push(items.len() as i64);
        out
    }
}

twin! {
    async fn nested_loops_by_reference(n: i64) -> i64 {
        let rows = vec![vec![1, n], vec![], vec![3]];
        let mut sum = 0;
        for row in &rows {
            for cell in row {
                sum += cell;
            }
            sum = inc(sum).await;
        }
        for row in &rows {
            for cell in row.iter() {
                sum += inc(*cell).await;
            }
        }
        sum
    }
}

twin! {
    async fn a_field_by_reference(n: i64) -> i64 {
        #[derive(Clone)]
        struct Order { lines: Vec<i64>, tip: i64 }
        let order = Order { lines: vec![n, 1], tip: 2 };
        let mut sum = order.tip;
        for line in &order.lines {
            sum += inc(*line).await;
        }
        for line in order.lines.clone() {
            sum += inc(line).await;
        }
        sum + order.lines.len() as i64
    }
}

twin! {
    async fn lines_of_a_text_are_owned_first(n: i64) -> Vec<String> {
        let text = format!("a{n}\nb\nc");
        let mut out = vec![];
        for line in text.lines().map(str::to_owned).collect::<Vec<_>>() {
            inc(line.len() as i64).await;
            out.push(line);
        }
        out
    }
}

twin! {
    async fn a_chars_loop_drains_first(n: i64) -> String {
        let text = format!("x{n}");
        let mut out = String::new();
        for c in text.chars() {
            inc(c as i64).await;
            out.insert(0, c);
        }
        out + &text
    }
}

twin! {
    async fn over_a_constant_by_value(n: i64) -> String {
        const CITIES: [&str; 3] = ["Oslo", "Rome", "Lima"];
        const SHORT: &[&str] = &["a", "b"];
        let mut text = String::new();
        for city in CITIES {
            text += city;
            inc(n).await;
            text += &city[..1];
        }
        for letter in SHORT {
            text += &name(letter.len() as i64).await;
            text += letter;
        }
        text
    }
}

twin! {
    async fn over_a_constant_range(n: i64) -> i64 {
        const DAYS: std::ops::Range<i64> = 2..5;
        let mut sum = n;
        for day in DAYS {
            sum += inc(day).await * day;
        }
        sum
    }
}

twin! {
    async fn over_the_rows_of_a_table_by_reference(n: i64) -> i64 {
        let table = vec![vec![n, 2], vec![3], vec![]];
        let mut sum = 0;
        for row in &table {
            for item in row {
                sum += inc(*item).await;
            }
            sum *= 2;
        }
        sum + table.len() as i64
    }
}

twin! {
    async fn over_the_rows_of_a_table_to_change_them(n: i64) -> Vec<Vec<i64>> {
        let mut table = vec![vec![n, 2], vec![3]];
        for row in &mut table {
            for item in row {
                *item += inc(*item).await;
            }
        }
        for row in table.iter_mut() {
            for item in row.iter_mut() {
                *item += inc(*item).await;
            }
        }
        table
    }
}

twin! {
    async fn over_an_array_of_texts_in_a_local(n: i64) -> String {
        let parts = ["x", "y"];
        let mut text = name(n).await;
        for part in parts {
            text += &name(part.len() as i64).await;
            text += part;
        }
        text
    }
}

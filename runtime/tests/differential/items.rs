//! Items and types declared in the body.

use crate::support::twin::twin;

twin! {
    async fn functions_constants_and_statics(n: i64) -> i64 {
        const K: i64 = 3;
        static S: i64 = 4;
        fn half(x: i64) -> i64 { x / 2 }
        let a = inc(half(n)).await;
        let b = {
            use std::cmp::min as lesser;
            fn two() -> i64 { 2 }
            inc(lesser(a, 3)).await + two()
        };
        a + b + K + S
    }
}

twin! {
    async fn a_unit_struct_with_methods(n: i64) -> i64 {
        struct Scale;
        impl Scale {
            const FACTOR: i64 = 3;
            fn up(&self, x: i64) -> i64 { x * Self::FACTOR }
        }
        let scale = Scale;
        let a = inc(scale.up(n)).await;
        Scale.up(a)
    }
}

twin! {
    async fn a_local_struct_is_kept(n: i64) -> String {
        #[derive(Debug, Clone, PartialEq)]
        struct Parcel { id: i64, stops: Vec<String>, to: Option<char> }
        let first = Parcel { id: n, stops: vec![], to: Some('q') };
        let second = Parcel { stops: vec![name(n).await], ..first.clone() };
        ping().await;
        format!("{first:?} {second:?} {}", first == second)
    }
}

twin! {
    async fn a_local_enum_is_kept(n: i64) -> i64 {
        #[derive(Clone, Copy, PartialEq)]
        enum Light { Red, Green { for_s: i64 }, Off(i64, i64) }
        let mut light = match n % 3 { 0 => Light::Red, 1 => Light::Green { for_s: n }, _ => Light::Off(n, 1) };
        let mut steps = 0;
        while light != Light::Red {
            steps += inc(steps).await;
            light = match light {
                Light::Green { for_s } if for_s > 3 => Light::Off(for_s, 0),
                Light::Green { .. } | Light::Red => Light::Red,
                Light::Off(a, _) => Light::Green { for_s: a - 5 },
            };
        }
        steps
    }
}

twin! {
    async fn a_tuple_struct_and_a_newtype(n: i64) -> i64 {
        struct Id(i64);
        struct Span(Id, Id);
        let span = Span(Id(n), Id(inc(n).await));
        ping().await;
        let Span(Id(a), b) = span;
        inc(a).await + b.0
    }
}

twin! {
    async fn a_generic_local_type(n: i64) -> String {
        #[derive(Debug)]
        struct Pair<A, B> { a: A, b: B }
        impl<A: Clone, B: Clone> Pair<A, B> { fn swapped(&self) -> Pair<B, A> { Pair { a: self.b.clone(), b: self.a.clone() } } }
        let pair = Pair { a: n, b: name(n).await };
        ping().await;
        let other = pair.swapped();
        inc(n).await;
        format!("{pair:?}{other:?}")
    }
}

twin! {
    async fn local_types_that_mention_each_other(n: i64) -> String {
        #[derive(Debug)]
        struct Team { lead: Person, others: Vec<Person> }
        #[derive(Debug)]
        struct Person { name: String, grade: Grade }
        #[derive(Debug)]
        enum Grade { Junior, Senior(i64) }
        let team = Team {
            lead: Person { name: name(n).await, grade: Grade::Senior(n) },
            others: vec![Person { name: "x".into(), grade: Grade::Junior }],
        };
        ping().await;
        format!("{team:?}")
    }
}

twin! {
    async fn a_local_type_that_cannot_be_kept_and_is_not(n: i64) -> i64 {
        struct Probe<'a> { at: std::time::Instant, of: &'a [i64] }
        let list = many(n).await;
        let size = { let probe = Probe { at: std::time::Instant::now(), of: &list }; let _ = probe.at; probe.of.len() };
        inc(size as i64).await
    }
}

twin! {
    async fn a_local_trait(n: i64) -> i64 {
        trait Area { fn area(&self) -> i64; fn twice(&self) -> i64 { self.area() * 2 } }
        struct Square(i64);
        impl Area for Square { fn area(&self) -> i64 { self.0 * self.0 } }
        impl Area for i64 { fn area(&self) -> i64 { *self } }
        let square = Square(inc(n).await);
        let a = square.twice();
        ping().await;
        a + square.area() + inc(n).await.twice()
    }
}

twin! {
    async fn derives_of_the_users_own(n: i64) -> String {
        #[derive(Debug, Clone, Serialize, Deserialize)]
        struct Saved { k: i64, #[serde(default)] extra: Option<String> }
        let saved = Saved { k: inc(n).await, extra: None };
        ping().await;
        format!("{saved:?}")
    }
}

twin! {
    async fn a_use_inside_the_body(n: i64) -> usize {
        use std::collections::{BTreeMap as Map, BTreeSet};
        let mut map: Map<i64, BTreeSet<i64>> = Map::new();
        for k in 0..n {
            let item = inc(k).await;
            map.entry(k % 2).or_default().insert(item);
        }
        map.len() * 10 + map.values().map(BTreeSet::len).sum::<usize>()
    }
}

twin! {
    async fn a_type_alias_and_a_const_expression(n: i64) -> i64 {
        type Rows = Vec<[i64; WIDTH]>;
        const WIDTH: usize = 1 + 2;
        let rows: Rows = vec![[n, 1, 2], [inc(n).await; WIDTH]];
        ping().await;
        rows.iter().flatten().sum()
    }
}

twin! {
    async fn a_nested_plain_async_fn_is_left_alone(n: i64) -> i64 {
        async fn helper() -> i64 { 3 }
        let unused = async { 5 };
        drop(unused);
        drop(helper());
        inc(n).await
    }
}

twin! {
    async fn an_item_after_its_use(n: i64) -> i64 {
        let a = inc(later(n)).await;
        ping().await;
        return a + later(a);
        fn later(x: i64) -> i64 { x + EXTRA }
        const EXTRA: i64 = 7;
    }
}

twin! {
    async fn an_empty_enum_inside_a_result(n: i64) -> i64 {
        enum Void {}
        let sure: Result<i64, Void> = Ok(n);
        let none: Option<Void> = None;
        inc(n).await;
        if none.is_some() { return -1 }
        match sure { Ok(k) => k, Err(void) => match void {} }
    }
}

twin! {
    async fn a_recursive_local_type(n: i64) -> i64 {
        #[derive(Debug, Clone)]
        enum List { End, Cons(i64, Box<List>) }
        let mut list = List::End;
        for k in 0..n.min(4) {
            list = List::Cons(inc(k).await, Box::new(list));
        }
        let mut sum = 0;
        let mut at = list;
        while let List::Cons(k, next) = at {
            sum = sum * 10 + k;
            at = *next;
            ping().await;
        }
        sum
    }
}

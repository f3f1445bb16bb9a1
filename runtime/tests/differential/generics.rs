//! Type and const parameters, where-clauses, `impl Trait` parameters.

use crate::support::twin::twin;

twin! {
    with {
        #[resumable(orchestration)]
        async fn both<T: Persist + Clone>(it: T) -> (T, T) {
            let copy = it.clone();
            ping().await;
            (it, copy)
        }
    }
    async fn a_generic_helper_at_two_types(n: i64) -> String {
        let (a, b) = both(n).await;
        let (c, d) = both(name(a).await).await;
        format!("{a}{b}{c}{d}")
    }
}

twin! {
    with {
        #[resumable(orchestration)]
        async fn rows<const N: usize>(n: i64) -> Vec<i64> {
            let mut out = vec![0; N];
            for k in 0..N {
                out[k] = inc(n + k as i64).await;
            }
            out
        }
    }
    async fn a_const_parameter(n: i64) -> Vec<i64> {
        let mut out = rows::<2>(n).await;
        out.extend(rows::<3>(n * 10).await);
        out
    }
}

twin! {
    with {
        #[resumable(orchestration)]
        async fn label<T>(it: T, times: i64) -> String
        where
            T: Persist + std::fmt::Display,
        {
            let mut out = String::new();
            for _ in 0..times {
                ping().await;
                out += &it.to_string();
            }
            out
        }
    }
    async fn a_where_clause(n: i64) -> String {
        label(n, 2).await + &label('x', n.min(3)).await + &label(String::from("s"), 1).await
    }
}

twin! {
    with {
        #[resumable(orchestration)]
        async fn count<T: Into<i64> + Send + Serialize + for<'de> Deserialize<'de> + 'static>(it: T) -> i64 {
            let k = it.into();
            inc(k).await + k
        }
    }
    async fn a_type_that_does_not_live_across_the_await(n: i64) -> i64 {
        count(n as i32).await + count(7u8).await + count(n).await
    }
}

twin! {
    call |n: i64| entry_is_generic(n as u32, vec![n as u32]);
    async fn entry_is_generic<T: Persist + Clone + std::fmt::Debug>(first: T, mut list: Vec<T>) -> Vec<T> {
        ping().await;
        list.push(first.clone());
        ping().await;
        list.push(first);
        list
    }
}

twin! {
    call |n: i64| entry_has_a_const_parameter::<3>([n, 1, 2]);
    async fn entry_has_a_const_parameter<const N: usize>(items: [i64; N]) -> i64
    where
        [i64; N]: Persist,
    {
        let mut sum = N as i64;
        for item in items {
            sum += inc(item).await;
        }
        sum
    }
}

twin! {
    with {
        #[resumable(orchestration)]
        async fn pair<A: Persist + Default, B: Persist + Default + PartialEq>(a: A, b: B, keep: bool) -> (A, Option<B>) {
            ping().await;
            let a = if keep { a } else { A::default() };
            ping().await;
            let b = if b == B::default() { None } else { Some(b) };
            (a, b)
        }
    }
    async fn two_parameters_and_associated_functions(n: i64) -> String {
        format!("{:?}{:?}", pair(n, name(n).await, n > 3).await, pair(String::from("s"), n, n < 3).await)
    }
}

twin! {
    with {
        trait Shape {
            fn area(&self) -> i64;
        }
        #[derive(Clone, Serialize, Deserialize)]
        struct Square(i64);
        impl Shape for Square {
            fn area(&self) -> i64 { self.0 * self.0 }
        }
        #[resumable(orchestration)]
        async fn total<S: Shape + Persist>(shapes: Vec<S>) -> i64 {
            let mut sum = 0;
            for shape in &shapes {
                sum += inc(shape.area()).await;
            }
            sum
        }
    }
    async fn a_users_trait_as_the_bound(n: i64) -> i64 {
        total(vec![Square(n), Square(2)]).await
    }
}

twin! {
    with {
        #[resumable(orchestration)]
        async fn spread(items: impl IntoIterator<Item = i64> + Persist) -> i64 {
            let mut sum = 0;
            for item in items {
                sum = sum * 2 + inc(item).await;
            }
            sum
        }
    }
    async fn an_impl_trait_parameter(n: i64) -> i64 {
        spread(vec![n, 2]).await + spread([1, n]).await + spread(Some(n)).await
    }
}

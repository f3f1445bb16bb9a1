//! Values without content across awaits.

use crate::support::twin::twin;

twin! {
    async fn unit_phantom_and_empty_types(n: i64) -> String {
        let unit = ();
        let phantom = std::marker::PhantomData::<u8>;
        let fine: Result<(), ()> = Ok(());
        let empty: [i64; 0] = [];
        inc(n).await;
        format!("{unit:?}{phantom:?}{fine:?}{empty:?}")
    }
}

twin! {
    async fn an_awaited_unit_is_a_value(n: i64) -> String {
        let unit = ping().await;
        inc(n).await;
        format!("{unit:?}{:?}", (ping().await, ping().await))
    }
}

twin! {
    async fn a_unit_match_as_a_value(n: i64) -> String {
        let unit = match n { 0 => ping().await, 1 => {} , _ => { inc(n).await; } };
        ping().await;
        format!("{unit:?}")
    }
}

twin! {
    async fn the_return_type_is_unit(n: i64) {
        let unit = if n > 3 { ping().await };
        inc(n).await;
        unit
    }
}

twin! {
    async fn the_return_type_is_written_as_unit(n: i64) -> () {
        inc(n).await;
    }
}

twin! {
    async fn a_unit_struct_is_kept(n: i64) -> String {
        #[derive(Debug, Clone, Copy)]
        struct Marker;
        let marker = Marker;
        inc(n).await;
        let copy = marker;
        ping().await;
        format!("{marker:?}{copy:?}")
    }
}

twin! {
    async fn units_in_collections(n: i64) -> usize {
        let mut units = vec![];
        for _ in 0..n {
            units.push(ping().await);
        }
        units.len()
    }
}

//! `unsafe` blocks with awaits inside.

use crate::support::twin::twin;

twin! {
    async fn an_unsafe_call_among_awaits(n: i64) -> i64 {
        unsafe fn twice(x: i64) -> i64 { x * 2 }
        let a = unsafe {
            let k = twice(n);
            inc(twice(k)).await + twice(1)
        };
        a
    }
}

twin! {
    async fn an_unsafe_block_as_an_operand(n: i64) -> i64 {
        unsafe fn same(x: i64) -> i64 { x }
        inc(unsafe { same(n) }).await + unsafe { same(inc(n).await) }
    }
}

twin! {
    async fn jumps_out_of_an_unsafe_block(n: i64) -> i64 {
        unsafe fn same(x: i64) -> i64 { x }
        for k in 0..n {
            unsafe {
                if same(k) == 2 { continue }
                if inc(same(k)).await > 5 { return same(k) * 100 }
            }
        }
        n
    }
}

//! The options of `#[activity(..)]`.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Expr, LitStr};

use super::Options;
use crate::diagnostics::Diagnostics;
use crate::messages;

#[derive(Default)]
pub(crate) struct Activity {
    pub(crate) name: Option<LitStr>,
    pub(crate) call: Option<Ident>,
    retry: Option<Retry>,
    timeout_ms: Option<u64>,
    concurrency: Option<u32>,
}

struct Retry {
    max_attempts: Option<u32>,
    first_ms: Option<u64>,
    factor: Option<f64>,
    max_ms: Option<u64>,
    within_ms: Option<u64>,
    jitter: Option<f64>,
    only: Option<Expr>,
}

impl Activity {
    pub(crate) fn parse(tokens: TokenStream, diag: &mut Diagnostics) -> Activity {
        let mut options = Options::parse_tokens(tokens, diag);
        let activity = Activity {
            name: options.text("name", diag),
            call: options.ident("call", diag),
            retry: options
                .list("retry", diag)
                .map(|(name, retry)| Retry::parse(&name, retry, diag)),
            timeout_ms: options.milliseconds("timeout", diag),
            concurrency: options.count("concurrency", diag),
        };
        options.finish(
            &["retry(..)", "timeout", "concurrency", "name", "call"],
            diag,
        );
        activity
    }

    /// The predicate that says which errors are retried.
    pub(crate) fn only(&self) -> Option<&Expr> {
        self.retry.as_ref()?.only.as_ref()
    }

    /// The constant `ActivityOptions`.
    pub(crate) fn options(&self) -> TokenStream {
        let retry = self.retry.as_ref().map(|retry| {
            let policy = retry.policy();
            quote!(.retry(#policy))
        });
        let timeout = self
            .timeout_ms
            .map(|ms| quote!(.timeout(::core::time::Duration::from_millis(#ms))));
        let concurrency = self
            .concurrency
            .map(|limit| quote!(.concurrency(#limit as usize)));
        quote!(__rt::ActivityOptions::new() #retry #timeout #concurrency)
    }
}

impl Retry {
    fn parse(name: &Ident, mut options: Options, diag: &mut Diagnostics) -> Retry {
        let ends = options.has("max_attempts") || options.has("within");
        let retry = Retry {
            max_attempts: options.count("max_attempts", diag),
            first_ms: options.milliseconds("first", diag),
            factor: options.factor("factor", diag),
            max_ms: options.milliseconds("max", diag),
            within_ms: options.milliseconds("within", diag),
            jitter: options.fraction("jitter", diag),
            only: options.function("only", diag),
        };
        let before = diag.len();
        options.finish(&messages::RETRY_OPTIONS, diag);
        if !ends && diag.len() == before {
            diag.refuse(name, messages::endless_retry());
        }
        retry
    }

    fn policy(&self) -> TokenStream {
        let millis = |ms: u64| quote!(::core::time::Duration::from_millis(#ms));
        // Without a limit of attempts, the time that `within` gives ends them.
        let max_attempts = self.max_attempts.unwrap_or(u32::MAX);
        let first = self
            .first_ms
            .map(millis)
            .map(|first| quote!(.first(#first)));
        let factor = self.factor.map(|factor| quote!(.factor(#factor)));
        let max = self.max_ms.map(millis).map(|max| quote!(.max(#max)));
        let within = self
            .within_ms
            .map(millis)
            .map(|within| quote!(.within(#within)));
        let jitter = self.jitter.map(|jitter| quote!(.jitter(#jitter)));
        quote!(__rt::Retry::attempts(#max_attempts) #first #factor #max #within #jitter)
    }
}

//! Random tokens: no attribute panics, each makes code or an error of the compiler.
//!
//! The tokens are those of the accepted and the refused programs, with random changes; the fuzz crate
//! (`.ci/fuzz 60` runs it) has the same check, guided by coverage.

mod change;
mod check;
#[path = "../../../../runtime/tests/common/tally.rs"]
mod tally;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use proc_macro2::TokenStream;
use quote::ToTokens;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, Meta};

use self::change::{Pool, changed};
use self::check::{ATTRIBUTES, check};
use self::tally::Tally;

/// An item with an attribute.
struct Sample {
    attribute: &'static str,
    args: TokenStream,
    item: TokenStream,
}

#[derive(Default)]
struct Samples(Vec<Sample>);

impl<'ast> Visit<'ast> for Samples {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes = match item {
            Item::Fn(item) => &item.attrs,
            Item::Struct(item) => &item.attrs,
            Item::Impl(item) => &item.attrs,
            _ => return visit::visit_item(self, item),
        };
        if let Some((attribute, args)) = attributes.iter().find_map(known) {
            self.0.push(Sample {
                attribute,
                args,
                item: without_attribute(item.clone()),
            });
        }
        visit::visit_item(self, item);
    }
}

fn known(attribute: &Attribute) -> Option<(&'static str, TokenStream)> {
    let name = attribute.path().segments.last()?.ident.to_string();
    let known = ATTRIBUTES.into_iter().find(|known| *known == name)?;
    let args = match &attribute.meta {
        Meta::List(list) => list.tokens.clone(),
        _ => TokenStream::new(),
    };
    Some((known, args))
}

fn without_attribute(mut item: Item) -> TokenStream {
    let attributes = match &mut item {
        Item::Fn(item) => &mut item.attrs,
        Item::Struct(item) => &mut item.attrs,
        Item::Impl(item) => &mut item.attrs,
        other => return other.to_token_stream(),
    };
    if let Some(at) = attributes.iter().position(|it| known(it).is_some()) {
        attributes.remove(at);
    }
    item.to_token_stream()
}

/// The annotated items of the language reference.
fn samples() -> Vec<Sample> {
    let mut samples = Samples::default();
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui-tests");
    let mut folders: Vec<PathBuf> = ["accept", "refuse"].map(|it| programs.join(it)).to_vec();
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the programs of the reference") {
            let path = entry.expect("an entry").path();
            match path.extension() {
                _ if path.is_dir() => folders.push(path),
                Some(extension) if extension == "rs" => files.push(path),
                _ => {}
            }
        }
    }
    files.sort();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a program");
        // Some are refused because they cannot be parsed.
        if let Ok(file) = syn::parse_file(&text) {
            samples.visit_file(&file);
        }
    }
    samples.0
}

#[test]
fn any_tokens_become_code_or_an_error() {
    let mut tally = Tally::new(14, "attributes make code or errors of random tokens");
    let samples = samples();
    assert!(samples.len() > 100, "{} samples", samples.len());
    let pool = Pool::of(samples.iter().map(|sample| &sample.item));
    for seed in tally::seeds(300) {
        let mut rng = StdRng::seed_from_u64(seed);
        let sample = &samples[rng.random_range(0..samples.len())];
        let changes = rng.random_range(0..4);
        let (mut args, mut item) = (sample.args.clone(), sample.item.clone());
        for _ in 0..changes {
            match rng.random_range(0..6) {
                0 => args = changed(args, &pool, &mut rng),
                _ => item = changed(item, &pool, &mut rng),
            }
        }
        let attribute = match rng.random_range(0..10) {
            0 => ATTRIBUTES[rng.random_range(0..ATTRIBUTES.len())],
            _ => sample.attribute,
        };
        tally.tried(1);
        let given = format!("#[{attribute}({args})] {item}");
        let run = || {
            let began = Instant::now();
            check(attribute, args.clone(), item.clone());
            began.elapsed() > Duration::from_secs(1)
        };
        // Others use this machine too: it hangs if it is slow again and again.
        let slow = catch_unwind(AssertUnwindSafe(|| (0..4).all(|_| run())));
        assert_eq!(
            slow.ok(),
            Some(false),
            "it panics or hangs with SEED={seed} TRIES=1:\n{given}"
        );
    }
}

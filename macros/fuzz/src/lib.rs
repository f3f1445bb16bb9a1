//! The modules of the macros, which as a crate of macros cannot be called, and what is asked of them.
#![allow(dead_code, unused_imports)]

#[path = "../../src/arena.rs"]
mod arena;
#[path = "../../src/attribute/mod.rs"]
mod attribute;
#[path = "../../src/chart/mod.rs"]
mod chart;
#[path = "../../src/check.rs"]
mod check;
#[path = "../../src/debug.rs"]
mod debug;
#[path = "../../src/diagnostics.rs"]
mod diagnostics;
#[path = "../../src/emit/mod.rs"]
mod emit;
#[path = "../../src/envelope/mod.rs"]
mod envelope;
#[path = "../../src/expand.rs"]
mod expand;
#[path = "../../src/graph/mod.rs"]
mod graph;
#[path = "../../src/item/mod.rs"]
mod item;
#[path = "../../src/known/mod.rs"]
mod known;
#[path = "../../src/layout/mod.rs"]
mod layout;
#[path = "../../src/local_types.rs"]
mod local_types;
#[path = "../../src/lower/mod.rs"]
mod lower;
#[path = "../../src/marker.rs"]
mod marker;
#[path = "../../src/messages.rs"]
mod messages;
#[path = "../../src/names/mod.rs"]
mod names;
#[path = "../../src/predicates.rs"]
mod predicates;
#[path = "../../src/replay.rs"]
mod replay;
#[path = "../../src/set.rs"]
mod set;
#[path = "../../src/syntax.rs"]
mod syntax;
#[path = "../../src/within.rs"]
mod within;
#[path = "../../src/tests/fuzzed/check.rs"]
mod asked;

use std::path::Path;

use proc_macro2::TokenStream;

/// A byte that says which attribute, its arguments up to the end of the line, and the item.
pub fn feed(input: &[u8]) {
    let Some((which, text)) = input.split_first() else {
        return;
    };
    let Ok(text) = std::str::from_utf8(text) else {
        return;
    };
    let (args, item) = text.split_once('\n').unwrap_or(("", text));
    let tokens = |text: &str| text.parse::<TokenStream>().ok();
    if let (Some(args), Some(item)) = (tokens(args), tokens(item)) {
        let attribute = asked::ATTRIBUTES[usize::from(*which) % asked::ATTRIBUTES.len()];
        asked::check(attribute, args, item);
    }
}

/// Begins with the programs of the language reference, in the folder where a run collects what it finds.
pub fn begin() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let found = own.join("target/corpus/macros");
    std::fs::create_dir_all(&found).expect("a folder for what is found");
    let mut folders = vec![own.join("../../ui-tests/accept")];
    let mut samples = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the language reference") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("a program");
            for (which, attribute) in asked::ATTRIBUTES.iter().enumerate() {
                let marked = format!("\n#[{attribute}]\n");
                for item in text.split(&marked).skip(1) {
                    // To the end of the item, if it is written as usual.
                    let end = item.find("\n}").map_or(item.len(), |end| end + 2);
                    let input = [&[which as u8, b'\n'], &item.as_bytes()[..end]].concat();
                    let file = found.join(format!("sample-{samples}"));
                    std::fs::write(file, input).expect("a sample");
                    samples += 1;
                }
            }
        }
    }
}

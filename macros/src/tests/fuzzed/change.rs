//! Random changes of token trees.

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use rand::RngExt;
use rand::rngs::StdRng;

/// What the macros look for.
const WORDS: [&str; 28] = [
    "async", "await", "break", "continue", "else", "fn", "for", "if", "in", "let", "loop", "match",
    "move", "mut", "ref", "return", "self", "static", "unsafe", "while", "join", "race", "lock",
    "event", "timeout", "_", "dyn", "impl",
];
const SIGNS: [char; 14] = [
    '.', ',', ';', ':', '=', '?', '&', '|', '!', '#', '<', '>', '*', '@',
];

/// Trees to put somewhere else.
pub(super) struct Pool(Vec<TokenTree>);

impl Pool {
    pub(super) fn of<'a>(streams: impl Iterator<Item = &'a TokenStream>) -> Pool {
        fn add(stream: TokenStream, pool: &mut Vec<TokenTree>) {
            for tree in stream {
                if let TokenTree::Group(group) = &tree {
                    add(group.stream(), pool);
                }
                pool.push(tree);
            }
        }
        let mut pool = Vec::new();
        streams.for_each(|stream| add(stream.clone(), &mut pool));
        Pool(pool)
    }

    fn pick(&self, rng: &mut StdRng) -> TokenTree {
        match rng.random_range(0..6) {
            0 => {
                let word = WORDS[rng.random_range(0..WORDS.len())];
                Ident::new(word, Span::call_site()).into()
            }
            1 => {
                let sign = SIGNS[rng.random_range(0..SIGNS.len())];
                let joint = [Spacing::Alone, Spacing::Joint][rng.random_range(0..2)];
                Punct::new(sign, joint).into()
            }
            _ => self.0[rng.random_range(0..self.0.len())].clone(),
        }
    }
}

/// The stream with one change, somewhere in it.
pub(super) fn changed(stream: TokenStream, pool: &Pool, rng: &mut StdRng) -> TokenStream {
    let mut trees: Vec<TokenTree> = stream.into_iter().collect();
    let groups = trees.iter().enumerate();
    let groups = groups.filter(|(_, tree)| matches!(tree, TokenTree::Group(_)));
    let groups: Vec<usize> = groups.map(|(at, _)| at).collect();
    if !groups.is_empty() && rng.random_range(0..5) > 0 {
        // Most of a program is in blocks: the largest group is likelier.
        let picks = [(); 2].map(|()| groups[rng.random_range(0..groups.len())]);
        let size = |at: &usize| trees[*at].to_string().len();
        let at = picks.into_iter().max_by_key(size).unwrap_or(groups[0]);
        if let TokenTree::Group(group) = &trees[at] {
            let inner = changed(group.stream(), pool, rng);
            trees[at] = Group::new(group.delimiter(), inner).into();
        }
        return trees.into_iter().collect();
    }
    let at = rng.random_range(0..=trees.len());
    match rng.random_range(0..8) {
        0 | 1 => trees.insert(at, pool.pick(rng)),
        _ if at == trees.len() => trees.push(pool.pick(rng)),
        2 | 3 => trees[at] = pool.pick(rng),
        4 => drop(trees.remove(at)),
        5 => trees.insert(at, trees[at].clone()),
        6 => {
            let other = rng.random_range(0..trees.len());
            trees.swap(at, other);
        }
        _ => {
            let end = rng.random_range(at..=trees.len());
            let inner = trees.drain(at..end).collect();
            let delimiters = [Delimiter::Brace, Delimiter::Parenthesis, Delimiter::Bracket];
            let delimiter = delimiters[rng.random_range(0..3)];
            trees.insert(at, Group::new(delimiter, inner).into());
        }
    }
    trees.into_iter().collect()
}

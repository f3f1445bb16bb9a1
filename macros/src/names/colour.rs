//! Which of two variables of one name is meant, where both are in scope: told apart by hygiene, not by text.

use std::collections::HashMap;

use proc_macro2::{Ident, Span};

use super::{Kind, Locals};
use crate::arena::{Arena, Id, LocalId};
use crate::set::Set;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Colour {
    /// As the user wrote it.
    User,
    /// The same text with the macro's own hygiene: another variable, which looks the same in errors.
    Mixed,
    /// A third of one name in one block.
    Numbered(u32),
}

pub(crate) struct Colours {
    of: Arena<LocalId, Colour>,
}

impl Colours {
    pub(crate) fn of(&self, local: LocalId) -> Colour {
        self.of[local]
    }

    /// The identifier to print for `local`, named at `span`.
    pub(crate) fn ident(&self, locals: &Locals, local: LocalId, span: Span) -> Ident {
        let known = &locals[local];
        let mixed = Span::mixed_site().located_at(span);
        match (known.kind, self.of[local]) {
            (Kind::Receiver | Kind::Entity | Kind::Machine, _) => Ident::new("this", mixed),
            (Kind::Hidden | Kind::Worklist | Kind::Section, _) => {
                let text = known.ident.to_string();
                Ident::new(
                    &format!("__{}{}", text.trim_start_matches("r#"), local.index()),
                    mixed,
                )
            }
            (_, Colour::User) => with_span(&known.ident, span),
            (_, Colour::Mixed) => with_span(&known.ident, mixed),
            (_, Colour::Numbered(number)) => {
                let text = known.ident.to_string();
                Ident::new(
                    &format!("{}_{number}", text.trim_start_matches("r#")),
                    mixed,
                )
            }
        }
    }
}

fn with_span(ident: &Ident, span: Span) -> Ident {
    let mut ident = ident.clone();
    ident.set_span(span);
    ident
}

/// Gives different colours to locals of one name that are variables of one block, if one of them comes from another.
///
/// Locals of one block alone are told apart by where they are declared, as in the source.
pub(crate) fn colour(locals: &Locals, crossing: &Set, blocks: &[Set]) -> Colours {
    let mut by_name: HashMap<String, Vec<LocalId>> = HashMap::new();
    for (id, local) in locals.iter() {
        if matches!(local.kind, Kind::User | Kind::Context) {
            by_name.entry(local.ident.to_string()).or_default().push(id);
        }
    }
    let mut of = Arena::default();
    for _ in locals.ids() {
        of.push(Colour::User);
    }
    for same in by_name.values().filter(|same| same.len() > 1) {
        for (index, &local) in same.iter().enumerate() {
            let conflicts = |other: LocalId| {
                let crosses = crossing.contains(local) || crossing.contains(other);
                crosses
                    && blocks
                        .iter()
                        .any(|block| block.contains(local) && block.contains(other))
            };
            let taken: Vec<Colour> = same[..index]
                .iter()
                .filter(|other| conflicts(**other))
                .map(|other| of[*other])
                .collect();
            let free = [Colour::User, Colour::Mixed]
                .into_iter()
                .chain((3..).map(Colour::Numbered));
            of[local] = free
                .into_iter()
                .find(|colour| !taken.contains(colour))
                .unwrap_or(Colour::User);
        }
    }
    Colours { of }
}

//! Items declared in the body: hoisted out of blocks that are taken apart.

use syn::Item;

use super::Lower;
use crate::messages;

impl Lower<'_> {
    pub(super) fn item(&mut self, item: Item) {
        let name = name(&item).map(ToString::to_string);
        if let Some(name) = name
            && self.graph.items.iter().any(|known| {
                self::name(known).is_some_and(|known| known == &name) && same_kind(known, &item)
            })
        {
            self.diag
                .refuse(self::name(&item), messages::item_twice(&name));
            return;
        }
        self.graph.items.push(item);
    }
}

fn name(item: &Item) -> Option<&syn::Ident> {
    match item {
        Item::Struct(item) => Some(&item.ident),
        Item::Enum(item) => Some(&item.ident),
        Item::Fn(item) => Some(&item.sig.ident),
        Item::Const(item) => Some(&item.ident),
        Item::Static(item) => Some(&item.ident),
        Item::Type(item) => Some(&item.ident),
        Item::Trait(item) => Some(&item.ident),
        Item::Mod(item) => Some(&item.ident),
        Item::Union(item) => Some(&item.ident),
        _ => None,
    }
}

/// Whether two items share a namespace.
fn same_kind(a: &Item, b: &Item) -> bool {
    let value = |item: &Item| matches!(item, Item::Fn(_) | Item::Const(_) | Item::Static(_));
    value(a) == value(b)
}

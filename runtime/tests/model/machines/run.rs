//! Whether what several machines have done is one run of the model: each event was sent, is handled once and in an
//! order in which they can have arrived.
//!
//! The order of arrival is not seen, so it is found: what must come before what is a graph, and there is such an
//! order if that has no circle. Every order of the graph is a run.

use std::collections::{BTreeMap, BTreeSet};

use undying::durable::rsm::{Chart, Does};

use super::spec::{Done, Sent, place, verdict};

/// What happens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Node {
    /// A machine handles the n-th event.
    Handles(String, usize),
    Arrives(String),
}

/// Who sends what has this tag, and who gets it.
pub fn parties(tag: &str) -> (&str, &str) {
    let (from, rest) = tag.split_once('>').unwrap_or((tag, ""));
    (from, rest.split_once('#').map_or(rest, |(to, _)| to))
}

/// Checks what machines have done, what clients have sent (`begun` are the machines that they create, with their fuel),
/// and which events wait or are on their way.
pub fn check(
    chart: &'static Chart,
    all: &[Done<'_>],
    clients: &[Sent],
    begun: &BTreeMap<String, u64>,
    waiting: &[String],
) -> Result<(), String> {
    let mut sent: BTreeMap<&str, &Sent> = clients.iter().map(|sent| (&*sent.tag, sent)).collect();
    for done in all {
        sent.extend(done.sent.iter().map(|sent| (&*sent.tag, sent)));
    }
    let mut after: BTreeMap<Node, BTreeSet<Node>> = BTreeMap::new();
    let mut edge = |from: Node, to: Node| {
        after.entry(from).or_default().insert(to);
    };
    let arrives = |tag: &str| Node::Arrives(tag.to_owned());
    // Where each is handled.
    let mut where_handled: BTreeMap<&str, (&str, usize)> = BTreeMap::new();
    for done in all {
        for (at, handled) in done.handled.iter().enumerate() {
            let here = Node::Handles(done.name.clone(), at);
            if at > 0 {
                edge(Node::Handles(done.name.clone(), at - 1), here.clone());
            }
            match &*handled.event {
                "Timeout" => continue,
                "created" => {
                    let creator = all.iter().find_map(|creator| {
                        let mut created = creator.created.iter();
                        created
                            .find(|(name, ..)| *name == done.name)
                            .map(|made| (creator, made))
                    });
                    let fuel = match creator {
                        Some((creator, (_, fuel, by))) => {
                            edge(Node::Handles(creator.name.clone(), *by), here);
                            Some(*fuel)
                        }
                        None => begun.get(&done.name).copied(),
                    };
                    if fuel != Some(handled.fuel) {
                        return Err(format!("nobody has created {} so: {fuel:?}", done.name));
                    }
                    continue;
                }
                _ => {}
            }
            let tag = &*handled.tag;
            let Some(sent) = sent.get(tag) else {
                return Err(format!(
                    "nobody has sent {tag}, which {} has handled",
                    done.name
                ));
            };
            let same = (&sent.event, sent.fuel) == (&handled.event, handled.fuel);
            if !same || parties(tag).1 != done.name {
                return Err(format!("{sent:?} comes to {} as {handled:?}", done.name));
            }
            if where_handled.insert(tag, (&done.name, at)).is_some() {
                return Err(format!("{tag} is handled twice"));
            }
            edge(arrives(tag), here);
        }
    }
    for done in all {
        let mut last: BTreeMap<&str, &str> = BTreeMap::new();
        for sent in &done.sent {
            let sends = Node::Handles(done.name.clone(), sent.by);
            edge(sends, arrives(&sent.tag));
            if let Some(before) = last.insert(parties(&sent.tag).1, &sent.tag) {
                edge(arrives(before), arrives(&sent.tag));
            }
        }
    }
    // What was handled came before everything that could have been handled then.
    for done in all {
        let mine = || {
            sent.values()
                .filter(|sent| parties(&sent.tag).1 == done.name)
        };
        for (at, handled) in done.handled.iter().enumerate() {
            if matches!(&*handled.event, "Timeout" | "created") {
                continue;
            }
            for other in mine() {
                let later = match where_handled.get(&*other.tag) {
                    Some((_, then)) => *then > at,
                    None => waiting.contains(&other.tag),
                };
                let deferred =
                    verdict(chart, &handled.stack, place(&other.event)) == Some(Does::Defer);
                if later && !deferred {
                    edge(arrives(&handled.tag), arrives(&other.tag));
                }
            }
        }
        // Nothing is lost: what is not handled waits, or was ignored, or came to who had halted.
        for sent in mine().filter(|sent| !clients.contains(sent)) {
            let known = where_handled.contains_key(&*sent.tag) || waiting.contains(&sent.tag);
            let ignores =
                |stack: &[usize]| verdict(chart, stack, place(&sent.event)) == Some(Does::Ignore);
            let ignored = || {
                ignores(&done.stack) || done.handled.iter().any(|handled| ignores(&handled.stack))
            };
            if !known && !done.halted && !ignored() {
                return Err(format!("{} is lost", sent.tag));
            }
        }
    }
    for tag in waiting {
        let handled = where_handled.contains_key(&**tag);
        if handled || !sent.contains_key(&**tag) {
            return Err(format!(
                "{tag} waits, and is handled, or nobody has sent it"
            ));
        }
    }
    circle(&after)
}

/// Finds out whether a graph has a circle.
fn circle(after: &BTreeMap<Node, BTreeSet<Node>>) -> Result<(), String> {
    let mut before: BTreeMap<&Node, usize> = BTreeMap::new();
    for (from, to) in after {
        before.entry(from).or_default();
        for node in to {
            *before.entry(node).or_default() += 1;
        }
    }
    let mut free: Vec<&Node> = before
        .iter()
        .filter(|(_, left)| **left == 0)
        .map(|(node, _)| *node)
        .collect();
    while let Some(node) = free.pop() {
        before.remove(node);
        for next in after.get(node).into_iter().flatten() {
            if let Some(left) = before.get_mut(next) {
                *left -= 1;
                if *left == 0 {
                    free.push(next);
                }
            }
        }
    }
    match before.is_empty() {
        true => Ok(()),
        false => Err(format!("no order is right for {:#?}", before.keys())),
    }
}

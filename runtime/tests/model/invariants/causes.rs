//! I2: nothing has arrived that was not sent: whoever is the cause of something durable is durably as far as that.

use undying::core::standing::{Call, Stage, Standing, Word};

use crate::functions::{Book, activity, noted, seen, text};

pub(crate) fn check(standing: &Standing) {
    let sent = |tag: &str| {
        // A book sends on what it has noted; clients send what they like.
        if let (Some(tag), Some((_, book))) = (tag.strip_suffix('\''), tag.split_once('@')) {
            let book = format!("@book@{}", book.trim_end_matches('\''));
            let notes = standing
                .instances
                .values()
                .filter(|one| one.id == book)
                .any(|one| logged(&one.stage).iter().any(|noted| noted == tag));
            assert!(
                notes,
                "I2: `{tag}'` is there, and {book} has not noted `{tag}`"
            );
            return;
        }
        let Some((owner, step)) = tag.rsplit_once(':') else {
            return;
        };
        if owner.starts_with('c') {
            return;
        }
        let step: String = step.chars().take_while(char::is_ascii_digit).collect();
        let step: usize = step.parse().expect("a step");
        let mut all = standing.instances.values();
        let sender = all.find(|one| one.id == owner);
        let is_there = sender.is_some_and(|sender| {
            let (at, _) = seen(sender.status.as_deref());
            at > step || at == step && !matches!(sender.stage, Stage::Begun | Stage::Unborn)
        });
        assert!(
            is_there,
            "I2: `{tag}` is there, and {owner} has not come so far"
        );
    };
    for one in standing.instances.values() {
        if one.name == "plays" {
            sent(&one.id);
        }
        logged(&one.stage).iter().for_each(|tag| sent(tag));
        one.requests
            .values()
            .for_each(|request| sent(&noted(request)));
        one.events
            .values()
            .for_each(|(_, value)| sent(&text(value)));
        for call in one.calls.values() {
            if let Call::Activity { args } = call {
                sent(&activity(args));
            }
        }
    }
    for word in standing.messages.values() {
        match word {
            Word::Start { id, .. } => sent(id),
            Word::Operate { request, .. } => sent(&noted(request)),
            Word::Event { value, .. } => sent(&text(value)),
            _ => {}
        }
    }
}

/// What a book has noted.
fn logged(stage: &Stage) -> Vec<String> {
    match stage {
        Stage::Waits(Some(state)) => state
            .read::<Book>()
            .map_or_else(|_| Vec::new(), |book| book.log),
        _ => Vec::new(),
    }
}

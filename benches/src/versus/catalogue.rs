//! The workloads: what each is, what its throughput counts, and who else runs it.

/// In which runs a workload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum In {
    /// In all of them.
    Every,
    /// In the quick one alone: the full one has a larger one of its kind.
    Quick,
    /// In the full one.
    Full,
    /// In neither: a point of a curve.
    Curve,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Workload {
    /// How `--only` names it: its family, and its sizes behind slashes.
    pub(crate) name: &'static str,
    /// What happens.
    pub(crate) what: &'static str,
    /// What its throughput counts.
    pub(crate) unit: &'static str,
    /// In which runs it is.
    pub(crate) runs: In,
    /// Who runs it besides `undying`.
    pub(crate) peers: &'static [&'static str],
}

/// Who runs anything.
pub(crate) const SYSTEMS: [&str; 8] = [
    "undying",
    "raw-disk",
    "raw-fjall",
    "duroxide",
    "duroxide-fast",
    RESTATE,
    "ractor",
    "kameo",
];
/// A server, which is run only where it is asked for.
pub(crate) const RESTATE: &str = "restate";

/// None: peers have no such thing, or nobody would learn from it.
const NOBODY: &[&str] = &[];
/// The rows of its turns in the raw store.
const STORE: &[&str] = &["raw-fjall"];
/// The raw disk besides.
const LIMITS: &[&str] = &["raw-disk", "raw-fjall"];
/// Those that keep what they do, and the limits.
const DURABLE: &[&str] = &[
    "raw-disk",
    "raw-fjall",
    "duroxide",
    "duroxide-fast",
    RESTATE,
];
/// The same without the raw disk, which has no more than one append under way.
const DURABLE_AT_ONCE: &[&str] = &["raw-fjall", "duroxide", "duroxide-fast", RESTATE];
/// Those that replay.
const REPLAYED: &[&str] = &["duroxide", "duroxide-fast"];
/// Those that keep nothing.
const ACTORS: &[&str] = &["ractor", "kameo"];
/// And what has entities and keeps them.
const ENTITIES: &[&str] = &[RESTATE, "ractor", "kameo"];

const fn workload(
    name: &'static str,
    what: &'static str,
    unit: &'static str,
    runs: In,
    peers: &'static [&'static str],
) -> Workload {
    Workload {
        name,
        what,
        unit,
        runs,
        peers,
    }
}

/// In the order in which they run.
#[rustfmt::skip]
pub(crate) const WORKLOADS: &[Workload] = &[
    workload("hello-3/1", "three activities in sequence, 1 orchestration in flight", "orchestrations", In::Every, DURABLE),
    workload("hello-3/100", "the same, 100 in flight", "orchestrations", In::Every, DURABLE_AT_ONCE),
    workload("hello-3/2000", "the same, 2,000 in flight", "orchestrations", In::Every, DURABLE_AT_ONCE),
    workload("hello-5/1", "five activities in sequence, 1 orchestration in flight", "orchestrations", In::Full, LIMITS),
    workload("hello-5/100", "the same, 100 in flight", "orchestrations", In::Full, DURABLE_AT_ONCE),
    workload("hello-5/2000", "the same, 2,000 in flight", "orchestrations", In::Full, STORE),
    workload("sequence/1000", "1,000 activities in sequence in one instance; the same at its start and at its end", "steps", In::Every, DURABLE),
    workload("sequence/100000", "100,000 of them", "steps", In::Full, NOBODY),
    workload("sequence/1000000", "1,000,000 of them", "steps", In::Full, NOBODY),
    workload("fan-out/100/1", "100 activities at once, and a join; 1 orchestration at a time", "activities", In::Every, REPLAYED),
    workload("fan-out/100/20", "the same, 20 orchestrations at a time", "activities", In::Every, NOBODY),
    workload("fan-out/1000/1", "1,000 activities at once; 1 orchestration at a time", "activities", In::Every, NOBODY),
    workload("fan-out/10000/1", "10,000 activities at once; 1 orchestration at a time", "activities", In::Every, NOBODY),
    workload("hot-entity/1", "signals of one entity with request ids, 1 outstanding", "signals", In::Every, ENTITIES),
    workload("hot-entity/64", "the same, 64 outstanding", "signals", In::Every, ENTITIES),
    workload("hot-entity/1024", "the same, 1,024 outstanding", "signals", In::Every, ENTITIES),
    workload("entities/10000/1000", "calls of 10,000 entities with request ids, 1,000 in flight", "calls", In::Every, ENTITIES),
    workload("entity-call", "calls of one entity, each waits for what it says", "calls", In::Every, ENTITIES),
    workload("bank-cold/100/1", "transfers that lock two accounts nobody else wants, 100 in flight, 1 shard", "transfers", In::Every, NOBODY),
    workload("bank-cold/100/4", "the same, 4 shards", "transfers", In::Every, NOBODY),
    workload("bank-contended/100/1", "transfers that lock two of 20 accounts, 100 in flight, 1 shard", "transfers", In::Every, NOBODY),
    workload("bank-contended/100/4", "the same, 4 shards", "transfers", In::Full, NOBODY),
    workload("word-count/10", "10 mappers of 5,000 words each signal 10 reducers each word", "words", In::Quick, NOBODY),
    workload("word-count/100", "100 mappers of 5,000 words each signal 10 reducers each word", "words", In::Full, NOBODY),
    workload("rsm-ping-pong/1000", "1,000 state machines that play in pairs, a message alive for each pair", "messages", In::Every, ACTORS),
    workload("rsm-ring/1000/10", "a ring of 1,000 state machines, 10 messages alive", "messages", In::Every, ACTORS),
    workload("rsm-ring/1000/1000", "the same, 1,000 messages alive", "messages", In::Every, ACTORS),
    workload("rsm-fan-out/1000", "a state machine that gives work to 1,000 others, and waits for all", "messages", In::Every, NOBODY),
    workload("parked/10000", "10,000 instances that wait for an event: opened cleanly and after a kill, woken", "instances", In::Quick, NOBODY),
    workload("parked/1000000", "1,000,000 instances that wait for an event: opened cleanly and after a kill, woken", "instances", In::Full, NOBODY),
    workload("restart/2000", "killed while 2,000 instances run activities, and opened again", "instances", In::Every, NOBODY),
    workload("restart/100000", "killed while 100,000 instances run activities, and opened again", "instances", In::Full, NOBODY),
    workload("signals/64", "64 clients signal an orchestration each", "signals", In::Every, NOBODY),
    workload("payload/100", "100 B through an orchestration and its activity, 10 in flight", "orchestrations", In::Every, NOBODY),
    workload("payload/10000", "10 KB through them", "orchestrations", In::Every, NOBODY),
    workload("payload/1000000", "1 MB through them", "orchestrations", In::Every, NOBODY),
    workload("mixed/10", "activities, calls and locks; ten times as many come as can be served; then half of that", "requests", In::Every, NOBODY),
    workload("sustained", "hello-3 for long, 2,000 in flight, history on", "orchestrations", In::Curve, NOBODY),
    workload("hello-3/10", "three activities in sequence, 10 orchestrations in flight", "orchestrations", In::Curve, STORE),
    workload("hello-3/1000", "the same, 1,000 in flight", "orchestrations", In::Curve, STORE),
    workload("hello-3/10000", "the same, 10,000 in flight", "orchestrations", In::Curve, STORE),
    workload("state/100", "calls of 20 entities whose state has 100 B", "calls", In::Curve, NOBODY),
    workload("state/10000", "the same, 10 KB", "calls", In::Curve, NOBODY),
    workload("state/1000000", "the same, 1 MB", "calls", In::Curve, NOBODY),
    workload("carried/100", "steps of 20 orchestrations that carry 100 B along", "steps", In::Curve, NOBODY),
    workload("carried/10000", "the same, 10 KB", "steps", In::Curve, NOBODY),
    workload("carried/1000000", "the same, 1 MB", "steps", In::Curve, NOBODY),
    workload("mailbox/100", "100 requests that wait for one entity are served", "requests", In::Curve, NOBODY),
    workload("mailbox/1000", "the same, 1,000", "requests", In::Curve, NOBODY),
    workload("mailbox/10000", "the same, 10,000", "requests", In::Curve, NOBODY),
    workload("mailbox/100000", "the same, 100,000", "requests", In::Curve, NOBODY),
    workload("store/1000", "hello-3, 100 in flight, in a store of 1,000 parked instances", "orchestrations", In::Curve, NOBODY),
    workload("store/10000", "the same, 10,000", "orchestrations", In::Curve, NOBODY),
    workload("store/100000", "the same, 100,000", "orchestrations", In::Curve, NOBODY),
    workload("store/1000000", "the same, 1,000,000", "orchestrations", In::Curve, NOBODY),
];

impl Workload {
    /// Whether a run has it in which these are asked for: all of its kind, or itself.
    #[must_use]
    pub(crate) fn is_wanted(&self, only: &[String], quick: bool) -> bool {
        if only.is_empty() {
            return match self.runs {
                In::Every => true,
                In::Quick => quick,
                In::Full => !quick,
                In::Curve => false,
            };
        }
        let beneath = |wanted: &String| {
            let rest = self.name.strip_prefix(wanted.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let by_itself = only.iter().any(|wanted| wanted == self.name);
        // Of a kind, those that the run would have.
        by_itself || only.iter().any(beneath) && self.is_wanted(&[], quick)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(only: &[&str], quick: bool) -> Vec<&'static str> {
        let only: Vec<String> = only.iter().map(|&name| name.to_owned()).collect();
        let wanted = WORKLOADS.iter().filter(|one| one.is_wanted(&only, quick));
        wanted.map(|one| one.name).collect()
    }

    #[test]
    fn a_kind_stands_for_those_of_the_run_and_a_full_name_for_itself() {
        assert_eq!(wanted(&["hello-5/1"], true), ["hello-5/1"]);
        assert_eq!(wanted(&["hello-5"], true), [""; 0]);
        assert_eq!(
            wanted(&["hello-5"], false),
            ["hello-5/1", "hello-5/100", "hello-5/2000"]
        );
    }

    #[test]
    fn every_peer_is_a_system() {
        let mut peers = WORKLOADS.iter().flat_map(|workload| workload.peers);
        assert!(peers.all(|peer| SYSTEMS.contains(peer)));
    }

    #[test]
    fn no_name_stands_twice() {
        let mut names: Vec<_> = WORKLOADS.iter().map(|workload| workload.name).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|two| two[0] != two[1]), "{names:?}");
    }
}

//! Histories: what was asked and answered, and whether a model allows it.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::hash::Hash;
use std::time::Duration;

use porcupine_rs::{CheckResult, Model, Operation, check_operations_timeout};

/// One question of a client.
#[derive(Debug, Clone)]
pub(crate) struct Asked<Q, A> {
    pub(crate) client: usize,
    /// What it is about; nothing else matters to the answer.
    pub(crate) key: usize,
    pub(crate) question: Q,
    /// None if nobody knows whether it was done.
    pub(crate) answer: Option<A>,
    /// When it was asked and answered, in events of the history.
    pub(crate) called: i64,
    pub(crate) returned: i64,
}

/// What one thing does at a time.
pub(crate) trait Spec: Clone + Debug + Send + Sync + 'static {
    type State: Clone + Debug + Eq + Hash + Send + Sync;
    type Question: Clone + Debug + Send + Sync;
    type Answer: Clone + Debug + Send + Sync;

    /// The state before anything was asked.
    fn init() -> Self::State;

    /// Whether it changes nothing.
    fn only_looks(question: &Self::Question) -> bool;

    /// The state afterwards, if this answer is right. No answer: it is done if it can be.
    fn step(
        state: &Self::State,
        question: &Self::Question,
        answer: Option<&Self::Answer>,
    ) -> Option<Self::State>;
}

/// A [`Spec`] as the checker takes it.
#[derive(Debug, Clone)]
struct Checked<S>(S);

impl<S: Spec> Model for Checked<S> {
    type State = S::State;
    type Op = (S::Question, Option<S::Answer>);
    type Metadata = ();

    fn init() -> S::State {
        S::init()
    }

    fn step(state: &S::State, (question, answer): &Self::Op) -> (bool, S::State) {
        match S::step(state, question, answer.as_ref()) {
            Some(after) => (true, after),
            None => (false, state.clone()),
        }
    }
}

/// Tries a history of a seed.
pub(crate) fn check<S: Spec>(history: &[Asked<S::Question, S::Answer>], seed: u64) {
    let result = judge::<S>(history);
    if result != CheckResult::Ok {
        history.iter().for_each(|asked| eprintln!("{asked:?}"));
        panic!("{result:?}: SEED={seed} TRIES=1 cargo test -p undying --test linearizable");
    }
}

/// Whether the model allows a history.
pub(crate) fn is_linearizable<S: Spec>(history: &[Asked<S::Question, S::Answer>]) -> bool {
    judge::<S>(history) == CheckResult::Ok
}

/// What the model says of a history; that it is unknown if that takes too long to tell.
fn judge<S: Spec>(history: &[Asked<S::Question, S::Answer>]) -> CheckResult {
    let mut keys: BTreeMap<usize, Vec<Operation<Checked<S>>>> = BTreeMap::new();
    // Whoever looked and was told nothing has seen nothing.
    let matters = |asked: &&Asked<_, _>| asked.answer.is_some() || !S::only_looks(&asked.question);
    for asked in history.iter().filter(matters) {
        keys.entry(asked.key).or_default().push(Operation {
            client_id: u32::try_from(asked.client).ok(),
            call_time: asked.called,
            return_time: asked.returned,
            op: (asked.question.clone(), asked.answer.clone()),
            metadata: None,
        });
    }
    let results = keys
        .values()
        .map(|one| check_operations_timeout(one, PATIENCE));
    let bad = results
        .into_iter()
        .find(|result| *result != CheckResult::Ok);
    bad.unwrap_or(CheckResult::Ok)
}

/// How long the checker looks for an order, in one of which there are fewer than 32 questions.
const PATIENCE: Duration = Duration::from_secs(20);

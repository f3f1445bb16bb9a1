//! Versions of programs: how they are compared, and which instances an engine runs by theirs.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

/// Which instances an engine runs, by the [version](crate::EngineBuilder::version) of the engine
/// that started them. Entities, and what the engine runs of its own, have no version and are always
/// run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum VersionMatch {
    /// All of them.
    #[default]
    Any,
    /// Those of its own version and of [older](compare_versions) ones, and those that have none.
    CurrentOrOlder,
    /// Those of its own version only.
    Strict,
}

impl VersionMatch {
    /// Whether an engine of the version `own` runs an instance of the version `of`.
    pub(crate) fn takes(self, of: Option<&str>, own: Option<&str>) -> bool {
        match self {
            VersionMatch::Any => true,
            VersionMatch::CurrentOrOlder => compare_versions(of, own).is_le(),
            VersionMatch::Strict => compare_versions(of, own).is_eq(),
        }
    }

    /// In words, for a refusal.
    pub(super) fn taken(self) -> &'static str {
        match self {
            VersionMatch::Any => "all versions",
            VersionMatch::CurrentOrOlder => "its own version and older ones",
            VersionMatch::Strict => "its own version only",
        }
    }
}

/// Which of two versions is the older one: for code that does what it did for instances that an
/// older version has started, and for [`VersionMatch`].
///
/// - No version is older than any.
/// - Two that are numbers with dots between them are compared number by number, so `1.10` is newer
///   than `1.9`. A number that is missing is 0: `1.4` and `1.4.0` are one version.
/// - Others are compared as texts, whatever the case of their letters. So mixing both forms gives no
///   order: `1.10` is older than `1.5-rc`, which is older than `1.9`.
///
/// ```
/// use undying::compare_versions;
///
/// assert!(compare_versions(Some("1.10"), Some("1.9")).is_gt());
/// assert!(compare_versions(Some("2"), Some("2.0.0")).is_eq());
/// assert!(compare_versions(None, Some("0.1")).is_lt());
/// ```
///
/// Durable Functions compares so too, except that a missing number is less than 0 there.
#[must_use]
pub fn compare_versions(a: Option<&str>, b: Option<&str>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) if is_numeric(a) && is_numeric(b) => by_numbers(a, b),
        (Some(a), Some(b)) => folded(a).cmp(folded(b)),
        (a, b) => a.is_some().cmp(&b.is_some()),
    }
}

fn is_numeric(version: &str) -> bool {
    let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    version.split('.').all(number)
}

fn by_numbers(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.split('.'), b.split('.'));
    loop {
        let (one, other) = (a.next(), b.next());
        if one.is_none() && other.is_none() {
            return Ordering::Equal;
        }
        // Of two numbers without leading zeros the longer one is greater, however long.
        let [one, other] = [one, other].map(|part| part.unwrap_or("0").trim_start_matches('0'));
        let order = one.len().cmp(&other.len()).then_with(|| one.cmp(other));
        if order.is_ne() {
            return order;
        }
    }
}

fn folded(version: &str) -> impl Iterator<Item = char> {
    version.chars().flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_their_numbers_or_else_as_texts() {
        let check = |a: &str, b: &str, order: Ordering| {
            let known = |version| Some(version).filter(|version: &&str| !version.is_empty());
            assert_eq!(compare_versions(known(a), known(b)), order, "{a} {b}");
            assert_eq!(
                compare_versions(known(b), known(a)),
                order.reverse(),
                "{b} {a}"
            );
        };
        // None is older than any.
        check("", "", Ordering::Equal);
        check("", "0", Ordering::Less);
        check("", "a", Ordering::Less);
        // Numbers.
        check("1.9", "1.10", Ordering::Less);
        check("9", "10", Ordering::Less);
        check("1.4", "1.4.0", Ordering::Equal);
        check("1.4", "1.4.1", Ordering::Less);
        check("1.04", "1.4", Ordering::Equal);
        check("0", "00.0", Ordering::Equal);
        check("2", "1.99.99", Ordering::Greater);
        let (large, larger) = ("1.99999999999999999999999", "1.100000000000000000000000");
        check(large, larger, Ordering::Less);
        // Texts.
        check("a", "B", Ordering::Less);
        check("Ärger", "äRGER", Ordering::Equal);
        check("1.10-rc", "1.9-rc", Ordering::Less);
        check("1.10", "1.9-rc", Ordering::Less);
        check("1.", "1.0", Ordering::Less);
        check("v2", "v10", Ordering::Greater);
        check("-1", "1", Ordering::Less);
    }

    #[test]
    fn an_engine_takes_what_its_rule_says() {
        use VersionMatch::{Any, CurrentOrOlder, Strict};
        let check = |of, own, takes: &[VersionMatch]| {
            for rule in [Any, CurrentOrOlder, Strict] {
                assert_eq!(rule.takes(of, own), takes.contains(&rule), "{rule:?}");
            }
        };
        check(Some("1"), Some("2"), &[Any, CurrentOrOlder]);
        check(Some("2.0"), Some("2"), &[Any, CurrentOrOlder, Strict]);
        check(Some("3"), Some("2"), &[Any]);
        check(None, Some("2"), &[Any, CurrentOrOlder]);
        check(Some("1"), None, &[Any]);
        check(None, None, &[Any, CurrentOrOlder, Strict]);
    }
}

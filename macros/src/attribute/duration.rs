//! Durations as attributes write them: `"200ms"`, `"10s"`, `"1h"`.

/// In milliseconds; `None` when it is not a whole number and a unit.
pub(super) fn milliseconds(text: &str) -> Option<u64> {
    let unit = text.find(|char: char| !char.is_ascii_digit())?;
    let (number, unit) = text.split_at(unit);
    let scale = match unit.trim_start() {
        "ms" => 1,
        "s" => 1_000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(scale)
}

#[cfg(test)]
mod tests {
    use super::milliseconds;

    #[test]
    fn a_duration_is_a_whole_number_and_a_unit() {
        assert_eq!(milliseconds("200ms"), Some(200));
        assert_eq!(milliseconds("10 s"), Some(10_000));
        assert_eq!(milliseconds("2d"), Some(172_800_000));
        for bad in [
            "",
            "10",
            "s",
            "1.5s",
            "-1s",
            "1 week",
            "99999999999999999999s",
        ] {
            assert_eq!(milliseconds(bad), None, "{bad}");
        }
    }
}

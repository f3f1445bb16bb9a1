//! Figures for people: three digits of them, in groups, with units.

/// A number with its thousands in groups.
pub(crate) fn grouped(number: f64) -> String {
    if number < 100.0 {
        return format!("{number:.1}");
    }
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A time that is given in microseconds.
pub(crate) fn time(us: f64) -> String {
    match us {
        ..1.0 => format!("{us:.2} us"),
        ..1e3 => format!("{us:.0} us"),
        ..1e5 => format!("{:.2} ms", us / 1e3),
        ..1e6 => format!("{:.0} ms", us / 1e3),
        _ => format!("{:.2} s", us / 1e6),
    }
}

/// How many times as fast.
pub(crate) fn ratio(times: f64) -> String {
    match times {
        0.0 => "0".to_owned(),
        ..0.01 => format!("1/{}", grouped((1.0 / times).round())),
        ..10.0 => format!("{times:.2}"),
        _ => grouped(times),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_at_a_glance() {
        assert_eq!(grouped(1_234_567.8), "1,234,568");
        assert_eq!(grouped(999.0), "999");
        assert_eq!(grouped(12.34), "12.3");
        assert_eq!(time(0.25), "0.25 us");
        assert_eq!(time(790.4), "790 us");
        assert_eq!(time(1_234.0), "1.23 ms");
        assert_eq!(time(2_500_000.0), "2.50 s");
        assert_eq!(ratio(0.0), "0");
        assert_eq!(ratio(1.0), "1.00");
        assert_eq!(ratio(0.0025), "1/400");
        assert_eq!(ratio(1_500.0), "1,500");
    }
}

//! The names that a format text captures.

/// Names captured by a format string, given as its source text: `{name}`, `{name:..}`, `{:name$}`.
pub(crate) fn captures(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        if char != '{' {
            continue;
        }
        if chars.next_if_eq(&'{').is_some() {
            continue;
        }
        let placeholder: String = chars.by_ref().take_while(|char| *char != '}').collect();
        let (argument, format) = placeholder.split_once(':').unwrap_or((&placeholder, ""));
        add(&mut names, argument.trim());
        let mut word = String::new();
        for char in format.chars() {
            if char.is_alphanumeric() || char == '_' {
                word.push(char);
                continue;
            }
            if char == '$' {
                add(&mut names, &word);
            }
            word.clear();
        }
    }
    names
}

fn add(names: &mut Vec<String>, word: &str) {
    let name = word.starts_with(|char: char| char.is_alphabetic() || char == '_');
    if name && word != "_" && !names.iter().any(|known| known == word) {
        names.push(word.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::captures;

    fn check(text: &str, expected: &[&str]) {
        assert_eq!(captures(text), expected, "{text}");
    }

    #[test]
    fn names_widths_and_precisions_are_captured_and_nothing_else() {
        check(
            r#""{a} {b:?} {{c}} {0} {} {:>w$} {d:.p$} {e:1$}""#,
            &["a", "b", "w", "d", "p", "e"],
        );
        check(r##"r#"{a}"{a}"#"##, &["a"]);
        check("\"{self}\"", &["self"]);
        check("\"{x:*^w$}\"", &["x", "w"]);
    }
}

//! Texts of a line, as people see them: names, titles, labels.

/// Longest name or title, in characters.
pub const MAX_LINE: usize = 500;

/// Without control characters, and without those that turn the direction of what follows around, so that a name shows
/// what it holds. Line breaks and tabs become spaces.
pub fn line(text: &str) -> String {
    let visible = text.chars().filter(|c| !turns_around(*c));
    let visible: String = visible.map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    visible.chars().filter(|c| !c.is_control()).collect::<String>().trim().to_owned()
}

/// Marks that only say which way a neighbour runs stay: Hebrew and Arabic need them.
fn turns_around(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn a_line_loses_what_hides_and_nothing_that_shows() {
        let cases = [
            ("  Jürgen O'Brien-Łuczak ", "Jürgen O'Brien-Łuczak"),
            ("Maya\u{202E}tsiqdniL", "MayatsiqdniL"),
            ("a\u{2066}b\u{2069}c", "abc"),
            ("two\nlines\tand\u{a0}more", "two lines and more"),
            ("zero\0bell\u{7}", "zerobell"),
            ("دانش\u{200c}آموز", "دانش\u{200c}آموز"),
            ("👩\u{200d}💻", "👩\u{200d}💻"),
        ];

        for (text, expected) in cases {
            assert_eq!(line(text), expected, "{text:?}");
        }
    }
}

//! A document's text as it is searched for quotes: white space aside, and whatever the shape of dashes and quotes.

use std::ops::Range;

/// A text with its folded form and, for each byte of that, where it came from.
#[derive(Debug)]
pub struct Text<'t> {
    pub whole: &'t str,
    folded: String,
    origin: Vec<usize>,
}

impl<'t> Text<'t> {
    pub fn of(whole: &'t str) -> Self {
        let mut text = Self { whole, folded: String::new(), origin: Vec::new() };
        for (at, character) in whole.char_indices() {
            if let Some(character) = fold(character) {
                text.folded.push(character);
                text.origin.resize(text.folded.len(), at);
            }
        }
        text
    }

    /// Where `quote` first stands, as bytes of the text; none for a quote without letters or digits.
    pub fn find(&self, quote: &str) -> Option<Range<usize>> {
        self.find_all(quote, &(0..self.whole.len())).next()
    }

    /// Everywhere `quote` stands inside `place`; the cost is that of the place, not of the text.
    pub fn find_all(
        &self,
        quote: &str,
        place: &Range<usize>,
    ) -> impl Iterator<Item = Range<usize>> {
        let wanted: String = quote.chars().filter_map(fold).collect();
        let end = self.origin.partition_point(|at| *at < place.end);
        let start = self.origin.partition_point(|at| *at < place.start);
        let mut from = if wanted.chars().any(char::is_alphanumeric) { Some(start) } else { None };
        std::iter::from_fn(move || {
            let found = from? + self.folded.get(from?..end)?.find(&wanted)?;
            let step = self.folded.get(found..)?.chars().next().map_or(1, char::len_utf8);
            from = Some(found + step);
            self.unfolded(&(found..found + wanted.len()))
        })
    }

    /// Where `value` stands as whole words inside `place`.
    pub fn find_words(&self, value: &str, place: &Range<usize>) -> Option<Range<usize>> {
        self.find_all(value, place).find(|found| self.is_whole(found))
    }

    /// The place, from the start of its first line to the end of its last.
    pub fn whole_lines(&self, place: &Range<usize>) -> Range<usize> {
        let before = self.whole.get(..place.start).unwrap_or_default();
        let after = self.whole.get(place.end..).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        start..place.end + after.find('\n').unwrap_or(after.len())
    }

    /// The words at a place, with single spaces.
    pub fn words(&self, place: &Range<usize>) -> String {
        let words = self.whole.get(place.clone()).unwrap_or_default();
        words.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The lines, from 0, that a place touches.
    pub fn lines(&self, place: &Range<usize>) -> Range<usize> {
        let before = |end: usize| self.whole.get(..end).unwrap_or_default().matches('\n').count();
        before(place.start)..before(place.end) + 1
    }

    fn unfolded(&self, place: &Range<usize>) -> Option<Range<usize>> {
        let start = *self.origin.get(place.start)?;
        let last = *self.origin.get(place.end.checked_sub(1)?)?;
        let length = self.whole.get(last..)?.chars().next()?.len_utf8();
        Some(start..last + length)
    }

    fn is_whole(&self, place: &Range<usize>) -> bool {
        let joined = |at: usize| {
            let (before, after) = self.whole.split_at_checked(at).unwrap_or_default();
            before.ends_with(char::is_alphanumeric) && after.starts_with(char::is_alphanumeric)
        };
        !joined(place.start) && !joined(place.end)
    }
}

/// Models straighten quotes and dashes when they copy; that changes nothing that was said.
fn fold(character: char) -> Option<char> {
    match character {
        '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{feff}' => None,
        '‘' | '’' | '‚' | 'ʼ' | '`' | '´' => Some('\''),
        '“' | '”' | '„' | '«' | '»' => Some('"'),
        '‐'..='―' | '−' => Some('-'),
        '‹' => Some('<'),
        '›' => Some('>'),
        _ if character.is_whitespace() => None,
        _ => Some(character),
    }
}

#[cfg(test)]
mod tests {
    use super::Text;

    #[test]
    fn a_quote_is_found_whatever_its_white_space_and_dashes() {
        let text = Text::of("Role\nMaya\u{a0}O’Rourke – Lead\tEngineer\n2021");

        let found = text.find("Maya O'Rourke - Lead  Engineer").map(|place| text.words(&place));

        assert_eq!(found.as_deref(), Some("Maya O’Rourke – Lead Engineer"));
    }

    #[test]
    fn a_quote_that_differs_in_a_letter_is_not_found() {
        let text = Text::of("Tallyport Inc. since 2021");

        for quote in ["Tallyports", "tallyport", "2020", "Inc. 2021", "", "  ", "."] {
            assert_eq!(text.find(quote), None, "{quote:?}");
        }
    }

    #[test]
    fn a_value_must_stand_as_whole_words_inside_its_quote() {
        let text = Text::of("Annual Review\nAnn Lee\nJoanna");
        let place = |quote: &str| text.find(quote).unwrap_or_default();

        assert_eq!(text.find_words("Ann", &place("Ann Lee")), Some(14..17));
        assert_eq!(text.find_words("Ann", &place("Annual Review")), None);
        assert_eq!(text.find_words("anna", &place("Joanna")), None);
    }

    #[test]
    fn a_place_knows_its_lines() {
        let text = Text::of("one\ntwo\nthree");

        assert_eq!(text.find("two three").map(|place| text.lines(&place)), Some(1..3));
    }
}

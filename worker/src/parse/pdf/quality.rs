//! Is what was read text, or the noise of a wrong decoding?

use crate::parse::line::Line;

/// Shares measured over good and bad readings; good text keeps well clear of them.
const FEWEST_LETTERS: f32 = 0.60;
const MOST_SYMBOLS: f32 = 0.05;
const MOST_SINGLE: f32 = 0.30;
const LONGEST_WORDS: f32 = 11.0;
const MOST_UNMAPPED: f32 = 0.05;
/// Fewer characters prove nothing.
const SAMPLE: usize = 60;

#[derive(Default)]
struct Census {
    characters: usize,
    letters: usize,
    symbols: usize,
    ideographs: usize,
    words: usize,
    single: usize,
}

/// The text is likely garbled.
pub fn is_low(lines: &[Line], unmapped: usize) -> bool {
    let census = census(lines);
    if census.characters + unmapped < SAMPLE {
        return false;
    }
    let spaced = census.ideographs * 10 < census.characters;
    share(census.letters, census.characters) < FEWEST_LETTERS
        || share(census.symbols, census.characters) > MOST_SYMBOLS
        || share(unmapped, census.characters + unmapped) > MOST_UNMAPPED
        || (spaced && share(census.single, census.words) > MOST_SINGLE)
        || (spaced && share(census.characters, census.words) > LONGEST_WORDS)
}

/// Words of the document, an ideograph counting as one.
pub fn words(lines: &[Line]) -> usize {
    let census = census(lines);
    census.words + census.ideographs
}

fn census(lines: &[Line]) -> Census {
    let mut census = Census::default();
    for word in lines.iter().flat_map(|line| line.text.split_whitespace()) {
        let letters = word.chars().filter(|character| character.is_alphabetic()).count();
        census.words += 1;
        census.single += usize::from(letters == 1 && word.chars().count() == 1);
        for character in word.chars() {
            census.characters += 1;
            census.letters += usize::from(character.is_alphabetic());
            census.ideographs +=
                usize::from(matches!(character, '\u{3040}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}'));
            census.symbols += usize::from(is_odd(character));
        }
    }
    census
}

/// Neither letter, digit nor a mark people type.
fn is_odd(character: char) -> bool {
    !character.is_alphanumeric()
        && !character.is_ascii_punctuation()
        && !matches!(character, '\u{300}'..='\u{36F}' | '\u{2000}'..='\u{206F}' | '\u{20A0}'..='\u{20CF}' | '\u{3000}'..='\u{303F}' | '\u{2190}'..='\u{27BF}' | '\u{FF00}'..='\u{FFEF}')
        && !"°·•±×÷§©®™«»¿¡€£¥–—‘’“”…".contains(character)
}

fn share(part: usize, whole: usize) -> f32 {
    let small = |number: usize| f32::from(u16::try_from(number.min(60_000)).unwrap_or(u16::MAX));
    if whole == 0 { 0.0 } else { small(part) / small(whole) }
}

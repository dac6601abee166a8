//! What a shown character is worth as text.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

/// Ligatures and presentation forms become letters; what prints nothing goes.
/// Private code points stay until the line is known: icons to drop.
pub fn plain(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| (0x20..0x7F).contains(&byte)) {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\u{A0}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}' | '\t' => {
                plain.push(' ');
            }
            '\u{2010}' | '\u{2011}' => plain.push('-'),
            '\u{FB00}'..='\u{FB06}'
            | '\u{FB1D}'..='\u{FDFB}'
            | '\u{FE70}'..='\u{FEFC}'
            | '\u{FF01}'..='\u{FF5E}' => {
                plain.extend([character].into_iter().nfkc());
            }
            _ if prints_nothing(character) => {}
            _ => plain.push(character),
        }
    }
    Cow::Owned(plain)
}

fn prints_nothing(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}')
        || matches!(character, '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFFD}' | '\u{FFFE}')
}

/// Icon fonts draw on private code points.
pub fn is_private(character: char) -> bool {
    matches!(character, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}')
}

/// The combining form of an accent drawn as a character of its own.
pub fn combining(accent: &str) -> Option<char> {
    let mut characters = accent.chars();
    let (Some(accent), None) = (characters.next(), characters.next()) else { return None };
    Some(match accent {
        '`' | 'ˋ' => '\u{300}',
        '´' | 'ˊ' => '\u{301}',
        'ˆ' | '^' => '\u{302}',
        '˜' => '\u{303}',
        '¯' | 'ˉ' => '\u{304}',
        '˘' => '\u{306}',
        '˙' => '\u{307}',
        '¨' => '\u{308}',
        '˚' => '\u{30A}',
        '˝' => '\u{30B}',
        'ˇ' => '\u{30C}',
        '¸' => '\u{327}',
        '˛' => '\u{328}',
        '\u{300}'..='\u{36F}' => accent,
        _ => return None,
    })
}

/// Letters of scripts written from the right.
pub fn is_right_to_left(character: char) -> bool {
    matches!(character, '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ligatures_become_letters_and_invisible_marks_vanish() {
        assert_eq!(plain("ﬁ"), "fi");
        assert_eq!(plain("a\u{200B}b\u{FEFF}"), "ab");
        assert_eq!(plain("\u{A0}"), " ");
        assert_eq!(plain("ﻻ"), "لا");
    }
}

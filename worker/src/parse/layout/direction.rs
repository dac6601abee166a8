//! Lines written from the right: letters come in the order they stand on the page.

use super::letter::is_right_to_left;
use super::word::Word;

/// Puts the words of a row, given from left to right, in reading order.
pub fn arrange(words: &mut [Word]) {
    let right = words.iter().filter(|word| is_right(word)).count();
    if right == 0 {
        return;
    }
    for word in words.iter_mut().filter(|word| is_right(word)) {
        word.text = turned(&word.text);
    }
    if right * 2 <= words.len() {
        for run in words
            .chunk_by_mut(|a, b| is_right(a) == is_right(b))
            .filter(|run| run.iter().any(is_right))
        {
            run.reverse();
        }
        return;
    }
    words.reverse();
    for run in words
        .chunk_by_mut(|a, b| is_right(a) == is_right(b))
        .filter(|run| !run.iter().any(is_right))
    {
        run.reverse();
    }
}

/// The letters from right to left; numbers and Latin letters among them from left to right.
fn turned(text: &str) -> String {
    let mut letters: Vec<char> = text.chars().rev().collect();
    for run in letters.chunk_by_mut(|a, b| a.is_ascii_alphanumeric() == b.is_ascii_alphanumeric()) {
        if run.first().is_some_and(char::is_ascii_alphanumeric) {
            run.reverse();
        }
    }
    letters.into_iter().collect()
}

fn is_right(word: &Word) -> bool {
    word.text.chars().any(is_right_to_left)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str) -> Word {
        Word {
            text: text.to_owned(),
            x0: 0.0,
            x1: 0.0,
            y: 0.0,
            size: 10.0,
            bold: false,
            italic: false,
            link: None,
            order: 0,
            opens_cell: false,
        }
    }

    fn read(row: &[&str]) -> Vec<String> {
        let mut words: Vec<Word> = row.iter().map(|text| word(text)).collect();
        arrange(&mut words);
        words.into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn a_row_from_right_to_left_is_read_from_its_right_end() {
        assert_eq!(read(&["םלוע", "םולש"]), ["שלום", "עולם"]);
    }

    #[test]
    fn addresses_within_it_keep_their_direction() {
        assert_eq!(
            read(&["ada@a.example", "b@b.example", "ראוד", "בותכל", "םש"])[3..],
            ["ada@a.example", "b@b.example"]
        );
        assert_eq!(read(&["2015תנש"]), ["שנת2015"]);
    }

    #[test]
    fn a_row_from_left_to_right_stays_as_it_is() {
        assert_eq!(read(&["Ada", "Lovelace"]), ["Ada", "Lovelace"]);
    }
}

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
        word.text = word.text.chars().rev().collect();
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

fn is_right(word: &Word) -> bool {
    word.text.chars().any(is_right_to_left)
}

//! Which words of the new text were put in, and which took the place of others.

use super::{known::is_content, text::Text};

/// Longer texts are taken as worded anew, so that the table stays small.
const MAX_CELLS: usize = 250_000;

/// For each word of `after`: how many words of substance were taken out where it was put in.
pub fn replaced(after: &Text, before: &Text) -> Vec<usize> {
    let (old, new) = (before.tokens.len(), after.tokens.len());
    let mut replaced = vec![old; new];
    if old.saturating_mul(new) > MAX_CELLS {
        return replaced;
    }
    let pairs = pairs(after, before);
    let (mut i, mut j) = (0, 0);
    for (a, b) in pairs.into_iter().chain([(old, new)]) {
        let taken_out =
            (i..a).filter(|token| is_content(before, *token) || before.is_quantity(*token)).count();
        replaced[j..b].fill(taken_out);
        (i, j) = (a + 1, b + 1);
    }
    replaced
}

/// Words that stand in both, in order: the longest common subsequence.
fn pairs(after: &Text, before: &Text) -> Vec<(usize, usize)> {
    let (old, new) = (&before.tokens, &after.tokens);
    let width = new.len() + 1;
    let mut table = vec![0_u16; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            table[i * width + j] = if old[i].stem == new[j].stem {
                table[(i + 1) * width + j + 1] + 1
            } else {
                table[(i + 1) * width + j].max(table[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut pairs = Vec::new();
    while i < old.len() && j < new.len() {
        if old[i].stem == new[j].stem {
            pairs.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if table[(i + 1) * width + j] >= table[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

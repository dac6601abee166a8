//! Vectors made of words: texts that share words point the same way, on every machine and every day.

use sha2::{Digest, Sha256};

pub const DIMENSIONS: usize = 256;
pub const MAX_DIMENSIONS: usize = 4096;

/// A word counts fully; each of its three-letter parts a little, so that "engineer" and "engineering" are near.
const WORD: f32 = 1.0;
const PART: f32 = 0.3;

/// A vector of length one. Without a single word it points along the first axis.
pub fn of(text: &str, dimensions: usize) -> Vec<f32> {
    let mut vector = vec![0.0_f32; dimensions.clamp(1, MAX_DIMENSIONS)];
    let text = text.to_lowercase();
    for word in
        text.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty())
    {
        add(&mut vector, word, WORD);
        let letters = word.chars().collect::<Vec<_>>();
        for part in letters.windows(3).filter(|_| letters.len() > 3) {
            add(&mut vector, &part.iter().collect::<String>(), PART);
        }
    }
    normalized(vector)
}

/// Four places per token, each with its own sign, so that different tokens rarely meet.
fn add(vector: &mut [f32], token: &str, weight: f32) {
    let digest = Sha256::digest(token.as_bytes());
    for bytes in digest.chunks_exact(4).take(4) {
        let &[a, b, c, d] = bytes else { continue };
        let place = usize::from(u16::from_le_bytes([a, b])) % vector.len();
        let sign = if (c ^ d) & 1 == 0 { weight } else { -weight };
        if let Some(value) = vector.get_mut(place) {
            *value += sign;
        }
    }
}

fn normalized(mut vector: Vec<f32>) -> Vec<f32> {
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    if length > 0.0 {
        for value in &mut vector {
            *value /= length;
        }
    } else if let Some(first) = vector.first_mut() {
        *first = 1.0;
    }
    vector
}

#[cfg(test)]
mod tests {
    use super::{DIMENSIONS, of};

    fn likeness(one: &str, other: &str) -> f32 {
        of(one, DIMENSIONS).iter().zip(of(other, DIMENSIONS)).map(|(a, b)| a * b).sum()
    }

    #[test]
    fn texts_that_share_words_are_nearer_than_texts_that_do_not() {
        let near = likeness("Built payment services in Rust", "Rust services for payments");
        let far = likeness("Built payment services in Rust", "Watered the orchids every morning");

        assert!(near > 0.4, "{near}");
        assert!(far < 0.2, "{far}");
    }

    #[test]
    fn the_same_text_has_the_same_vector_of_length_one() {
        assert!((likeness("Team lead", "team lead") - 1.0).abs() < 1e-5);
        assert_eq!(of("", 8), [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    }
}

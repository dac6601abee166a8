//! How many tokens a text costs: exact for `OpenAI`'s models, an upper bound for others.

use tiktoken_rs::CoreBPE;
use tiktoken_rs::tokenizer::{Tokenizer, get_tokenizer};

use crate::model::ChatRequest;

/// What the chat format adds around each message.
const PER_MESSAGE: u64 = 4;
/// What the chat format adds to start the answer.
const PER_REPLY: u64 = 3;
/// What stands around a schema: its name, and the words that ask for it where the server does not.
const PER_SCHEMA: u64 = 64;
/// A run without a break longer than this is counted in pieces: merging takes time in the square of its length.
const MAX_RUN: usize = 256;

/// A token count, and whether the model's own tokenizer made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    pub tokens: u64,
    pub exact: bool,
}

/// Counts `text` as `model` does, or as `OpenAI`'s newest models do when the model's tokenizer is not known.
///
/// The first call for a tokenizer loads its vocabulary; long texts belong on a blocking thread.
pub fn count(model: &str, text: &str) -> Count {
    let tokenizer = get_tokenizer(model);
    let bpe = vocabulary(tokenizer.unwrap_or(Tokenizer::O200kBase));
    let tokens = pieces(text).map(|piece| bpe.count_ordinary(piece)).sum::<usize>();
    Count { tokens: u64::try_from(tokens).unwrap_or(u64::MAX), exact: tokenizer.is_some() }
}

/// No fewer than `model` will bill for `text`.
///
/// Other vocabularies are mostly smaller, hence half as much again; none makes more tokens than there are bytes.
pub fn ceiling(model: &str, text: &str) -> u64 {
    let count = count(model, text);
    if count.exact {
        return count.tokens;
    }
    let bytes = u64::try_from(text.len()).unwrap_or(u64::MAX);
    count.tokens.saturating_add(count.tokens.div_ceil(2)).min(bytes)
}

/// No fewer than the provider will bill for the prompt, its schema and format included.
///
/// How a provider writes a schema into the prompt is not public, so the schema's JSON text counts half as much again.
pub fn prompt(request: &ChatRequest) -> u64 {
    let schema = request.schema.as_ref().map_or(0, |schema| {
        let tokens = ceiling(&request.model, &schema.schema.to_string());
        PER_SCHEMA + tokens.saturating_add(tokens.div_ceil(2))
    });
    let text = ceiling(&request.model, &request.system) + ceiling(&request.model, &request.user);
    text + schema + 2 * PER_MESSAGE + PER_REPLY
}

fn vocabulary(tokenizer: Tokenizer) -> &'static CoreBPE {
    match tokenizer {
        Tokenizer::O200kHarmony => tiktoken_rs::o200k_harmony_singleton(),
        Tokenizer::O200kBase => tiktoken_rs::o200k_base_singleton(),
        Tokenizer::Cl100kBase => tiktoken_rs::cl100k_base_singleton(),
        Tokenizer::P50kBase => tiktoken_rs::p50k_base_singleton(),
        Tokenizer::R50kBase | Tokenizer::Gpt2 => tiktoken_rs::r50k_base_singleton(),
        Tokenizer::P50kEdit => tiktoken_rs::p50k_edit_singleton(),
    }
}

/// The text, cut only inside runs of one kind (blank or not) that are too long to be words.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (piece, tail) = rest.split_at_checked(first_piece(rest))?;
        rest = tail;
        (!piece.is_empty()).then_some(piece)
    })
}

/// Where the first piece of `text` ends, in bytes.
fn first_piece(text: &str) -> usize {
    let (mut run, mut blank) = (0, false);
    for (at, character) in text.char_indices() {
        run = if character.is_whitespace() == blank { run + 1 } else { 1 };
        blank = character.is_whitespace();
        if run > MAX_RUN {
            return at;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::{Count, ceiling, count, pieces};

    #[test]
    fn tokens_of_an_openai_model_are_counted_exactly() {
        let exact = |tokens| Count { tokens, exact: true };

        assert_eq!(count("gpt-4o", "tiktoken is great!"), exact(6));
        assert_eq!(count("gpt-5-mini", "2 + 2 = 4"), exact(7));
        assert_eq!(count("gpt-4.1", "お誕生日おめでとう"), exact(8));
        assert_eq!(count("text-embedding-3-small", "お誕生日おめでとう"), exact(9));
    }

    #[test]
    fn an_unknown_model_is_counted_with_a_margin_but_never_above_its_bytes() {
        let text = "Led a team of twelve engineers across three offices";
        let ours = count("gpt-4o", text).tokens;

        assert!(!count("llama3.3", text).exact);
        assert_eq!(ceiling("llama3.3", text), ours + ours.div_ceil(2));
        assert_eq!(ceiling("llama3.3", "a"), 1);
    }

    #[test]
    fn cutting_loses_no_text_and_cuts_no_ordinary_text() {
        let hostile = format!("{} {}\n{}", "é".repeat(1000), "x".repeat(700), " ".repeat(900));
        let ordinary = "Built  pipelines\nfor five teams. ".repeat(200);

        assert_eq!(pieces(&hostile).collect::<String>(), hostile);
        assert!(pieces(&hostile).all(|piece| piece.chars().count() <= 600));
        assert_eq!(pieces(&ordinary).count(), 1);
    }

    #[test]
    fn text_without_a_single_break_is_counted_in_time() {
        let tokens = count("gpt-4o", &"ab".repeat(500_000)).tokens;

        assert!((100_000..=1_000_000).contains(&tokens), "{tokens}");
    }
}

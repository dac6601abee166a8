//! Requirements.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct PostingFacts {}
pub fn read(_text: &str) -> PostingFacts {
    PostingFacts {}
}

//! How a resume matches a posting, and how well software reads its document: pure and repeatable.

pub mod denial;
pub mod hit;
pub mod passage;
pub mod reading;

#[derive(
    Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, sea_orm::FromJsonQueryResult,
)]
pub struct Report {}

//! What a person may ask about themselves.

pub mod data;
pub mod limits;

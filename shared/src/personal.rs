//! A person's data is theirs: all of it in one file, and gone when they say so.

pub mod archive;
pub mod doomed;
pub mod erasure;
pub mod export;

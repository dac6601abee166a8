//! A resume as a file again.

pub mod markdown;

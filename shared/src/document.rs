//! An uploaded file.

pub mod format;

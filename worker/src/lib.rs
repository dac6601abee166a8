//! The pipeline: documents become resumes, resumes meet postings, edits are proposed.

pub mod model;
pub mod parse;

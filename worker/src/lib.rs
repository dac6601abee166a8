//! The pipeline: documents become resumes, resumes meet postings, edits are proposed.

pub mod ask;
pub mod ats;
pub mod consume;
pub mod export;
pub mod halves;
pub mod help;
pub mod job;
pub mod lease;
pub mod model;
pub mod parse;
pub mod quote;
pub mod run;
pub mod scheduler;
pub mod signal;
pub mod tailor;
pub mod worker;

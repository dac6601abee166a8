//! A person's resume.

pub mod diff;
pub mod json;
pub mod patch;
pub mod pointer;
pub mod sidecar;

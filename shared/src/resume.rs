//! A person's resume.

pub mod json;
pub mod sidecar;

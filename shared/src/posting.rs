//! A job posting: its text, and what the rules read out of it.

pub mod boilerplate;
pub mod conditions;
pub mod facts;
pub mod header;
pub mod heading;
pub mod phrase;
pub mod requirement;
pub mod salary;
pub mod section;
pub mod wording;

//! x

pub mod tailor;

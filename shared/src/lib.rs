//! What both sides of RoleReady know: the domain, its tables and the pure engines.

pub mod ats;
pub mod document;
pub mod posting;
pub mod resume;
pub mod taxonomy;
pub mod truth;

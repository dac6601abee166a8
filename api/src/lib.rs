//! RoleReady.

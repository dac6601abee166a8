//! Enums of the API, kept apart from those of the domain.

/// An API enum of the same names as a domain enum. The conversions are exhaustive:
/// a new state in the domain does not slip out by accident.
macro_rules! mirror {
    ($(#[$doc:meta])* $name:ident of $domain:path { $($(#[$attribute:meta])* $variant:ident),* $(,)? }) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash,
            poem_openapi::Enum, serde::Serialize, serde::Deserialize,
        )]
        #[oai(rename_all = "snake_case")]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$attribute])* $variant),* }

        impl From<$domain> for $name {
            fn from(value: $domain) -> Self {
                use $domain as Domain;
                match value { $(Domain::$variant => Self::$variant),* }
            }
        }

        impl From<$name> for $domain {
            fn from(value: $name) -> Self {
                use $domain as Domain;
                match value { $($name::$variant => Domain::$variant),* }
            }
        }
    };
}

pub(crate) use mirror;

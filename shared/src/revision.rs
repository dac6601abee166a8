//! Rows that count their changes, so that nobody overwrites what they have not seen.

/// How a change of a row that carries a revision ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change<T> {
    Done(T),
    /// The row is at another revision than the caller has seen.
    Stale,
    NotFound,
}

impl<T> Change<T> {
    /// Why a conditional change met no row, told by the row as it is now.
    pub(crate) fn refused<R>(now: Option<&R>) -> Self {
        if now.is_some() { Self::Stale } else { Self::NotFound }
    }
}

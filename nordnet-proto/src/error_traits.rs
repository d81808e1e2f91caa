//! The traits that all error types of this crate implement alike.

/// Implements `Debug` and `Error` for types that implement `Display`.
///
/// `Debug` writes the text of `Display`, since a program whose
/// `main` returns an error prints its `Debug`: derived, it would show `Volume`
/// instead of what is wrong and what to do. The text is whole, causes included,
/// so that `{error}` alone says everything; therefore `source` is `None`, or a
/// chain of causes as `anyhow` prints it would say the same twice. To handle a
/// cause, match on the variant that holds it.
macro_rules! error_traits {
    ($( $name:ty ),+) => { $(
        /// Writes the text of `Display`: a program whose `main` returns the
        /// error prints its `Debug`.
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(self, f)
            }
        }

        /// Without a [`source`](std::error::Error::source): the text of
        /// `Display` includes the causes.
        impl std::error::Error for $name {}
    )+ };
}

pub(crate) use error_traits;

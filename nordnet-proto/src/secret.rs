//! Texts that never show themselves.

/// Defines a newtype over a secret text: wiped on drop, redacted in `Debug`,
/// without `Display`, `Clone` or `Serialize`.
macro_rules! secret_text {
    ($( $(#[$meta:meta])* $name:ident )+) => { $(
        $(#[$meta])*
        #[derive(PartialEq, Eq)]
        pub struct $name(zeroize::Zeroizing<String>);

        impl $name {
            /// Takes over a secret text.
            #[must_use]
            pub fn new(text: impl Into<String>) -> Self {
                Self(zeroize::Zeroizing::new(text.into()))
            }

            /// The secret itself. Do not log it.
            #[must_use]
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(redacted)"))
            }
        }
    )+ };
}

pub(crate) use secret_text;

secret_text! {
    /// The passphrase of a private key file.
    Passphrase
}

//! The API key.

use std::fmt;

use zeroize::Zeroizing;

use crate::error_traits::error_traits;

/// The API key: the UUID on the customer's profile page, shown there once a
/// public key has been uploaded. It names the customer; it does not sign.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey(Zeroizing<String>);

/// A text that is not the API key it should be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ApiKeyError(());

impl ApiKey {
    /// Reads an API key: a UUID of 36 characters.
    ///
    /// # Errors
    ///
    /// [`ApiKeyError`] if the text is not a UUID.
    pub fn new(text: &str) -> Result<Self, ApiKeyError> {
        let text = text.trim();
        let is_uuid = text.len() == 36
            && text.bytes().enumerate().all(|(index, byte)| match index {
                8 | 13 | 18 | 23 => byte == b'-',
                _ => byte.is_ascii_hexdigit(),
            });
        is_uuid
            .then(|| Self(Zeroizing::new(text.into())))
            .ok_or(ApiKeyError(()))
    }

    /// The key itself. Do not log it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The last four characters, enough to tell two keys apart.
    #[must_use]
    pub fn ending(&self) -> &str {
        self.0.get(32..).unwrap_or_default()
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiKey(ends in {})", self.ending())
    }
}

impl fmt::Display for ApiKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "the API key is the UUID from your Nordnet profile page \
             (36 characters, such as 7b1e4a90-52c3-4a7f-9a53-0d6f2c8e1b35)",
        )
    }
}

error_traits!(ApiKeyError);

//! What logs a customer in: the API key and the private key.

mod api_key;
mod key_error;
mod private_key;

use std::fmt;

pub use api_key::{ApiKey, ApiKeyError};
pub use key_error::KeyError;
pub use private_key::PrivateKey;

/// The API key and what signs for it.
#[derive(Debug)]
pub struct Credentials {
    pub(crate) api_key: ApiKey,
    pub(crate) signer: Signer,
}

/// Who signs challenges.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "there is one of it in a client")]
pub(crate) enum Signer {
    /// The core, with a key in memory.
    Key(PrivateKey),
    /// The driver, by [`LoginStep::Sign`](crate::LoginStep::Sign).
    Elsewhere(Fingerprint),
}

impl Credentials {
    /// An API key with the private key in memory: the core signs by itself.
    #[must_use]
    pub const fn new(api_key: ApiKey, key: PrivateKey) -> Self {
        Self {
            api_key,
            signer: Signer::Key(key),
        }
    }

    /// An API key whose private key lives elsewhere, in an agent or in
    /// hardware: each login asks the driver to sign.
    #[must_use]
    pub const fn signed_elsewhere(api_key: ApiKey, fingerprint: Fingerprint) -> Self {
        Self {
            api_key,
            signer: Signer::Elsewhere(fingerprint),
        }
    }

    /// The fingerprint of the key that signs.
    #[must_use]
    pub const fn fingerprint(&self) -> &Fingerprint {
        match &self.signer {
            Signer::Key(key) => key.fingerprint(),
            Signer::Elsewhere(fingerprint) => fingerprint,
        }
    }
}

/// The SHA-256 fingerprint of a public key, such as `SHA256:kX3…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// Wraps a fingerprint as `ssh-keygen -l` prints it.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A raw Ed25519 signature of 64 bytes.
///
/// It opens a session, so `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Signature([u8; 64]);

impl Signature {
    /// Wraps the 64 bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// The 64 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signature(redacted)")
    }
}

//! What may be signed, and for how long.

use std::fmt;
use std::time::{Duration, Instant};

use crate::error_traits::error_traits;

/// Nordnet lets a challenge lapse after 30 s; the rest is for the way there.
const SIGNABLE_FOR: Duration = Duration::from_secs(25);

/// A text to sign with the private key.
///
/// The server chooses the text, and the signature over it is good for all else
/// that takes a raw Ed25519 signature by the same key. So only a text that can
/// hardly be anything but a challenge is signed: see [`ChallengeForm`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    text: String,
    not_after: Instant,
}

impl Challenge {
    pub(super) fn new(
        text: String,
        allowed: ChallengeForm,
        asked: Instant,
    ) -> Result<Self, ChallengeError> {
        if !(8..=256).contains(&text.len()) {
            return Err(ChallengeError::Length(text.len()));
        }
        let needed = ChallengeForm::of(&text).ok_or(ChallengeError::NotPrintable)?;
        if needed > allowed {
            return Err(ChallengeError::NotAllowed { needed });
        }
        Ok(Self {
            text,
            not_after: asked + SIGNABLE_FOR,
        })
    }

    /// The bytes to sign: raw Ed25519, no hash and no wrapper.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.text.as_bytes()
    }

    /// When it is too old to be signed.
    #[must_use]
    pub const fn not_after(&self) -> Instant {
        self.not_after
    }
}

/// Which challenges are signed: 8 to 256 characters of one of these sets, each of
/// which includes the one before it.
///
/// No form has spaces, control characters or anything beyond ASCII, so neither an
/// SSH login nor a file signed for SSH is ever signed: both hold zero bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ChallengeForm {
    /// Hexadecimal digits and dashes, such as a UUID: what Nordnet sends.
    #[default]
    HexAndDashes,
    /// Letters, digits and `+`, `/`, `-`, `_`, `=`: base64. Without a dot it is
    /// never the signing input of a JWS.
    Base64,
    /// All printable ASCII. JSON and the signing input of a JWS are among it:
    /// allow it only for a key that serves nothing but Nordnet.
    Printable,
}

impl ChallengeForm {
    /// The narrowest form that a text has.
    fn of(text: &str) -> Option<Self> {
        let is_hex = |byte: u8| byte.is_ascii_hexdigit() || byte == b'-';
        let is_base64 = |byte: u8| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'=')
        };
        if text.bytes().all(is_hex) {
            Some(Self::HexAndDashes)
        } else if text.bytes().all(is_base64) {
            Some(Self::Base64)
        } else {
            let is_printable = text.bytes().all(|byte| byte.is_ascii_graphic());
            is_printable.then_some(Self::Printable)
        }
    }
}

/// Why a challenge is not signed.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChallengeError {
    /// It is not of 8 to 256 bytes.
    Length(usize),
    /// It holds something else than printable ASCII, which is never signed.
    NotPrintable,
    /// It is not of the form that the client is set to sign.
    NotAllowed {
        /// The narrowest form that it has.
        needed: ChallengeForm,
    },
    /// Each challenge was too old before it was signed.
    TooOld,
}

impl fmt::Display for ChallengeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length(length) => write!(f, "a challenge of {length} bytes is not signed"),
            Self::NotPrintable => {
                f.write_str("a challenge with other than printable characters is not signed")
            }
            Self::NotAllowed { needed } => write!(
                f,
                "a challenge of this form is not signed, since it could be something else; \
                 if Nordnet has changed its challenges: allow_challenge(ChallengeForm::{needed:?})"
            ),
            Self::TooOld => f.write_str("the challenges were too old before they were signed"),
        }
    }
}

error_traits!(ChallengeError);

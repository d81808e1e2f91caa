//! What may be signed, and for how long.

use std::fmt;
use std::time::{Duration, Instant};

/// Nordnet lets a challenge lapse after 30 s; the rest is for the way there.
const SIGNABLE_FOR: Duration = Duration::from_secs(25);

/// A text to sign with the private key.
///
/// The server chooses what is signed, so only short printable ASCII is: it can
/// then be neither an SSH login nor a signed file, which hold zero bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    text: String,
    not_after: Instant,
}

impl Challenge {
    pub(super) fn new(text: String, asked: Instant) -> Result<Self, ChallengeError> {
        if !(8..=256).contains(&text.len()) {
            return Err(ChallengeError::Length(text.len()));
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(ChallengeError::NotPrintable);
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

/// Why a challenge is not signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChallengeError {
    /// It is not of 8 to 256 bytes.
    Length(usize),
    /// It holds something else than printable ASCII.
    NotPrintable,
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
            Self::TooOld => f.write_str("the challenges were too old before they were signed"),
        }
    }
}

//! Why a login gave no session.

use std::fmt;
use std::time::Duration;

use super::ChallengeError;
use crate::config::Config;
use crate::country::{BaseUrl, HostError};
use crate::credentials::{Credentials, Fingerprint};
use crate::error::{Error, Refusal};
use crate::error_traits::error_traits;
use crate::failure::Failure;
use crate::response;

/// Why a login gave no session.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoginError {
    /// Nordnet refused the credentials: the signature of a challenge got a 400,
    /// 401 or 403 with a code. No further login is tried until the user acts,
    /// since too many of them may lock the customer out.
    Refused(Box<LoginRefused>),
    /// The client was logged out.
    LoggedOut,
    /// The session has ended, and there are no credentials to log in again.
    NoCredentials,
    /// Several sessions were lost within a minute.
    ShortLived,
    /// What the server wanted signed is not signed.
    Challenge(ChallengeError),
    /// Whoever holds the private key did not sign; why.
    Signer(String),
    /// The server named a feed host that no session key may be sent to.
    FeedHost(HostError),
    /// The server was not reached, or its answer was lost.
    Unreachable(Failure),
    /// Too many requests.
    RateLimited {
        /// How long the server asks to wait from the refusal on, 10 s at least.
        wait: Duration,
    },
    /// The server does not serve logins now: an error of the server, or a
    /// refusal that does not prove anything about the credentials. The latter is a page
    /// of something else than Nordnet, an answer without a code, or a refusal of
    /// the first step. After such refusals a session logs in 6 times an hour at
    /// most.
    Unavailable {
        /// The HTTP status.
        status: u16,
        /// How long the server asks to wait.
        wait: Option<Duration>,
        /// What the server said, as far as it can be shown.
        refusal: Option<Refusal>,
    },
    /// An answer of the login calls makes no sense to this version. Its
    /// content is not shown, since it may hold a session key.
    Unreadable {
        /// The HTTP status.
        status: u16,
    },
    /// The login did not end within its deadline.
    OutOfTime,
}

impl LoginError {
    /// Whether a further login is of no use until the user acts.
    #[must_use]
    pub const fn is_refusal(&self) -> bool {
        matches!(
            self,
            Self::Refused(_) | Self::LoggedOut | Self::NoCredentials
        )
    }

    /// How long to wait before a new try has a chance, where that is known: what
    /// the server asks for. The client itself waits 300 s at most.
    #[must_use]
    pub const fn wait(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { wait } => Some(*wait),
            Self::Unavailable { wait, .. } => *wait,
            _ => None,
        }
    }

    /// How long this client waits at least before the next login.
    pub(crate) fn own_wait(&self) -> Duration {
        self.wait().map_or(Duration::ZERO, response::own_wait)
    }

    /// What the server said, where it did.
    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refused) => Some(&refused.refusal),
            Self::Unavailable { refusal, .. } => refusal.as_ref(),
            _ => None,
        }
    }

    /// Whether it is a refusal that does not prove anything about the
    /// credentials, and yet may count as a failed login at Nordnet.
    pub(crate) fn is_unproven_refusal(&self) -> bool {
        matches!(self, Self::Unavailable { status, .. } if *status < 500)
    }

    /// The error of a login whose calls ended so.
    pub(super) fn from_call(error: Error) -> Self {
        match error {
            Error::Refused(refusal) => Self::Unavailable {
                status: refusal.status,
                wait: None,
                refusal: Some(scrubbed(refusal)),
            },
            Error::NotSent(failure) | Error::Lost(failure) => Self::Unreachable(failure),
            Error::RateLimited { wait, .. } => Self::RateLimited { wait },
            Error::Unavailable {
                status,
                wait,
                refusal,
            } => Self::Unavailable {
                status,
                wait,
                refusal: refusal.map(scrubbed),
            },
            Error::Unreadable(unreadable) => Self::Unreadable {
                status: unreadable.status,
            },
            Error::Login(error) => error,
            _ => Self::OutOfTime,
        }
    }
}

/// What the server says of credentials may repeat a secret that is not known
/// here, such as a session key: a long run with digits and without a space.
fn scrubbed(refusal: Refusal) -> Refusal {
    Refusal {
        code: refusal.code.map(without_long_words),
        message: refusal.message.map(without_long_words),
        ..refusal
    }
}

fn without_long_words(text: String) -> String {
    const LONGEST_WORD: usize = 30;
    const MOST_WORDS: usize = 60;
    let is_secret =
        |word: &str| word.len() > LONGEST_WORD && word.bytes().any(|byte| byte.is_ascii_digit());
    let words = text.split_whitespace().take(MOST_WORDS);
    let kept: Vec<_> = words
        .map(|word| if is_secret(word) { "…" } else { word })
        .collect();
    kept.join(" ")
}

impl fmt::Display for LoginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refused) => fmt::Display::fmt(refused, f),
            Self::LoggedOut => f.write_str("logged out; build a new client to log in again"),
            Self::NoCredentials => {
                f.write_str("the session has ended, and there are no credentials for a new one")
            }
            Self::ShortLived => f.write_str(
                "sessions end soon after they begin; does another program log in with this key?",
            ),
            Self::Challenge(error) => fmt::Display::fmt(error, f),
            Self::Signer(reason) => write!(f, "the challenge was not signed: {reason}"),
            Self::FeedHost(error) => write!(f, "the answer to the login is not trusted: {error}"),
            Self::Unreachable(failure) => fmt::Display::fmt(failure, f),
            Self::RateLimited { wait } => response::write_rate_limited(*wait, f),
            Self::Unavailable {
                status,
                wait,
                refusal,
            } => {
                f.write_str("the server does not serve logins now ")?;
                match refusal {
                    Some(refusal) => refusal.write_details(f)?,
                    None => write!(f, "(HTTP {status})")?,
                }
                if self.is_unproven_refusal() {
                    f.write_str("; this client logs in 6 times an hour at most")?;
                }
                wait.map_or(Ok(()), |wait| {
                    f.write_str("; ")?;
                    response::write_wait(wait, f)
                })
            }
            Self::Unreadable { status } => {
                write!(f, "the answer to the login cannot be read (HTTP {status})")
            }
            Self::OutOfTime => f.write_str("the login did not end within its deadline"),
        }
    }
}

error_traits!(LoginError);

/// A refusal of the credentials, with what it may be due to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoginRefused {
    /// What the server said.
    pub refusal: Refusal,
    /// The fingerprint of the key that signed.
    pub fingerprint: Fingerprint,
    /// The last four characters of the API key.
    pub api_key_ending: String,
    /// Where the login was tried.
    pub base_url: BaseUrl,
}

impl LoginRefused {
    /// Whether an answer to the signature of a challenge refuses the credentials:
    /// only Nordnet's own answers have a code.
    pub(super) const fn is_meant_by(refusal: &Refusal) -> bool {
        matches!(refusal.status, 400 | 401 | 403) && refusal.code.is_some()
    }

    pub(super) fn new(refusal: Refusal, credentials: &Credentials, config: &Config) -> Self {
        Self {
            refusal: scrubbed(refusal),
            fingerprint: credentials.fingerprint().clone(),
            api_key_ending: credentials.api_key.ending().into(),
            base_url: config.base_url.clone(),
        }
    }
}

impl fmt::Display for LoginRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            refusal,
            fingerprint,
            api_key_ending,
            base_url,
        } = self;
        write!(f, "login {refusal}. One of these is the cause: ")?;
        write!(
            f,
            "the API key (ends in {api_key_ending}) belongs to another key than this file ({fingerprint}); "
        )?;
        f.write_str("the key was replaced or revoked on the Nordnet profile page; ")?;
        write!(f, "the account is of another country than {base_url}; ")?;
        f.write_str("API access was not granted to the account. ")?;
        f.write_str("No further login is tried with these credentials")
    }
}

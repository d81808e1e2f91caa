//! Reasons in words of this crate: a text of the server may hold anything.

use std::fmt;

use nordnet_proto::{
    Cause, CloseReason, DisconnectReason, Error, Failure, LoginError, MalformedReason,
};

/// Why something failed, in words that no server chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Why {
    words: &'static str,
    cause: Option<Cause>,
    /// The HTTP status, if an answer is the reason.
    pub(crate) status: Option<u16>,
}

impl Why {
    const fn of(words: &'static str) -> Self {
        Self {
            words,
            cause: None,
            status: None,
        }
    }

    const fn with_status(words: &'static str, status: u16) -> Self {
        Self {
            words,
            cause: None,
            status: Some(status),
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words)?;
        match self.cause {
            None => Ok(()),
            Some(cause) if self.words.is_empty() => fmt::Display::fmt(&cause, f),
            Some(cause) => write!(f, ": {cause}"),
        }
    }
}

impl From<&Failure> for Why {
    fn from(failure: &Failure) -> Self {
        Self {
            cause: Some(failure.cause),
            ..Self::of("")
        }
    }
}

impl From<&Error> for Why {
    fn from(error: &Error) -> Self {
        match error {
            Error::Setup(_) => Self::of("the settings are not right"),
            Error::NotSent(failure) => Self {
                words: "nothing was sent",
                ..failure.into()
            },
            Error::Lost(failure) => Self {
                words: "the answer was lost",
                ..failure.into()
            },
            Error::Login(error) => error.into(),
            Error::SessionEnded => Self::of("the session is not accepted"),
            Error::RateLimited { .. } => Self::of("too many requests"),
            Error::Unavailable { status, .. } => Self::with_status("server error", *status),
            Error::Refused(refusal) => Self::with_status("refused", refusal.status),
            Error::Unreadable(unreadable) => {
                Self::with_status("the answer makes no sense", unreadable.status)
            }
            Error::OutOfTime => Self::of("out of time"),
            Error::Invalid(_) => Self::of("an order that breaks a rule"),
            Error::NotRecorded(_) => Self::of("the intent could not be recorded"),
            Error::TooLong => Self::of("too long a request"),
            Error::NothingAsked => Self::of("nothing was asked for"),
            Error::BadIdentifier => Self::of("an identifier that no address can hold"),
            Error::NotListed(_) => Self::of("nothing is listed by that key"),
            _ => Self::of("another error"),
        }
    }
}

impl From<&LoginError> for Why {
    fn from(error: &LoginError) -> Self {
        match error {
            LoginError::Refused(refused) => {
                Self::with_status("the login was refused", refused.refusal.status)
            }
            LoginError::LoggedOut => Self::of("logged out"),
            LoginError::NoCredentials => Self::of("no credentials to log in again"),
            LoginError::ShortLived => Self::of("several sessions were lost within a minute"),
            LoginError::Challenge(_) => Self::of("a challenge that is not signed"),
            LoginError::Signer(_) => Self::of("the signer did not sign"),
            LoginError::FeedHost(_) => Self::of("a feed host that no key may be sent to"),
            LoginError::Unreachable(failure) => Self {
                words: "the server was not reached",
                ..failure.into()
            },
            LoginError::RateLimited { .. } => Self::of("too many logins"),
            LoginError::Unavailable { status, .. } => {
                Self::with_status("no logins are served", *status)
            }
            LoginError::Unreadable { status } => {
                Self::with_status("the answer makes no sense", *status)
            }
            LoginError::OutOfTime => Self::of("the login did not end in time"),
            _ => Self::of("another error"),
        }
    }
}

impl From<&DisconnectReason> for Why {
    fn from(reason: &DisconnectReason) -> Self {
        match reason {
            DisconnectReason::ServerClosed => Self::of("the server closed the feed"),
            DisconnectReason::ClosedAfterLogin => {
                Self::of("the server closed the feed after the login")
            }
            DisconnectReason::Displaced => Self::of("displaced again and again"),
            DisconnectReason::Failed(failure) => failure.into(),
            DisconnectReason::ConnectTimeout => Self::of("could not connect in time"),
            DisconnectReason::Silent(_) => Self::of("nothing was received for too long"),
            DisconnectReason::SlowLine(_) => Self::of("a line was not whole in time"),
            DisconnectReason::LineTooLong(_) => Self::of("a line is too long"),
            DisconnectReason::Backlog(_) => Self::of("too much was received and not asked for"),
            DisconnectReason::LoginRejected(_) => Self::of("the feed rejected the login"),
            DisconnectReason::LoginFailed(error) => error.into(),
            _ => Self::of("another reason"),
        }
    }
}

impl From<&CloseReason> for Why {
    fn from(reason: &CloseReason) -> Self {
        match reason {
            CloseReason::Asked => Self::of("closed by the program"),
            CloseReason::LoginRefused(error) => error.into(),
            CloseReason::FeedRefused(_) => Self::of("the feed rejects a session that is valid"),
            CloseReason::Lost => Self::of("the connection was lost"),
            _ => Self::of("another reason"),
        }
    }
}

impl From<&MalformedReason> for Why {
    fn from(reason: &MalformedReason) -> Self {
        Self::of(match reason {
            MalformedReason::NotUtf8 => "not UTF-8",
            MalformedReason::NotJson(_) => "not JSON",
            MalformedReason::NotAnObject => "not a JSON object",
            MalformedReason::NoType => "without a type",
            MalformedReason::Twice(_) => "a member twice",
            MalformedReason::Data(_) => "data that does not fit",
            _ => "another reason",
        })
    }
}

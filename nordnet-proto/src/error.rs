//! What can go wrong with a call, by what the caller can do about it.

use std::fmt;
use std::time::Duration;

use crate::error_traits::error_traits;
use crate::failure::Failure;
use crate::flow::NotListed;
use crate::login::LoginError;
use crate::order::InvalidOrder;
use crate::response;
use crate::setup_error::SetupError;

/// Why a call gave no result.
///
/// From an order call every one of them means that nothing was placed, changed,
/// cancelled or activated: what may have had an effect is not an error but
/// [`Outcome::Unknown`](crate::Outcome::Unknown).
///
/// Its text says everything, the texts of the causes included, and `Debug` is the
/// same text: a program whose `main` returns the error prints its `Debug`. So
/// there is no [`source`](std::error::Error::source), which would say it twice;
/// to handle a cause, match on the variant that holds it. All error types of this
/// crate are like this.
///
/// ```
/// use nordnet_proto::{Cause, Error, Failure, LoginError};
///
/// let failure = Failure::before_sending(Cause::Connect, "connection refused");
/// let error = Error::Login(LoginError::Unreachable(failure));
/// assert_eq!(error.to_string(), "not logged in: could not connect: connection refused");
/// assert_eq!(format!("{error:?}"), error.to_string());
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub enum Error {
    /// The settings or the files of the program are not right.
    Setup(SetupError),
    /// Not one byte of the request left; try again when the cause is mended.
    NotSent(Failure),
    /// The answer was lost. Only of calls that may be made again: they change
    /// nothing, or twice has the same effect.
    Lost(Failure),
    /// There is no session, and logging in failed.
    Login(LoginError),
    /// The server does not accept the session, even after a new login, or the
    /// call may not be repeated after one. The next call logs in again.
    SessionEnded,
    /// Too many requests: nothing was done; wait at least this long.
    RateLimited {
        /// How long the server asks to wait, 10 s at least; or what is left of
        /// the pause that this client makes after such an answer.
        wait: Duration,
        /// What the server said; `None` if it was not asked, because it said so
        /// to an earlier call.
        refusal: Option<Refusal>,
    },
    /// The server does not serve the call now; a later try may work.
    Unavailable {
        /// The HTTP status: 500 to 599, or 400 to 499 with a body that is not
        /// Nordnet's ([`Refusal::page`]).
        status: u16,
        /// How long the server asks to wait; not cut to what this client waits.
        wait: Option<Duration>,
        /// What the server said.
        refusal: Option<Refusal>,
    },
    /// The server refuses the call; repeating it unchanged is of no use.
    Refused(Refusal),
    /// The answer makes no sense to this version.
    Unreadable(Unreadable),
    /// The call was not sent within its total deadline.
    OutOfTime,
    /// The order breaks a rule that is known beforehand; nothing was sent.
    Invalid(InvalidOrder),
    /// The intent of an order could not be recorded, so it was not sent.
    NotRecorded(String),
    /// The identifiers make too long a request; ask for fewer at a time.
    TooLong,
    /// The list of what to ask about is empty; nothing was sent.
    NothingAsked,
    /// An identifier that no address can hold, such as an empty one; nothing
    /// was sent.
    BadIdentifier,
    /// A key that has no listing.
    NotListed(NotListed),
}

impl Error {
    /// How long to wait before a new try has a chance, where that is known.
    ///
    /// It is what the server asks for, from a second to 136 years. The client
    /// itself waits 300 s at most: then a call leaves again, and may be refused
    /// again.
    #[must_use]
    pub fn wait(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { wait, .. } => Some(*wait),
            Self::Unavailable { wait, .. } => *wait,
            Self::Login(error) => error.wait(),
            _ => None,
        }
    }

    /// What the server said, where it gave an error with a code and a message.
    ///
    /// ```
    /// use nordnet_proto::api::ListMarkets;
    /// use nordnet_proto::{Endpoint, HttpResponse};
    ///
    /// let mut answer = HttpResponse::new(r#"{"code":"SERVICE_UNAVAILABLE"}"#.into());
    /// *answer.status_mut() = http::StatusCode::SERVICE_UNAVAILABLE;
    /// answer.headers_mut().insert("retry-after", "30".parse()?);
    ///
    /// let error = ListMarkets::new().settle(Ok(answer)).unwrap_err();
    /// assert_eq!(error.refusal().unwrap().code.as_deref(), Some("SERVICE_UNAVAILABLE"));
    /// assert_eq!(error.wait().unwrap().as_secs(), 30);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            Self::RateLimited { refusal, .. } | Self::Unavailable { refusal, .. } => {
                refusal.as_ref()
            }
            Self::Login(error) => error.refusal(),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Setup(error) => fmt::Display::fmt(error, f),
            Self::NotSent(failure) => write!(f, "nothing was sent: {failure}"),
            Self::Lost(failure) => write!(f, "the answer was lost: {failure}"),
            Self::Login(error) => write!(f, "not logged in: {error}"),
            Self::SessionEnded => f.write_str(
                "the session is not accepted any more; nothing was done, and the next call logs in again",
            ),
            Self::RateLimited { wait, .. } => response::write_rate_limited(*wait, f),
            Self::Unavailable {
                status,
                wait,
                refusal,
            } => {
                write!(f, "server error (HTTP {status}")?;
                write_page(refusal.as_ref(), f)?;
                f.write_str(")")?;
                wait.map_or(Ok(()), |wait| {
                    f.write_str("; ")?;
                    response::write_wait(wait, f)
                })
            }
            Self::Refused(refusal) => fmt::Display::fmt(refusal, f),
            Self::Unreadable(unreadable) => fmt::Display::fmt(unreadable, f),
            Self::OutOfTime => f.write_str("not sent within the deadline of the call"),
            Self::Invalid(invalid) => fmt::Display::fmt(invalid, f),
            Self::NotRecorded(reason) => {
                write!(
                    f,
                    "not sent, since the intent could not be recorded: {reason}"
                )
            }
            Self::TooLong => f.write_str("the request is too long; ask for fewer at a time"),
            Self::NothingAsked => {
                f.write_str("the list of what to ask about is empty; name at least one")
            }
            Self::BadIdentifier => {
                f.write_str("an identifier is empty or otherwise none that an address can hold")
            }
            Self::NotListed(not_listed) => fmt::Display::fmt(not_listed, f),
        }
    }
}

error_traits!(Error);

impl From<SetupError> for Error {
    fn from(error: SetupError) -> Self {
        Self::Setup(error)
    }
}

impl From<LoginError> for Error {
    fn from(error: LoginError) -> Self {
        Self::Login(error)
    }
}

impl From<NotListed> for Error {
    fn from(not_listed: NotListed) -> Self {
        Self::NotListed(not_listed)
    }
}

impl From<InvalidOrder> for Error {
    fn from(invalid: InvalidOrder) -> Self {
        Self::Invalid(invalid)
    }
}

/// A refusal by the server: `{code, message}` with an HTTP status of 4xx.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The machine-readable key; the set is not documented. At most 256 bytes.
    pub code: Option<String>,
    /// The reason in the language of the request; at most 2048 bytes.
    pub message: Option<String>,
    /// The content type of a body that is not JSON, and so not Nordnet's: a
    /// maintenance page, say, or the page of a firewall.
    pub page: Option<String>,
}

impl Refusal {
    /// Writes the status, the code and the message: `(HTTP 400, CODE): message`.
    pub(crate) fn write_details(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "(HTTP {}", self.status)?;
        if let Some(code) = &self.code {
            write!(f, ", {code}")?;
        }
        write_page(Some(self), f)?;
        f.write_str(")")?;
        match self.message.as_deref() {
            Some(message) if !message.is_empty() => write!(f, ": {message}"),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("refused by the server ")?;
        self.write_details(f)?;
        if self.status == 403 && self.page.is_none() {
            f.write_str(": the user or the account lacks the permission")?;
        }
        Ok(())
    }
}

/// Says after a status that the body was not Nordnet's, if so.
fn write_page(refusal: Option<&Refusal>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match refusal.and_then(|refusal| refusal.page.as_deref()) {
        None => Ok(()),
        Some(kind) => write!(
            f,
            " with {kind}, which is not Nordnet's: a maintenance page or a firewall?"
        ),
    }
}

/// An answer that makes no sense: another status than documented, or a body
/// that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unreadable {
    /// The call, such as `list_accounts`: [`Endpoint::OPERATION`].
    ///
    /// [`Endpoint::OPERATION`]: crate::Endpoint::OPERATION
    pub operation: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// The member that differs, such as `ledgers[0].currency`; empty if it is
    /// the answer as a whole.
    pub path: String,
    /// How the answer differs; never its content.
    pub reason: String,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            operation,
            status,
            path,
            reason,
        } = self;
        write!(f, "unexpected answer to {operation} (HTTP {status}): ")?;
        if !path.is_empty() {
            write!(f, "{path}: ")?;
        }
        f.write_str(reason)
    }
}

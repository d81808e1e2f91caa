//! Why a connection gave no answer, as the driver reports it.

use std::fmt;
use std::io;

use crate::error_traits::error_traits;

/// The number of one try: to send a request, or to connect a feed.
///
/// Answers name the attempt that they answer; an answer to an old one is
/// ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Attempt(u64);

impl Attempt {
    pub(crate) const NONE: Self = Self(0);

    /// It as a number: the first is 1.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }

    /// The attempt after this one.
    #[must_use]
    pub(crate) const fn next(self) -> Self {
        Self(self.0.wrapping_add(1))
    }
}

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// Why there is no answer.
///
/// Made by drivers. `sent` decides whether an order may exist: it is `false`
/// only when not one byte was handed to the connection.
///
/// ```
/// use nordnet_proto::{Cause, Failure};
///
/// let failure = Failure::before_sending(Cause::Connect, "connection refused");
/// assert_eq!(failure.to_string(), "could not connect: connection refused");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Failure {
    /// Whether a byte of the request may have left.
    pub sent: bool,
    /// What went wrong.
    pub cause: Cause,
    /// The words of the runtime or the operating system.
    pub detail: String,
}

/// What went wrong with a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// The name could not be resolved.
    Resolve,
    /// No connection could be opened.
    Connect,
    /// TLS refused the other side, or was refused by it.
    Tls(TlsCause),
    /// No answer in time: by a deadline of the core, or by the system's own.
    Timeout,
    /// The other side closed the connection.
    Closed,
    /// The runtime dropped the call before its end: it was shut down, or no
    /// thread could be started.
    Dropped,
    /// The answer was larger than the core allows.
    TooLarge,
    /// The answer was not HTTP, or no feed line.
    Protocol,
    /// Any other error of the operating system.
    Io(io::ErrorKind),
}

/// What an error of a connection in use stands for. Errors of TLS and of a body's
/// coding come as invalid data and invalid input; what a socket says when its own
/// timeout has passed differs between systems.
impl From<io::ErrorKind> for Cause {
    fn from(kind: io::ErrorKind) -> Self {
        match kind {
            io::ErrorKind::UnexpectedEof | io::ErrorKind::BrokenPipe => Self::Closed,
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => Self::Protocol,
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Self::Timeout,
            kind => Self::Io(kind),
        }
    }
}

/// Why TLS failed, as far as it matters for the remedy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TlsCause {
    /// The certificate is for another name.
    Name,
    /// The certificate is not valid now; the local clock may be wrong.
    Validity,
    /// The certificate comes from an authority that is not trusted here.
    Issuer,
    /// Anything else.
    Other,
}

impl Failure {
    /// A failure before any byte of the request was handed to a connection.
    #[must_use]
    pub fn before_sending(cause: Cause, detail: impl Into<String>) -> Self {
        Self {
            sent: false,
            cause,
            detail: detail.into(),
        }
    }

    /// A failure after at least one byte may have left.
    #[must_use]
    pub fn after_sending(cause: Cause, detail: impl Into<String>) -> Self {
        Self {
            sent: true,
            cause,
            detail: detail.into(),
        }
    }

    /// What a connection brings while no request waits for its answer: bytes, an end
    /// of stream (0 bytes) or an error. It is no answer to a request that has not
    /// left, and the connection cannot be used any more.
    #[must_use]
    pub fn unasked(read: io::Result<usize>) -> Self {
        let (cause, detail) = match read {
            Ok(0) => (Cause::Closed, "before the request was sent".into()),
            Ok(_) => (
                Cause::Protocol,
                "it came before the request was sent".into(),
            ),
            Err(error) => (error.kind().into(), error.to_string()),
        };
        Self::before_sending(cause, detail)
    }

    /// The failure of a request on a connection that was kept from an earlier call.
    /// Bytes that arrived before the request belong to that call, so a new
    /// connection is tried, as if this one was closed.
    #[must_use]
    pub fn on_kept_connection(mut self) -> Self {
        if self.cause == Cause::Protocol && !self.sent {
            self.cause = Cause::Closed;
        }
        self
    }

    /// Whether waiting will not mend it: the certificate stays wrong.
    #[must_use]
    pub const fn is_lasting(&self) -> bool {
        matches!(self.cause, Cause::Tls(_))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.cause, f)?;
        if !self.detail.is_empty() {
            write!(f, ": {}", self.detail)?;
        }
        Ok(())
    }
}

error_traits!(Failure);

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Resolve => f.write_str("the host name could not be resolved"),
            Self::Connect => f.write_str("could not connect"),
            Self::Tls(cause) => fmt::Display::fmt(cause, f),
            Self::Timeout => f.write_str("no answer in time"),
            Self::Closed => f.write_str("the connection was closed"),
            Self::Dropped => f.write_str(
                "the runtime dropped the call (it was shut down, or no thread could be started)",
            ),
            Self::TooLarge => f.write_str("the answer is larger than the limit"),
            Self::Protocol => f.write_str("the answer breaks the protocol"),
            Self::Io(kind) => write!(f, "connection error ({kind})"),
        }
    }
}

impl fmt::Display for TlsCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Name => "the server's certificate is for another name",
            Self::Validity => {
                "the server's certificate is not valid now (check the clock of this machine)"
            }
            Self::Issuer => {
                "the server's certificate comes from an authority that is not trusted \
                 (a simulator has one of its own: NORDNET_CA_FILE)"
            }
            Self::Other => "TLS failed",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_a_socket_are_told_by_what_they_stand_for() {
        use io::ErrorKind as E;
        for (kind, cause) in [
            (E::UnexpectedEof, Cause::Closed),
            (E::BrokenPipe, Cause::Closed),
            (E::InvalidData, Cause::Protocol),
            (E::InvalidInput, Cause::Protocol),
            (E::TimedOut, Cause::Timeout),
            (E::WouldBlock, Cause::Timeout),
            (E::ConnectionReset, Cause::Io(E::ConnectionReset)),
        ] {
            assert_eq!(Cause::from(kind), cause, "{kind}");
        }
    }
}

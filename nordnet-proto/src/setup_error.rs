//! The error of settings and files.

use std::fmt;
use std::path::PathBuf;

use crate::credentials::KeyError;
use crate::error_traits::error_traits;

/// Why a client or a feed cannot be opened: settings or files that cannot be used, mostly.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SetupError {
    /// A variable of the environment, or a setting of the builder, is missing.
    Missing {
        /// Its name.
        variable: &'static str,
        /// What it should hold.
        meaning: &'static str,
    },
    /// A variable has a value that cannot be used.
    Invalid {
        /// Its name.
        variable: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The file that a variable names cannot be read. Its value is not shown:
    /// it may be the secret itself instead of a path.
    File {
        /// The name of the variable.
        variable: &'static str,
        /// What is wrong with the file, and what to do.
        reason: String,
    },
    /// A session has one account feed at a time, and this client has one.
    AccountFeedIsOpen,
    /// The runtime does not run the work of the client: it was shut down, or no thread
    /// could be started.
    RuntimeIsGone,
    /// A file with a secret can be read by others.
    Exposed {
        /// Where it is.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// The private key cannot be used.
    Key(KeyError),
    /// The TLS settings cannot be used; the text says why.
    Tls(String),
}

impl fmt::Display for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { variable, meaning } => write!(f, "{variable} is not set: {meaning}"),
            Self::Invalid { variable, reason } => write!(f, "{variable}: {reason}"),
            Self::File { variable, reason } => {
                write!(f, "the file that {variable} names cannot be read: {reason}")
            }
            Self::AccountFeedIsOpen => f.write_str(
                "this client has an account feed already; a second would displace it, time and again",
            ),
            Self::RuntimeIsGone => f.write_str(
                "the runtime does not run the client (it was shut down, or no thread could be started)",
            ),
            Self::Exposed { path, mode } => write!(
                f,
                "others can read this secret file (mode {mode:04o}); run: chmod 600 {}",
                path.display()
            ),
            Self::Key(error) => fmt::Display::fmt(error, f),
            Self::Tls(reason) => write!(f, "TLS: {reason}"),
        }
    }
}

error_traits!(SetupError);

impl From<KeyError> for SetupError {
    fn from(error: KeyError) -> Self {
        Self::Key(error)
    }
}

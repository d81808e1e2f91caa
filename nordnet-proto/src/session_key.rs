//! The key of a session, and what a login gives.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::country::Server;
use crate::secret::secret_text;

secret_text! {
    /// The key of a session: authorises calls and logs feeds in.
    ///
    /// Not the API key and not the private key.
    SessionKey
}

/// The number of a session within one client; each login begins a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(u64);

impl Epoch {
    /// The epoch of the first login.
    pub const FIRST: Self = Self(1);

    pub(crate) const fn next(self) -> Self {
        Self(self.0.wrapping_add(1))
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// A session as a login gave it: its key and where its feeds are.
///
/// A snapshot, cheap to clone. Mirrors the answer of `POST /login/verify`;
/// it can also be built by hand, for a feed without a login.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LoggedIn {
    /// Which login this is.
    pub epoch: Epoch,
    /// The key of the session.
    pub key: Arc<SessionKey>,
    /// How long the session lives without a call; every call restarts it.
    pub expires_in: Duration,
    /// Where own orders and trades are told.
    pub private_feed: Server,
    /// Where market data is told.
    pub public_feed: Server,
}

impl LoggedIn {
    /// Describes a session of 30 minutes with the first epoch.
    #[must_use]
    pub fn new(key: SessionKey, private_feed: Server, public_feed: Server) -> Self {
        Self {
            epoch: Epoch::FIRST,
            key: Arc::new(key),
            expires_in: Duration::from_secs(1800),
            private_feed,
            public_feed,
        }
    }
}

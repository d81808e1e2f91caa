//! What can be set about a feed.

use std::time::Duration;

/// The settings of a feed; the defaults suit Nordnet.
///
/// ```
/// use nordnet_proto::{FeedConfig, Reconnect};
///
/// let mut config = FeedConfig::default();
/// config.reconnect = Reconnect::Never;
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FeedConfig {
    /// The service named in the login, `NEXTAPI`.
    pub service: String,
    /// What happens after a loss.
    pub reconnect: Reconnect,
    /// After how long without a byte a connection counts as dead: 15 s, which
    /// is three heartbeats.
    pub silence: Duration,
    /// How long one line may take to become whole, though bytes arrive: 30 s.
    pub line_deadline: Duration,
    /// How long a connection may take to come up, the name's resolution and
    /// TLS included: 10 s.
    pub connect_deadline: Duration,
    /// The longest line in bytes: 1 MiB.
    pub max_line: usize,
    /// The ceiling of the wait before the first reconnect; it doubles with each
    /// further one: 0.5 s.
    pub backoff_first: Duration,
    /// The ceiling that the waits do not pass: 30 s.
    pub backoff_cap: Duration,
    /// For how long the feed has to reject a session key that the REST API accepts,
    /// before the feed closes: 3 minutes from the first rejection to the last, and
    /// three rejections at least. Until then it tries again with its backoff.
    pub rejected_for: Duration,
    /// How long a connection has to live to be counted as healthy, so that the
    /// waits begin anew: 60 s.
    pub healthy_after: Duration,
    /// The most commands in any second, the login counted: 100.
    pub commands_per_second: usize,
    /// The most commands in any 30 seconds, the login counted: 2,000.
    pub commands_per_half_minute: usize,
    /// What the private feed is asked to tell at its login; off by default,
    /// since today's documentation does not name it. Unused on the public feed.
    pub get_state: Option<GetState>,
}

/// What a feed does after a loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reconnect {
    /// Connects again, with growing waits, until it is closed.
    Always,
    /// Closes after the first loss or failed try.
    Never,
}

/// The state that the login of the private feed asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetState {
    /// Whether orders that were deleted are told too.
    pub deleted_orders: bool,
    /// How many days back.
    pub days: u32,
}

impl Default for FeedConfig {
    fn default() -> Self {
        Self {
            service: "NEXTAPI".into(),
            reconnect: Reconnect::Always,
            silence: Duration::from_secs(15),
            line_deadline: Duration::from_secs(30),
            connect_deadline: Duration::from_secs(10),
            max_line: 1024 * 1024,
            backoff_first: Duration::from_millis(500),
            backoff_cap: Duration::from_secs(30),
            rejected_for: Duration::from_secs(180),
            healthy_after: Duration::from_secs(60),
            commands_per_second: 100,
            commands_per_half_minute: 2000,
            get_state: None,
        }
    }
}

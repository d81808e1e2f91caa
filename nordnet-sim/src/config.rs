//! What an exchange is told at the start.

use std::time::Duration;

use crate::dialect::Dialect;
use crate::faults::Faults;
use crate::keys::PublicKey;
use crate::rng::Rng;

/// 2026-03-17 09:00:00 UTC, an hour into a trading day in Stockholm.
const OPENING: i64 = 1_773_738_000_000;

/// The settings of an [`Exchange`](crate::Exchange).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// Everything random follows from it.
    pub seed: u64,
    /// The API key (a UUID) that may log in.
    pub api_key: String,
    /// The public key that belongs to the API key.
    pub public_key: PublicKey,
    /// How long a session may be idle.
    pub session_expiry: Duration,
    /// Price changes a second of market time, of each listing.
    pub rate: f64,
    /// How many seconds of market time pass in one second.
    pub speed: f64,
    /// How many listings there are, at most 10,000.
    pub instruments: usize,
    /// Market time at the start, in milliseconds since 1970.
    pub opening: i64,
    /// The answers to what the reference leaves open.
    pub dialect: Dialect,
    /// Faults that strike at random.
    pub faults: Faults,
    /// How many commands a feed connection may send.
    pub command_limits: CommandLimits,
    /// Where a login is told to find the public feed.
    pub public_feed: FeedAddress,
    /// Where a login is told to find the private feed.
    pub private_feed: FeedAddress,
}

impl Config {
    /// Returns how many listings are known. More are made up.
    #[must_use]
    pub fn known_instruments() -> usize {
        crate::exchange::known_listings()
    }

    /// Makes the default settings, for logins with this public key.
    #[must_use]
    pub fn new(seed: u64, public_key: PublicKey) -> Self {
        let feed = |hostname: &str| FeedAddress {
            hostname: hostname.to_owned(),
            port: 443,
            encrypted: true,
        };
        Self {
            seed,
            api_key: Rng::new(seed, 0xA91).uuid(),
            public_key,
            session_expiry: Duration::from_secs(1800),
            rate: 2.0,
            speed: 1.0,
            instruments: Self::known_instruments(),
            opening: OPENING,
            dialect: Dialect::default(),
            faults: Faults::default(),
            command_limits: CommandLimits::default(),
            public_feed: feed("pub.next.nordnet.se"),
            private_feed: feed("priv.next.nordnet.se"),
        }
    }
}

/// The address of a feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedAddress {
    /// The host name to connect to.
    pub hostname: String,
    /// The TCP port.
    pub port: u16,
    /// Whether the connection uses TLS.
    pub encrypted: bool,
}

/// How many commands a feed connection may send before they are dropped.
///
/// Past `closes_at` times the limit the connection is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommandLimits {
    /// Commands in one second.
    pub per_second: usize,
    /// Commands in 30 seconds.
    pub per_30_seconds: usize,
    /// The multiple of a limit past which the connection is closed.
    pub closes_at: usize,
}

impl Default for CommandLimits {
    fn default() -> Self {
        Self {
            per_second: 400,
            per_30_seconds: 4000,
            closes_at: 2,
        }
    }
}

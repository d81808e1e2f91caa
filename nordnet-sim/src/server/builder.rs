//! The settings of a server.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use crate::config::{CommandLimits, Config};
use crate::dialect::Dialect;
use crate::faults::Faults;
use crate::keys::{KeyPair, PublicKey};

use super::{InMemory, Server, launch, tls};

/// Makes a [`Server`].
///
/// Everything has a default: a free port on loopback, TLS, a key pair of its
/// own, seed 1.
#[derive(Clone, Debug)]
#[must_use]
pub struct ServerBuilder {
    pub(super) listen: SocketAddr,
    pub(super) plain: bool,
    pub(super) log: bool,
    seed: u64,
    public_key: Option<String>,
    api_key: Option<String>,
    speed: f64,
    rate: f64,
    instruments: usize,
    dialect: Dialect,
    faults: Faults,
    session_expiry: Duration,
    command_limits: CommandLimits,
    opening: Option<i64>,
}

impl Default for ServerBuilder {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            plain: false,
            log: false,
            seed: 1,
            public_key: None,
            api_key: None,
            speed: 1.0,
            rate: 2.0,
            instruments: Config::known_instruments(),
            dialect: Dialect::default(),
            faults: Faults::default(),
            session_expiry: Duration::from_secs(1800),
            command_limits: CommandLimits::default(),
            opening: None,
        }
    }
}

impl ServerBuilder {
    /// Sets the seed that everything random follows from.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Serves without TLS.
    pub fn plain(mut self, plain: bool) -> Self {
        self.plain = plain;
        self
    }

    /// Sets where to listen: REST on this port, then the public feed, the
    /// private feed and the control port; port 0 picks free ones.
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// Sets the public key of the customer, a line as in a `.pub` file.
    pub fn public_key(mut self, openssh: &str) -> Self {
        self.public_key = Some(openssh.to_owned());
        self
    }

    /// Sets the API key that may log in; by default it follows from the seed.
    pub fn api_key(mut self, api_key: &str) -> Self {
        self.api_key = Some(api_key.to_owned());
        self
    }

    /// Sets how many seconds of market time pass in one second.
    pub fn speed(mut self, speed: f64) -> Self {
        self.speed = speed;
        self
    }

    /// Sets how often each listing moves in a second of market time; 0 is never.
    pub fn rate(mut self, ticks_per_second: f64) -> Self {
        self.rate = ticks_per_second;
        self
    }

    /// Sets how many listings there are, at most 10,000: past the known
    /// ones they are made up.
    pub fn instruments(mut self, count: usize) -> Self {
        self.instruments = count;
        self
    }

    /// Sets the answers to what the reference leaves open.
    pub fn dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = dialect;
        self
    }

    /// Sets what goes wrong by itself.
    pub fn faults(mut self, faults: Faults) -> Self {
        self.faults = faults;
        self
    }

    /// Sets how long a session may be idle.
    pub fn session_expiry(mut self, idle: Duration) -> Self {
        self.session_expiry = idle;
        self
    }

    /// Sets how many commands a feed connection may send.
    pub fn command_limits(mut self, limits: CommandLimits) -> Self {
        self.command_limits = limits;
        self
    }

    /// Sets market time at the start, in milliseconds since 1970.
    pub fn opening(mut self, ms: i64) -> Self {
        self.opening = Some(ms);
        self
    }

    /// Writes what happens to stderr.
    pub fn log(mut self, log: bool) -> Self {
        self.log = log;
        self
    }

    /// Starts the server.
    ///
    /// # Errors
    ///
    /// If a port cannot be bound, the public key cannot be read, or a
    /// certificate cannot be made.
    pub fn start(self) -> io::Result<Server> {
        launch(self)
    }

    /// Starts it without sockets, in the time of the tokio runtime around.
    ///
    /// # Errors
    ///
    /// If the public key cannot be read.
    ///
    /// # Panics
    ///
    /// Without a tokio runtime around, or one without timers.
    pub fn start_in_memory(self) -> io::Result<InMemory> {
        InMemory::start(&self)
    }

    /// Returns the exchange's settings, and the key pair if one had to be made.
    pub(super) fn config(&self) -> io::Result<(Config, Option<KeyPair>)> {
        let (public, keys) = match &self.public_key {
            Some(line) => {
                let public = PublicKey::from_openssh(line)
                    .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
                (public, None)
            }
            None => {
                let keys = KeyPair::from_seed(&tls::random_bytes()?);
                (keys.public(), Some(keys))
            }
        };
        let mut config = Config::new(self.seed, public);
        if let Some(api_key) = &self.api_key {
            config.api_key.clone_from(api_key);
        }
        if let Some(opening) = self.opening {
            config.opening = opening;
        }
        config.session_expiry = self.session_expiry;
        config.rate = self.rate;
        config.speed = self.speed;
        config.instruments = self.instruments;
        config.dialect = self.dialect;
        config.faults = self.faults;
        config.command_limits = self.command_limits;
        Ok((config, keys))
    }
}

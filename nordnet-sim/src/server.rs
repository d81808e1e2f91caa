//! The server around the exchange: sockets, TLS, time.
//!
//! It runs in a thread of its own, with a runtime of its own, so that it can
//! be used from programs with any runtime or none.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Instant;

use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;

use crate::config::FeedAddress;
use crate::exchange::Exchange;
use crate::keys::KeyPair;

mod builder;
mod connections;
mod control;
mod early;
mod feed;
mod handle;
mod http;
mod http1;
mod listener;
mod memory;
mod metered;
mod plan;
mod shared;
mod socket;
mod tls;

pub use builder::ServerBuilder;
pub use control::Refused;
pub use handle::{ConnectionRecord, Control};
pub use memory::{InMemory, MemoryStream};
pub use plan::{Channel, Direction};

use listener::{Listener, Port};
use shared::{Clock, Shared};
use tls::Identity;

/// A running simulator.
///
/// Dropping it ends it, with all connections.
///
/// ```
/// let server = nordnet_sim::Server::builder().seed(7).start()?;
/// assert!(server.rest_url().starts_with("https://127.0.0.1:"));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Server {
    rest_url: String,
    control_url: String,
    api_key: String,
    public_feed: FeedAddress,
    private_feed: FeedAddress,
    keys: Option<KeyPair>,
    identity: Option<Identity>,
    control: Control,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Returns a builder with default settings.
    pub fn builder() -> ServerBuilder {
        ServerBuilder::default()
    }

    /// Returns the base of the REST API, without `/api/2`.
    #[must_use]
    pub fn rest_url(&self) -> &str {
        &self.rest_url
    }

    /// Returns the API key that may log in.
    #[must_use]
    pub fn api_key(&self) -> &str {
        &self.api_key
    }

    /// Returns the private key for logins as OpenSSH writes it, if the server
    /// has made the key pair.
    #[must_use]
    pub fn private_key(&self) -> Option<String> {
        self.keys.as_ref().map(KeyPair::private_openssh)
    }

    /// Returns the key pair for logins, if the server has made it.
    #[must_use]
    pub fn key_pair(&self) -> Option<&KeyPair> {
        self.keys.as_ref()
    }

    /// Returns the certificate to trust, as PEM; `None` without TLS.
    #[must_use]
    pub fn ca_pem(&self) -> Option<&str> {
        self.identity
            .as_ref()
            .map(|identity| identity.ca_pem.as_str())
    }

    /// Returns the certificate to trust, as DER; `None` without TLS.
    #[must_use]
    pub fn ca_der(&self) -> Option<&[u8]> {
        self.identity
            .as_ref()
            .map(|identity| identity.ca_der.as_slice())
    }

    /// Returns the address of the public feed, as logins are told it.
    #[must_use]
    pub fn public_feed(&self) -> &FeedAddress {
        &self.public_feed
    }

    /// Returns the address of the private feed, as logins are told it.
    #[must_use]
    pub fn private_feed(&self) -> &FeedAddress {
        &self.private_feed
    }

    /// Returns a handle for tests: prices, faults, the truth.
    #[must_use]
    pub fn control(&self) -> Control {
        self.control.clone()
    }

    /// Returns the base of the control port, for tests in other languages.
    #[must_use]
    pub fn control_url(&self) -> &str {
        &self.control_url
    }

    /// Ends the server and waits until it has ended.
    pub fn shutdown(mut self) {
        self.end();
    }

    fn end(&mut self) {
        // Both are there unless the server has ended already.
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // The thread has nothing to say; a panic in it was printed.
            let _ = thread.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

/// The ports of a server, in their order.
struct Listeners {
    rest: Listener,
    public: Listener,
    private: Listener,
    control: Listener,
}

impl Listeners {
    /// Opens four ports from this one on, or any four for port 0. The control
    /// port asks for no password, so it is on loopback wherever the others are.
    fn open(address: SocketAddr) -> io::Result<Self> {
        let loopback: IpAddr = match address.ip() {
            ip if ip.is_loopback() => ip,
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        };
        let at = |ip, offset: u16| {
            let port = match address.port() {
                0 => 0,
                port => port
                    .checked_add(offset)
                    .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "port too high"))?,
            };
            let address = SocketAddr::new(ip, port);
            Listener::open(address).map_err(|error| {
                io::Error::new(error.kind(), format!("cannot listen on {address}: {error}"))
            })
        };
        Ok(Self {
            rest: at(address.ip(), 0)?,
            public: at(address.ip(), 1)?,
            private: at(address.ip(), 2)?,
            control: at(loopback, 3)?,
        })
    }
}

/// A runtime that may be dropped anywhere, also within another one.
struct OwnRuntime(Option<Runtime>);

impl OwnRuntime {
    fn new() -> io::Result<Self> {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map(|runtime| Self(Some(runtime)))
    }
}

impl Drop for OwnRuntime {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// Starts the thread that serves; it ends when the returned sender is dropped.
fn spawn(
    runtime: OwnRuntime,
    listeners: Listeners,
    shared: Arc<Shared>,
    identity: Option<&Identity>,
) -> io::Result<(oneshot::Sender<()>, JoinHandle<()>)> {
    let (stop, stopped) = oneshot::channel();
    let tls = identity.map(Identity::acceptor).transpose()?;
    let serve = async move {
        let open = |port, listener, tls: &Option<TlsAcceptor>| {
            listener::serve(port, listener, tls.clone(), Arc::clone(&shared))
        };
        tokio::select! {
            () = shared::keep_time(&shared) => {}
            () = open(Port::Api(Channel::Rest), listeners.rest, &tls) => {}
            () = open(Port::Api(Channel::Public), listeners.public, &tls) => {}
            () = open(Port::Api(Channel::Private), listeners.private, &tls) => {}
            () = open(Port::Control, listeners.control, &None) => {}
            _ = stopped => {}
        }
    };
    let thread = std::thread::Builder::new()
        .name("nordnet-sim".to_owned())
        .spawn(move || {
            if let Some(runtime) = &runtime.0 {
                runtime.block_on(serve);
            }
        })?;
    Ok((stop, thread))
}

/// Puts a running server together.
fn launch(builder: ServerBuilder) -> io::Result<Server> {
    let runtime = OwnRuntime::new()?;
    let listeners = {
        let _context = runtime.0.as_ref().map(Runtime::enter);
        Listeners::open(builder.listen)?
    };
    let hostname = builder.listen.ip().to_string();
    let identity = if builder.plain {
        None
    } else {
        Some(Identity::new(&hostname)?)
    };
    let feed = |listener: &Listener| FeedAddress {
        hostname: hostname.clone(),
        port: listener.address.port(),
        encrypted: !builder.plain,
    };
    let (public_feed, private_feed) = (feed(&listeners.public), feed(&listeners.private));
    let scheme = if builder.plain { "http" } else { "https" };
    let rest_url = format!("{scheme}://{}", listeners.rest.address);
    let control_url = format!("http://{}", listeners.control.address);

    let (mut config, keys) = builder.config()?;
    config.public_feed = public_feed.clone();
    config.private_feed = private_feed.clone();
    let api_key = config.api_key.clone();
    let shared = Arc::new(Shared::new(
        Exchange::new(config),
        Clock::Wall(Instant::now()),
        builder.log,
    ));
    let (stop, thread) = spawn(runtime, listeners, Arc::clone(&shared), identity.as_ref())?;
    Ok(Server {
        rest_url,
        control_url,
        api_key,
        public_feed,
        private_feed,
        keys,
        identity,
        control: Control::new(shared),
        stop: Some(stop),
        thread: Some(thread),
    })
}

//! The server without sockets, in the time of the runtime around.

use std::fmt;
use std::future::pending;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf, duplex};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::config::FeedAddress;
use crate::exchange::{Exchange, FeedKind};
use crate::keys::KeyPair;

use super::builder::ServerBuilder;
use super::handle::Control;
use super::listener::{Guest, Port};
use super::plan::{Channel, Welcome};
use super::shared::{self, Clock, Shared};
use super::socket::Socket;

/// Bytes on their way, in each direction of a connection.
const UNDER_WAY: usize = 64 * 1024;

/// A simulator without sockets: clients connect to it in memory.
///
/// It runs on the tokio runtime that is around it. Where that one's time stands
/// still when there is nothing to do (`start_paused`), hours pass in an instant.
/// There is no TLS, and no control port; [`Control::post`] does what it does.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// use nordnet_sim::{Channel, Server};
/// use tokio::io::{AsyncReadExt, AsyncWriteExt};
///
/// let server = Server::builder().start_in_memory()?;
/// let mut stream = server.connect(Channel::Rest).await?;
/// stream.write_all(b"GET /api/2 HTTP/1.1\r\nconnection: close\r\n\r\n").await?;
/// let mut answer = String::new();
/// stream.read_to_string(&mut answer).await?;
/// assert!(answer.starts_with("HTTP/1.1 200 OK"));
/// # Ok(())
/// # }
/// ```
pub struct InMemory {
    shared: Arc<Shared>,
    api_key: String,
    keys: Option<KeyPair>,
    tasks: std::sync::Mutex<JoinSet<()>>,
}

impl InMemory {
    pub(super) fn start(builder: &ServerBuilder) -> io::Result<Self> {
        let (mut config, keys) = builder.config()?;
        for (feed, kind) in [
            (&mut config.public_feed, FeedKind::Public),
            (&mut config.private_feed, FeedKind::Private),
        ] {
            *feed = FeedAddress {
                hostname: Ipv4Addr::LOCALHOST.to_string(),
                port: port(kind.into()),
                encrypted: !builder.plain,
            };
        }
        let api_key = config.api_key.clone();
        let clock = Clock::Runtime(Instant::now());
        let shared = Arc::new(Shared::new(Exchange::new(config), clock, builder.log));
        let mut tasks = JoinSet::new();
        let timed = Arc::clone(&shared);
        tasks.spawn(async move { shared::keep_time(&timed).await });
        Ok(Self {
            shared,
            api_key,
            keys,
            tasks: tasks.into(),
        })
    }

    /// Connects to one of the three ports.
    ///
    /// It takes for ever where a TLS handshake was to
    /// [stall](Control::stall_handshakes).
    ///
    /// # Errors
    ///
    /// If connections are [refused](Control::refuse_connections) for now, or
    /// there are too many.
    pub async fn connect(&self, channel: Channel) -> io::Result<MemoryStream> {
        let port = Port::Api(channel);
        let connections = self.shared.connections(port);
        let refused = || io::Error::from(io::ErrorKind::ConnectionRefused);
        if connections
            .refused_for(channel, self.shared.elapsed())
            .is_some()
        {
            return Err(refused());
        }
        let peer = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let record = connections.enter(channel, peer).ok_or_else(refused)?;
        let guest = Guest::new(port, record, connections);
        let welcome = connections.welcome(channel);
        if welcome == Some(Welcome::NoHandshake) {
            let _stays = guest;
            return pending().await;
        }
        let (near, far) = MemoryStream::pair();
        let shared = Arc::clone(&self.shared);
        let early = guest.early(welcome.as_ref(), &shared);
        let attend = guest.attend(Socket::Memory(far), welcome, early, shared);
        let mut tasks = self.tasks.lock().map_err(|_| refused())?;
        while tasks.try_join_next().is_some() {}
        tasks.spawn(attend);
        Ok(near)
    }

    /// Returns the port of a channel in what it tells of itself: nobody listens
    /// there, but [`connect`](Self::connect) knows it.
    #[must_use]
    pub fn channel(port: u16) -> Option<Channel> {
        let all = [Channel::Rest, Channel::Public, Channel::Private];
        all.into_iter().find(|channel| self::port(*channel) == port)
    }

    /// Returns what would be the base of the REST API.
    #[must_use]
    pub fn rest_url(&self) -> String {
        format!("https://{}:{}", Ipv4Addr::LOCALHOST, port(Channel::Rest))
    }

    /// Returns the API key that may log in.
    #[must_use]
    pub fn api_key(&self) -> &str {
        &self.api_key
    }

    /// Returns the private key for logins as OpenSSH writes it, unless the
    /// builder was given a public one.
    #[must_use]
    pub fn private_key(&self) -> Option<String> {
        self.keys.as_ref().map(KeyPair::private_openssh)
    }

    /// Returns the key pair for logins, unless the builder was given a public key.
    #[must_use]
    pub fn key_pair(&self) -> Option<&KeyPair> {
        self.keys.as_ref()
    }

    /// Returns a handle for tests: prices, faults, the truth. It tells the time
    /// of the runtime, and is to be used within it.
    #[must_use]
    pub fn control(&self) -> Control {
        Control::new(Arc::clone(&self.shared))
    }
}

impl fmt::Debug for InMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InMemory").finish_non_exhaustive()
    }
}

fn port(channel: Channel) -> u16 {
    match channel {
        Channel::Rest => 1,
        Channel::Public => 2,
        Channel::Private => 3,
    }
}

/// A connection in memory.
///
/// It ends as a TLS connection does: one that is cut without a farewell with
/// [`UnexpectedEof`](io::ErrorKind::UnexpectedEof), one that is reset with
/// [`ConnectionReset`](io::ErrorKind::ConnectionReset).
#[derive(Debug)]
pub struct MemoryStream {
    bytes: DuplexStream,
    /// How it ends, if not in order; both sides know.
    broken: Arc<OnceLock<io::ErrorKind>>,
}

impl MemoryStream {
    fn pair() -> (Self, Self) {
        let (near, far) = duplex(UNDER_WAY);
        let broken = Arc::<OnceLock<_>>::default();
        let side = |bytes| Self {
            bytes,
            broken: Arc::clone(&broken),
        };
        (side(near), side(far))
    }

    /// Says how it ends, once what was written is read.
    pub(super) fn break_off(&mut self, how: io::ErrorKind) {
        let _ = self.broken.set(how);
    }
}

impl AsyncRead for MemoryStream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        ready!(Pin::new(&mut this.bytes).poll_read(cx, buffer))?;
        let ended = buffer.filled().len() == before && buffer.remaining() > 0;
        match this.broken.get() {
            Some(how) if ended => Poll::Ready(Err((*how).into())),
            _ => Poll::Ready(Ok(())),
        }
    }
}

impl AsyncWrite for MemoryStream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().bytes).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().bytes).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().bytes).poll_shutdown(cx)
    }
}

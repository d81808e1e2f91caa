//! Listening sockets: accepting connections, delaying them, refusing them.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::exchange::{Cut, FeedKind};

use super::connections::Connections;
use super::early::Early;
use super::metered::{End, Metered, Record};
use super::plan::{Channel, Welcome};
use super::shared::Shared;
use super::socket::Socket;
use super::{control, feed, http};

const HANDSHAKE_WITHIN: Duration = Duration::from_secs(5);
/// After a failure to accept or to listen.
const MOMENT: Duration = Duration::from_millis(5);
/// Past this, newcomers have to knock again a second later.
const BACKLOG: u32 = 4096;

/// What is served at a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Port {
    Api(Channel),
    Control,
}

/// A port that is listened on, but for the times when it is closed on purpose.
#[derive(Debug)]
pub(super) struct Listener {
    pub(super) address: SocketAddr,
    socket: Option<TcpListener>,
    /// Bound, never listening: reserves the port while it is closed.
    _reserve: Option<TcpSocket>,
}

impl Listener {
    /// Opens a port; needs a runtime.
    pub(super) fn open(address: SocketAddr) -> io::Result<Self> {
        // Two sockets at one address is not what this option means elsewhere.
        let reserve = cfg!(unix).then(|| bind(address)).transpose()?;
        let address = match &reserve {
            Some(socket) => socket.local_addr()?,
            None => address,
        };
        let socket = bind(address)?.listen(BACKLOG)?;
        Ok(Self {
            address: socket.local_addr()?,
            socket: Some(socket),
            _reserve: reserve,
        })
    }

    fn socket(&mut self) -> io::Result<&TcpListener> {
        let socket = match self.socket.take() {
            Some(socket) => socket,
            None => bind(self.address)?.listen(BACKLOG)?,
        };
        Ok(self.socket.insert(socket))
    }
}

fn bind(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    if cfg!(unix) {
        socket.set_reuseaddr(true)?;
    }
    socket.bind(address)?;
    Ok(socket)
}

/// Accepts and serves connections, for ever.
pub(super) async fn serve(
    port: Port,
    mut listener: Listener,
    tls: Option<TlsAcceptor>,
    shared: Arc<Shared>,
) {
    let connections = Arc::clone(shared.connections(port));
    loop {
        let refusal = connections.refusals.notified();
        let channel = port.channel();
        if let Some(left) = connections.refused_for(channel, shared.elapsed()) {
            listener.socket = None;
            tokio::select! {
                () = tokio::time::sleep(left) => {}
                () = refusal => {}
            }
            continue;
        }
        let accepted = match listener.socket() {
            Err(error) => Err(error),
            Ok(socket) => tokio::select! {
                accepted = socket.accept() => accepted,
                () = refusal => continue,
            },
        };
        let Ok((stream, peer)) = accepted else {
            // File descriptors may be short.
            connections.evict();
            if port == Port::Control {
                shared.connections(Port::Api(Channel::Rest)).evict();
            }
            tokio::time::sleep(MOMENT).await;
            continue;
        };
        if connections.refused_for(channel, shared.elapsed()).is_some() {
            // It was accepted while the listener was closing.
            let _ = stream.set_zero_linger();
            continue;
        }
        // Without a place it is closed.
        if let (Ok(()), Some(record)) = (stream.set_nodelay(true), connections.enter(channel, peer))
        {
            let guest = Guest::new(port, record, &connections);
            tokio::spawn(guest.stay(stream, tls.clone(), Arc::clone(&shared)));
        }
    }
}

impl Port {
    /// Returns the kind of its connections. The control port has [`Connections`]
    /// of its own, all of one kind.
    fn channel(self) -> Channel {
        match self {
            Self::Api(channel) => channel,
            Self::Control => Channel::Rest,
        }
    }
}

/// A connection that has come in.
pub(super) struct Guest {
    port: Port,
    record: Arc<Record>,
    connections: Arc<Connections>,
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.connections.leave(self.record.number);
    }
}

impl Guest {
    pub(super) fn new(port: Port, record: Arc<Record>, connections: &Arc<Connections>) -> Self {
        Self {
            port,
            record,
            connections: Arc::clone(connections),
        }
    }

    async fn stay(self, stream: TcpStream, tls: Option<TlsAcceptor>, shared: Arc<Shared>) {
        let welcome = self.connections.welcome(self.record.channel);
        if welcome == Some(Welcome::NoHandshake) {
            let stalled = Metered::new(Socket::Plain(stream), Arc::clone(&self.record));
            return stalled.end(End::Cut(Cut::Stall)).await;
        }
        let mut early = self.early(welcome.as_ref(), &shared);
        let socket = match tls {
            None => Socket::Plain(stream),
            Some(tls) => {
                let accept = tls.accept_with(stream, |session| {
                    if let Some(early) = &mut early
                        && let Ok(count) = early.hand_over(&mut session.writer())
                    {
                        self.record.count_sent(count);
                    }
                });
                let shaken = tokio::time::timeout(HANDSHAKE_WITHIN, accept);
                tokio::select! {
                    shaken = shaken => match shaken {
                        Ok(Ok(stream)) => Socket::Tls(Box::new(stream)),
                        _ => return,
                    },
                    _ = self.record.ended() => return,
                }
            }
        };
        self.attend(socket, welcome, early, shared).await;
    }

    /// Returns the early answer that the connection is welcomed with, if it is.
    pub(super) fn early(&self, welcome: Option<&Welcome>, shared: &Shared) -> Option<Early> {
        let Some(Welcome::Early(answer)) = welcome else {
            return None;
        };
        let date = shared.run(|exchange, _| exchange.http_date(Duration::ZERO));
        Some(Early::new(answer, &date))
    }

    /// Serves a connection that is up, and ends it.
    pub(super) async fn attend(
        self,
        socket: Socket,
        welcome: Option<Welcome>,
        early: Option<Early>,
        shared: Arc<Shared>,
    ) {
        let mut stream = Metered::new(socket, Arc::clone(&self.record));
        if let Some(Welcome::Cut(direction, bytes, cut)) = welcome {
            self.record.cut_after(direction, bytes, cut);
        }
        let end = tokio::select! {
            // What was received before a cut still counts.
            biased;
            cut = self.serve(&mut stream, early, &shared) => End::Cut(cut),
            end = self.record.ended() => end,
        };
        stream.end(end).await;
    }

    /// Serves the connection, and says how it is to end.
    async fn serve(&self, stream: &mut Metered, early: Option<Early>, shared: &Arc<Shared>) -> Cut {
        let date = || shared.run(|exchange, _| exchange.http_date(Duration::ZERO));
        match self.port {
            Port::Api(Channel::Rest) => {
                let answer =
                    |request: &_| shared.run(|exchange, now| exchange.handle_request(request, now));
                let answered = |request: &_, processed| {
                    shared.run(|exchange, now| exchange.handle_answered(request, processed, now));
                };
                http::converse(stream, answer, date, early, answered).await
            }
            Port::Api(Channel::Public) => feed::talk(FeedKind::Public, stream, shared).await,
            Port::Api(Channel::Private) => feed::talk(FeedKind::Private, stream, shared).await,
            Port::Control => {
                let answer = |request: &_| control::answer(shared, request);
                http::converse(stream, answer, date, None, |_, _| {}).await
            }
        }
    }
}

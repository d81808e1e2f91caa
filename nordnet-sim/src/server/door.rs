//! Ports: who comes in, and who is kept waiting or out.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::exchange::{Cut, FeedKind};

use super::early::Early;
use super::plan::{Channel, Welcome};
use super::shared::Shared;
use super::socket::Socket;
use super::wire::{End, Record, Wire};
use super::wires::Wires;
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
pub(super) struct Door {
    pub(super) address: SocketAddr,
    listener: Option<TcpListener>,
    /// Bound and deaf: keeps the port from others while it is closed.
    _reserve: Option<TcpSocket>,
}

impl Door {
    /// Opens a port; needs a runtime.
    pub(super) fn open(address: SocketAddr) -> io::Result<Self> {
        // Two sockets at one address is not what this option means elsewhere.
        let reserve = cfg!(unix).then(|| bind(address)).transpose()?;
        let address = match &reserve {
            Some(socket) => socket.local_addr()?,
            None => address,
        };
        let listener = bind(address)?.listen(BACKLOG)?;
        Ok(Self {
            address: listener.local_addr()?,
            listener: Some(listener),
            _reserve: reserve,
        })
    }

    fn listener(&mut self) -> io::Result<&TcpListener> {
        let listener = match self.listener.take() {
            Some(listener) => listener,
            None => bind(self.address)?.listen(BACKLOG)?,
        };
        Ok(self.listener.insert(listener))
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

/// Serves what comes in at a door, for ever.
pub(super) async fn serve(
    port: Port,
    mut door: Door,
    tls: Option<TlsAcceptor>,
    shared: Arc<Shared>,
) {
    let wires = Arc::clone(shared.wires(port));
    loop {
        let told = wires.doors.notified();
        let channel = port.channel();
        if let Some(left) = wires.refused_for(channel, shared.elapsed()) {
            door.listener = None;
            tokio::select! {
                () = tokio::time::sleep(left) => {}
                () = told => {}
            }
            continue;
        }
        let accepted = match door.listener() {
            Err(error) => Err(error),
            Ok(listener) => tokio::select! {
                accepted = listener.accept() => accepted,
                () = told => continue,
            },
        };
        let Ok((stream, peer)) = accepted else {
            // File descriptors may be short.
            wires.evict();
            if port == Port::Control {
                shared.wires(Port::Api(Channel::Rest)).evict();
            }
            tokio::time::sleep(MOMENT).await;
            continue;
        };
        if wires.refused_for(channel, shared.elapsed()).is_some() {
            // It came while the door was closing.
            let _ = stream.set_zero_linger();
            continue;
        }
        // Without a place it is closed.
        if let (Ok(()), Some(record)) = (stream.set_nodelay(true), wires.enter(channel, peer)) {
            let guest = Guest::new(port, record, &wires);
            tokio::spawn(guest.stay(stream, tls.clone(), Arc::clone(&shared)));
        }
    }
}

impl Port {
    /// Returns the kind of its connections. The control port has a book of its
    /// own, in which there is no other kind.
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
    wires: Arc<Wires>,
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.wires.leave(self.record.number);
    }
}

impl Guest {
    pub(super) fn new(port: Port, record: Arc<Record>, wires: &Arc<Wires>) -> Self {
        Self {
            port,
            record,
            wires: Arc::clone(wires),
        }
    }

    async fn stay(self, stream: TcpStream, tls: Option<TlsAcceptor>, shared: Arc<Shared>) {
        let welcome = self.wires.welcome(self.record.channel);
        if welcome == Some(Welcome::NoHandshake) {
            let deaf = Wire::new(Socket::Plain(stream), Arc::clone(&self.record));
            return deaf.end(End::Cut(Cut::Stall)).await;
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
        let mut wire = Wire::new(socket, Arc::clone(&self.record));
        if let Some(Welcome::Cut(direction, bytes, cut)) = welcome {
            self.record.cut_after(direction, bytes, cut);
        }
        let end = tokio::select! {
            // What was received before a cut still counts.
            biased;
            cut = self.serve(&mut wire, early, &shared) => End::Cut(cut),
            end = self.record.ended() => end,
        };
        wire.end(end).await;
    }

    /// Serves the connection, and says how it is to end.
    async fn serve(&self, wire: &mut Wire, early: Option<Early>, shared: &Arc<Shared>) -> Cut {
        let date = || shared.run(|exchange, _| exchange.http_date(Duration::ZERO));
        match self.port {
            Port::Api(Channel::Rest) => {
                let answer =
                    |request: &_| shared.run(|exchange, now| exchange.handle_request(request, now));
                let answered = |request: &_, processed| {
                    shared.run(|exchange, now| exchange.handle_answered(request, processed, now));
                };
                http::converse(wire, answer, date, early, answered).await
            }
            Port::Api(Channel::Public) => feed::talk(FeedKind::Public, wire, shared).await,
            Port::Api(Channel::Private) => feed::talk(FeedKind::Private, wire, shared).await,
            Port::Control => {
                let answer = |request: &_| control::answer(shared, request);
                http::converse(wire, answer, date, None, |_, _| {}).await
            }
        }
    }
}

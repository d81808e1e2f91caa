//! Connections: TCP, and TLS on it.

mod socket;

use std::fmt;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs as _};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use nordnet_proto::driver::{BoxFuture, Trust, by_timer, detached};
use nordnet_proto::{Cause, Failure, Limits, Server, SetupError, TlsCause};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{CertificateError, ClientConfig, ClientConnection, RootCertStore};

use crate::client::Blocking;
use crate::executor::Alarm;

pub use socket::Socket;

/// Opens connections to servers, with one set of TLS settings.
#[derive(Clone)]
pub(crate) struct Connector {
    tls: Arc<ClientConfig>,
    stagger: Duration,
}

impl Connector {
    pub(crate) fn new(trust: Trust<ClientConfig>, limits: &Limits) -> Result<Self, SetupError> {
        let config = match trust {
            Trust::Mozilla => tls_config(webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect())?,
            Trust::Own(pem) => tls_config(own_roots(&pem)?)?,
            Trust::Settings(config) => config,
        };
        Ok(Self {
            tls: Arc::new(config),
            stagger: limits.connect_stagger,
        })
    }

    /// Sixteen random bytes for a machine.
    pub(crate) fn seed(&self) -> Result<[u8; 16], SetupError> {
        let mut seed = [0; 16];
        match self.tls.crypto_provider().secure_random.fill(&mut seed) {
            Ok(()) => Ok(seed),
            Err(_) => Err(SetupError::Tls(
                "no randomness from the crypto provider".into(),
            )),
        }
    }

    /// Resolves the name, connects and shakes hands, all within the deadline.
    pub(crate) fn connect(
        &self,
        adapter: &Blocking,
        server: Server,
        by: Instant,
    ) -> BoxFuture<Result<Socket, Failure>> {
        let connector = self.clone();
        let name = server.to_string();
        let opened = detached(adapter, async move { connector.open(&server, by) });
        let dropped = || Err(Failure::before_sending(Cause::Dropped, ""));
        let connected = async move {
            let socket = opened.await.unwrap_or_else(dropped)?;
            socket.shake_hands().await
        };
        Box::pin(async move {
            let late = || Err(Failure::before_sending(Cause::Timeout, "while connecting"));
            let connected = by_timer(&mut Alarm, by, connected).await;
            connected.unwrap_or_else(late).map_err(|mut failure| {
                failure.detail = format!("{name}: {}", failure.detail);
                failure
            })
        })
    }

    /// Opens a socket. Blocks: what the system does for it cannot be ended.
    fn open(&self, server: &Server, by: Instant) -> Result<Socket, Failure> {
        let addresses = addresses(server, by).map_err(|error| failed(Cause::Resolve, &error))?;
        let tcp = self.open_tcp(addresses, by)?;
        let mut tls = None;
        if server.encrypted {
            let name = ServerName::try_from(server.hostname.clone())
                .map_err(|error| Failure::before_sending(Cause::Resolve, error.to_string()))?;
            let mut session = ClientConnection::new(Arc::clone(&self.tls), name)
                .map_err(|error| failed(Cause::Tls(TlsCause::Other), &io::Error::other(error)))?;
            session.set_buffer_limit(None);
            tls = Some(session);
        }
        // A feed is small lines both ways: waiting to fill a segment costs time.
        tcp.set_nodelay(true)
            .and_then(|()| Socket::start(tcp, tls))
            .map_err(|error| failed(Cause::Connect, &error))
    }

    /// Tries the addresses of a host in order, each a little after the one
    /// before, so that a dead one does not take the whole deadline.
    fn open_tcp(&self, addresses: Vec<SocketAddr>, by: Instant) -> Result<TcpStream, Failure> {
        let mut addresses = addresses.into_iter().peekable();
        let mut last = Failure::before_sending(Cause::Resolve, "the name has no address");
        let (tried, tries) = mpsc::channel();
        let mut running = 0;
        loop {
            let left = left(by).map_err(|error| failed(Cause::Connect, &error))?;
            if let Some(address) = addresses.next() {
                let tried = tried.clone();
                let connect = move || tried.send(TcpStream::connect_timeout(&address, left));
                thread("nordnet connect")
                    .spawn(connect)
                    .map_err(|error| failed(Cause::Connect, &error))?;
                running += 1;
            } else if running == 0 {
                return Err(last);
            }
            let more = addresses.peek().is_some();
            match tries.recv_timeout(if more { left.min(self.stagger) } else { left }) {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => {
                    last = failed(Cause::Connect, &error);
                    running -= 1;
                }
                Err(_) => {}
            }
        }
    }
}

/// How many lookups run at once in a process: with a dead resolver their
/// threads would pile up.
const LOOKUPS: usize = 2;

static RUNNING: Mutex<usize> = Mutex::new(0);
static ENDED: Condvar = Condvar::new();

/// Looks up the addresses of a server.
fn addresses(server: &Server, by: Instant) -> io::Result<Vec<SocketAddr>> {
    let host = (server.hostname.as_str(), server.port);
    if let Ok(ip) = server.hostname.parse::<IpAddr>() {
        return Ok(vec![(ip, server.port).into()]);
    }
    let full = |running: &mut usize| *running >= LOOKUPS;
    let (mut running, waited) = ENDED
        .wait_timeout_while(lock(&RUNNING), left(by)?, full)
        .unwrap_or_else(PoisonError::into_inner);
    if waited.timed_out() {
        return Err(ErrorKind::TimedOut.into());
    }
    *running += 1;
    drop(running);
    let addresses = host.to_socket_addrs();
    *lock(&RUNNING) -= 1;
    ENDED.notify_one();
    Ok(addresses?.collect())
}

/// The time that is left; never so little that it would mean no deadline.
fn left(by: Instant) -> io::Result<Duration> {
    match by.checked_duration_since(Instant::now()) {
        Some(left) if !left.is_zero() => Ok(left.max(Duration::from_millis(1))),
        _ => Err(ErrorKind::TimedOut.into()),
    }
}

fn failed(cause: Cause, error: &io::Error) -> Failure {
    let cause = match error.kind() {
        ErrorKind::TimedOut => Cause::Timeout,
        _ => tls_cause(error).map_or(cause, Cause::Tls),
    };
    Failure::before_sending(cause, error.to_string())
}

fn thread(name: &str) -> thread::Builder {
    thread::Builder::new().name(name.into())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What TLS holds against the other side, if it was TLS that failed.
fn tls_cause(error: &io::Error) -> Option<TlsCause> {
    use CertificateError as E;
    Some(match error.get_ref()?.downcast_ref::<rustls::Error>()? {
        rustls::Error::InvalidCertificate(error) => match error {
            E::NotValidForName | E::NotValidForNameContext { .. } => TlsCause::Name,
            E::Expired | E::ExpiredContext { .. } => TlsCause::Validity,
            E::NotValidYet | E::NotValidYetContext { .. } => TlsCause::Validity,
            E::UnknownIssuer => TlsCause::Issuer,
            _ => TlsCause::Other,
        },
        _ => TlsCause::Other,
    })
}

/// The default TLS settings: ring, TLS 1.2 and 1.3. Neither the process-wide
/// provider nor the environment matters.
fn tls_config(roots: RootCertStore) -> Result<ClientConfig, SetupError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map(|builder| builder.with_root_certificates(roots).with_no_client_auth())
        .map_err(|error| SetupError::Tls(error.to_string()))
}

/// The authorities of a PEM file, and no others.
fn own_roots(pem: &[u8]) -> Result<RootCertStore, SetupError> {
    let broken = |error: &dyn fmt::Display| SetupError::Tls(error.to_string());
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|error| broken(&error))?;
        roots.add(certificate).map_err(|error| broken(&error))?;
    }
    if roots.is_empty() {
        return Err(broken(&"the PEM text holds no certificate"));
    }
    Ok(roots)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use std::net::TcpListener;

    use super::*;

    const SOON: Duration = Duration::from_secs(10);

    fn connector() -> Connector {
        Connector::new(Trust::Mozilla, &Limits::default()).unwrap()
    }

    /// A listener whose queue is full lets nobody in and refuses nobody.
    #[test]
    fn a_dead_address_does_not_keep_the_next_one_from_being_tried() {
        let dead = TcpListener::bind("127.0.0.1:0").unwrap();
        rustix::net::listen(&dead, 0).unwrap();
        let dead_end = dead.local_addr().unwrap();
        let wait = Duration::from_millis(100);
        let connect = |_| TcpStream::connect_timeout(&dead_end, wait).ok();
        let _queued: Vec<_> = (0..4).map_while(connect).collect();

        let refused = TcpListener::bind("127.0.0.1:0").unwrap().local_addr();
        let open = TcpListener::bind("127.0.0.1:0").unwrap();
        let open_to = open.local_addr().unwrap();
        let addresses = vec![dead_end, refused.unwrap(), open_to];
        let start = Instant::now();
        let tcp = connector().open_tcp(addresses, start + SOON).unwrap();
        assert_eq!(tcp.peer_addr().unwrap(), open_to);
        assert!(start.elapsed() < Duration::from_secs(2));
    }

    #[test]
    fn what_comes_last_is_told_when_no_address_lets_anybody_in() {
        let refused = TcpListener::bind("127.0.0.1:0").unwrap().local_addr();
        let by = Instant::now() + SOON;
        let open = |addresses| connector().open_tcp(addresses, by).unwrap_err().cause;
        assert_eq!(open(vec![refused.unwrap()]), Cause::Connect);
        assert_eq!(open(Vec::new()), Cause::Resolve);
    }

    #[test]
    fn lookups_do_not_pile_up() {
        *lock(&RUNNING) += LOOKUPS;
        let server = Server::new("localhost", 1, false);
        let soon = Instant::now() + Duration::from_millis(50);
        let error = addresses(&server, soon).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        *lock(&RUNNING) -= LOOKUPS;
        assert!(
            !addresses(&server, Instant::now() + SOON)
                .unwrap()
                .is_empty()
        );
        assert_eq!(*lock(&RUNNING), 0);
    }
}

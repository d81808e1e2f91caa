//! Connections: TCP, and TLS on it.

use std::fmt;
use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures_rustls::TlsConnector;
use nordnet_proto::driver::{BoxFuture, Trust, Wire};
use nordnet_proto::{Cause, Failure, Limits, Server, SetupError, TlsCause};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{CertificateError, ClientConfig, RootCertStore};
use smol::Timer;
use smol::io::{AsyncRead, AsyncWrite};
use smol::net::{TcpStream, resolve};

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
        let random = self.tls.crypto_provider().secure_random;
        match random.fill(&mut seed) {
            Ok(()) => Ok(seed),
            Err(_) => Err(SetupError::Tls(
                "no randomness from the crypto provider".into(),
            )),
        }
    }

    /// Resolves the name, connects and shakes hands, all within the deadline.
    pub(crate) async fn connect(&self, server: &Server, by: Instant) -> Result<Socket, Failure> {
        let late = || Err(Failure::before_sending(Cause::Timeout, "while connecting"));
        let opened = before(Timer::at(by), self.open(server)).await;
        opened.unwrap_or_else(late).map_err(|mut failure| {
            failure.detail = format!("{server}: {}", failure.detail);
            failure
        })
    }

    async fn open(&self, server: &Server) -> Result<Socket, Failure> {
        let tcp = self.open_tcp(server).await?;
        // A feed is small lines both ways: waiting to fill a segment costs time.
        tcp.set_nodelay(true)
            .map_err(|error| failed(Cause::Connect, &error))?;
        if !server.encrypted {
            return Ok(Socket(Box::new(tcp)));
        }
        let name = ServerName::try_from(server.hostname.clone())
            .map_err(|error| Failure::before_sending(Cause::Resolve, error.to_string()))?;
        let connector = TlsConnector::from(Arc::clone(&self.tls));
        let tls = connector.connect(name, tcp).await.map_err(|error| {
            let cause = tls_cause(&error).map_or(Cause::Connect, Cause::Tls);
            failed(cause, &error)
        })?;
        Ok(Socket(Box::new(tls)))
    }

    /// Tries the addresses of a host in order, each a little after the one
    /// before, so that a dead one does not take the whole deadline.
    async fn open_tcp(&self, server: &Server) -> Result<TcpStream, Failure> {
        let host = (server.hostname.as_str(), server.port);
        let mut addresses = resolve(host)
            .await
            .map_err(|error| failed(Cause::Resolve, &error))?
            .into_iter();
        let mut last = Failure::before_sending(Cause::Resolve, "the name has no address");
        let mut tries = Tries(Vec::new());
        loop {
            let address = addresses.next();
            let more = address.is_some();
            if let Some(address) = address {
                tries.begin(address);
            }
            let patience = if more { self.stagger } else { Duration::MAX };
            match before(Timer::after(patience), tries.next()).await {
                Some(Some(Ok(stream))) => return Ok(stream),
                Some(Some(Err(error))) => last = failed(Cause::Connect, &error),
                Some(None) if !more => return Err(last),
                _ => {}
            }
        }
    }
}

/// Connections that are being opened, whichever is up first.
struct Tries(Vec<BoxFuture<io::Result<TcpStream>>>);

impl Tries {
    fn begin(&mut self, address: SocketAddr) {
        self.0.push(Box::pin(TcpStream::connect(address)));
    }

    /// The next one that ends; `None` if there is none.
    async fn next(&mut self) -> Option<io::Result<TcpStream>> {
        poll_fn(|cx| {
            for (index, attempt) in self.0.iter_mut().enumerate() {
                if let Poll::Ready(result) = attempt.as_mut().poll(cx) {
                    drop(self.0.swap_remove(index));
                    return Poll::Ready(Some(result));
                }
            }
            match self.0.len() {
                0 => Poll::Ready(None),
                _ => Poll::Pending,
            }
        })
        .await
    }
}

/// Waits for a future until a timer fires.
async fn before<T>(timer: Timer, future: impl Future<Output = T>) -> Option<T> {
    let late = async {
        timer.await;
        None
    };
    smol::future::or(async { Some(future.await) }, late).await
}

fn failed(cause: Cause, error: &io::Error) -> Failure {
    Failure::before_sending(cause, error.to_string())
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

/// A connection with or without TLS, as the driver of the core sees it.
pub struct Socket(Box<dyn Duplex>);

impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Socket")
    }
}

trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

impl Wire for Socket {
    fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        buffer: &mut Box<[u8]>,
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }

    fn poll_write(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn a_dead_address_does_not_keep_the_next_one_from_being_tried() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let open = listener.local_addr().unwrap();
        let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr();
        let mut tries = Tries(Vec::new());
        tries.begin(closed.unwrap());
        tries.begin(open);
        smol::block_on(async {
            let mut ends = [tries.next().await.unwrap(), tries.next().await.unwrap()];
            ends.sort_by_key(Result::is_ok);
            let [refused, connected] = ends;
            assert!(refused.is_err());
            assert_eq!(connected.unwrap().peer_addr().unwrap(), open);
            assert!(tries.next().await.is_none());
        });
    }
}

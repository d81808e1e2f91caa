//! Connections: TCP, and TLS on it.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use nordnet_proto::{Cause, Failure, Server, SetupError, TlsCause};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{CertificateError, ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{timeout, timeout_at};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Opens connections to servers, with one set of TLS settings.
#[derive(Clone)]
pub(crate) struct Connector {
    tls: TlsConnector,
    stagger: Duration,
}

impl Connector {
    pub(crate) fn new(tls: ClientConfig, stagger: Duration) -> Self {
        Self {
            tls: TlsConnector::from(Arc::new(tls)),
            stagger,
        }
    }

    /// Resolves the name, connects and shakes hands, all within the deadline.
    pub(crate) async fn connect(&self, server: &Server, by: Instant) -> Result<Stream, Failure> {
        let late = |_| Err(Failure::before_sending(Cause::Timeout, "while connecting"));
        let opened = timeout_at(by.into(), self.open(server)).await;
        opened.unwrap_or_else(late).map_err(|mut failure| {
            failure.detail = format!("{server}: {}", failure.detail);
            failure
        })
    }

    async fn open(&self, server: &Server) -> Result<Stream, Failure> {
        let tcp = self.open_tcp(server).await?;
        // A feed is small lines both ways: waiting to fill a segment costs time.
        tcp.set_nodelay(true)
            .map_err(|error| failed(Cause::Connect, &error))?;
        if !server.encrypted {
            return Ok(Stream::Plain(tcp));
        }
        let name = ServerName::try_from(server.hostname.clone())
            .map_err(|error| Failure::before_sending(Cause::Resolve, error.to_string()))?;
        let tls = self.tls.connect(name, tcp).await.map_err(|error| {
            let cause = tls_cause(&error).map_or(Cause::Connect, Cause::Tls);
            failed(cause, &error)
        })?;
        Ok(Stream::Tls(Box::new(tls)))
    }

    /// Tries the addresses of a host in order, each a little after the one
    /// before, so that a dead one does not take the whole deadline.
    async fn open_tcp(&self, server: &Server) -> Result<TcpStream, Failure> {
        let host = (server.hostname.as_str(), server.port);
        let addresses = tokio::net::lookup_host(host)
            .await
            .map_err(|error| failed(Cause::Resolve, &error))?;
        let mut last = Failure::before_sending(Cause::Resolve, "the name has no address");
        let mut tries = JoinSet::new();
        for address in addresses {
            tries.spawn(TcpStream::connect(address));
            if let Ok(Some(done)) = timeout(self.stagger, tries.join_next()).await {
                match done {
                    Ok(Ok(stream)) => return Ok(stream),
                    Ok(Err(error)) => last = failed(Cause::Connect, &error),
                    Err(_) => {}
                }
            }
        }
        while let Some(done) = tries.join_next().await {
            match done {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => last = failed(Cause::Connect, &error),
                Err(_) => {}
            }
        }
        Err(last)
    }
}

fn failed(cause: Cause, error: &io::Error) -> Failure {
    Failure::before_sending(cause, error.to_string())
}

/// What TLS holds against the other side, if it was TLS that failed.
fn tls_cause(error: &io::Error) -> Option<TlsCause> {
    use CertificateError as E;
    let error = error.get_ref()?.downcast_ref::<rustls::Error>()?;
    Some(match error {
        rustls::Error::InvalidCertificate(error) => match error {
            E::NotValidForName | E::NotValidForNameContext { .. } => TlsCause::Name,
            E::Expired
            | E::ExpiredContext { .. }
            | E::NotValidYet
            | E::NotValidYetContext { .. } => TlsCause::Validity,
            E::UnknownIssuer => TlsCause::Issuer,
            _ => TlsCause::Other,
        },
        _ => TlsCause::Other,
    })
}

/// The default TLS settings: ring, the Mozilla authorities built in, TLS 1.2
/// and 1.3. Neither the process-wide provider nor the environment matters.
pub(crate) fn tls_config(roots: RootCertStore) -> Result<ClientConfig, SetupError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map(|builder| builder.with_root_certificates(roots).with_no_client_auth())
        .map_err(|error| SetupError::Tls(error.to_string()))
}

pub(crate) fn mozilla_roots() -> RootCertStore {
    webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect()
}

/// The authorities of a PEM file, and no others.
pub(crate) fn own_roots(pem: &[u8]) -> Result<RootCertStore, SetupError> {
    let broken = |error: &dyn std::fmt::Display| SetupError::Tls(error.to_string());
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

/// Sixteen random bytes for a machine.
pub(crate) fn seed(provider: &CryptoProvider) -> Result<[u8; 16], SetupError> {
    let mut seed = [0; 16];
    match provider.secure_random.fill(&mut seed) {
        Ok(()) => Ok(seed),
        Err(_) => Err(SetupError::Tls(
            "the crypto provider gives no randomness".into(),
        )),
    }
}

/// A connection with or without TLS.
pub(crate) enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(cx, buffer),
            Self::Tls(stream) => Pin::new(stream).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Self::Tls(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Self::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}

//! Connections: TCP, and TLS on it.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use nordnet_driver::{Connect, Wire};
use nordnet_proto::{Cause, Failure};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// Opens a connection to a server.
pub(crate) async fn open(to: Connect) -> Result<Box<dyn Wire>, Failure> {
    let name = to.tls_name()?;
    let tcp = open_tcp(&to).await?;
    let failed = |error| Connect::failure(Cause::Connect, &error);
    // A feed is small lines both ways: waiting to fill a segment costs time.
    tcp.set_nodelay(true).map_err(failed)?;
    Ok(match name {
        None => Box::new(Socket::new(tcp)),
        Some(name) => {
            let tls = TlsConnector::from(to.tls).connect(name, tcp).await;
            Box::new(Socket::new(tls.map_err(failed)?))
        }
    })
}

/// Tries the addresses of a host in order, each [`Connect::stagger`] after the one before
/// or once that one has failed, so that a dead one does not take the whole deadline.
async fn open_tcp(to: &Connect) -> Result<TcpStream, Failure> {
    let host = (to.server.hostname.as_str(), to.server.port);
    let mut addresses = tokio::net::lookup_host(host)
        .await
        .map_err(|error| Connect::failure(Cause::Resolve, &error))?;
    let mut last = Failure::before_sending(Cause::Resolve, "the name has no address");
    let mut attempts = JoinSet::new();
    loop {
        let address = addresses.next();
        let more = address.is_some();
        if let Some(address) = address {
            attempts.spawn(TcpStream::connect(address));
        }
        // The driver ends the last wait.
        let wait = if more { to.stagger } else { Duration::MAX };
        match timeout(wait, attempts.join_next()).await {
            Ok(Some(Ok(Ok(stream)))) => return Ok(stream),
            Ok(Some(Ok(Err(error)))) => last = Connect::failure(Cause::Connect, &error),
            Ok(None) if !more => return Err(last),
            // Nothing in time: the next address is tried as well.
            _ => {}
        }
    }
}

/// A stream of tokio as a [`Wire`], for
/// [`ClientBuilder::connect_with`](crate::ClientBuilder::connect_with).
pub struct Socket<S>(S);

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Socket<S> {
    /// Wraps a stream: TCP, TLS, or one in memory.
    pub const fn new(stream: S) -> Self {
        Self(stream)
    }
}

impl<S> fmt::Debug for Socket<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Socket")
    }
}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Wire for Socket<S> {
    fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        buffer: &mut Box<[u8]>,
    ) -> Poll<io::Result<usize>> {
        let mut buffer = ReadBuf::new(buffer);
        ready!(Pin::new(&mut self.0).poll_read(cx, &mut buffer))?;
        Poll::Ready(Ok(buffer.filled().len()))
    }

    fn poll_write(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }
}

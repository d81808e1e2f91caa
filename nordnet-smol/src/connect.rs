//! Connections: TCP, and TLS on it.

use std::fmt;
use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_rustls::TlsConnector;
use nordnet_driver::{BoxFuture, Connect, Wire};
use nordnet_proto::{Cause, Failure};
use smol::Timer;
use smol::io::{AsyncRead, AsyncWrite};
use smol::net::{TcpStream, resolve};

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
    let mut addresses = resolve(host)
        .await
        .map_err(|error| Connect::failure(Cause::Resolve, &error))?
        .into_iter();
    let mut last = Failure::before_sending(Cause::Resolve, "the name has no address");
    let mut attempts = Attempts(Vec::new());
    loop {
        let address = addresses.next();
        let more = address.is_some();
        if let Some(address) = address {
            attempts.begin(address);
        }
        // The driver ends the last wait.
        let wait = if more { to.stagger } else { Duration::MAX };
        match before(Timer::after(wait), attempts.next()).await {
            Some(Some(Ok(stream))) => return Ok(stream),
            Some(Some(Err(error))) => last = Connect::failure(Cause::Connect, &error),
            Some(None) if !more => return Err(last),
            // Nothing in time: the next address is tried as well.
            _ => {}
        }
    }
}

/// Connections that are being opened at the same time.
struct Attempts(Vec<BoxFuture<io::Result<TcpStream>>>);

impl Attempts {
    fn begin(&mut self, address: SocketAddr) {
        self.0.push(Box::pin(TcpStream::connect(address)));
    }

    /// Waits for the next one that is open or has failed; `None` if there is none.
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

/// A stream of smol as a [`Wire`], for
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
        let mut attempts = Attempts(Vec::new());
        attempts.begin(closed.unwrap());
        attempts.begin(open);
        smol::block_on(async {
            let mut ends = [
                attempts.next().await.unwrap(),
                attempts.next().await.unwrap(),
            ];
            ends.sort_by_key(Result::is_ok);
            let [refused, connected] = ends;
            assert!(refused.is_err());
            assert_eq!(connected.unwrap().peer_addr().unwrap(), open);
            assert!(attempts.next().await.is_none());
        });
    }
}

//! A TCP connection, with TLS around its bytes or without.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use crate::exchange::Cut;

/// How long a connection that is being closed waits for the other side.
const FAREWELL: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(super) enum Socket {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Socket {
    /// Ends the connection.
    pub(super) async fn end(&mut self, cut: Cut) {
        match cut {
            Cut::Clean => {
                let farewell = async {
                    self.shutdown().await?;
                    self.drain().await
                };
                let _ = tokio::time::timeout(FAREWELL, farewell).await;
            }
            Cut::Abrupt => {
                let farewell = async {
                    self.flush().await?;
                    // The socket below TLS, so that TLS has no say.
                    self.tcp().shutdown().await?;
                    self.drain().await
                };
                let _ = tokio::time::timeout(FAREWELL, farewell).await;
            }
            Cut::Reset => {
                let _ = tokio::time::timeout(FAREWELL, self.flush()).await;
                // Dropped with this set, it is reset.
                let _ = self.tcp().set_zero_linger();
            }
            Cut::Stall => {
                let _ = self.flush().await;
                // Until the other side has had enough.
                let _ = drain(self.tcp()).await;
            }
        }
    }

    fn tcp(&mut self) -> &mut TcpStream {
        match self {
            Self::Plain(stream) => stream,
            Self::Tls(stream) => stream.get_mut().0,
        }
    }

    /// Reads until the other side has closed too. A socket that is dropped with
    /// something unread is reset, and what was sent last may be lost.
    async fn drain(&mut self) -> io::Result<()> {
        drain(self.tcp()).await
    }
}

async fn drain(stream: &mut TcpStream) -> io::Result<()> {
    let mut scrap = [0; 1024];
    while stream.read(&mut scrap).await? > 0 {}
    Ok(())
}

impl AsyncRead for Socket {
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

impl AsyncWrite for Socket {
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

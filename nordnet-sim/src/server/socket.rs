//! The stream below a connection: TCP, with TLS around its bytes or without,
//! or memory.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use crate::exchange::Cut;

use super::memory::MemoryStream;

/// How long a connection that is being closed waits for the other side.
const FAREWELL: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(super) enum Socket {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
    Memory(MemoryStream),
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
                    self.hang_up().await?;
                    self.drain().await
                };
                let _ = tokio::time::timeout(FAREWELL, farewell).await;
            }
            Cut::Reset => {
                let _ = tokio::time::timeout(FAREWELL, self.flush()).await;
                self.reset();
            }
            Cut::Stall => {
                let _ = self.flush().await;
                // Until the other side has had enough.
                let _ = self.drain().await;
            }
        }
    }

    /// Closes the stream below TLS, so that TLS has no say.
    async fn hang_up(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.shutdown().await,
            Self::Tls(stream) => stream.get_mut().0.shutdown().await,
            Self::Memory(stream) => {
                stream.break_off(io::ErrorKind::UnexpectedEof);
                stream.shutdown().await
            }
        }
    }

    /// Sees to it that it is reset when it is dropped.
    fn reset(&mut self) {
        let _ = match self {
            Self::Plain(stream) => stream.set_zero_linger(),
            Self::Tls(stream) => stream.get_mut().0.set_zero_linger(),
            Self::Memory(stream) => {
                stream.break_off(io::ErrorKind::ConnectionReset);
                Ok(())
            }
        };
    }

    /// Reads until the other side has closed too. A socket that is dropped with
    /// something unread is reset, and what was sent last may be lost.
    async fn drain(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(stream) => drain(stream).await,
            Self::Tls(stream) => drain(stream.get_mut().0).await,
            Self::Memory(stream) => drain(stream).await,
        }
    }
}

async fn drain(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<()> {
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
            Self::Memory(stream) => Pin::new(stream).poll_read(cx, buffer),
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
            Self::Memory(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Self::Tls(stream) => Pin::new(stream).poll_flush(cx),
            Self::Memory(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Memory(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}

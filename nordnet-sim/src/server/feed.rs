//! Feed connections over sockets.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;

use crate::exchange::{ConnectionId, FeedKind};

use super::shared::Shared;

const HANDSHAKE_WITHIN: Duration = Duration::from_secs(5);
const FAREWELL_WITHIN: Duration = Duration::from_secs(1);
const MOST_CONNECTIONS: usize = 1024;

/// Accepts connections to one feed, for ever.
pub(super) async fn serve(
    kind: FeedKind,
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    shared: Arc<Shared>,
) {
    let places = Arc::new(tokio::sync::Semaphore::new(MOST_CONNECTIONS));
    loop {
        let Some(stream) = accept(&listener).await else {
            continue;
        };
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
            continue;
        };
        let (tls, shared) = (tls.clone(), Arc::clone(&shared));
        let (sender, own_handle) = tokio::sync::oneshot::channel();
        let task = tokio::spawn(async move {
            let _place = place;
            let Ok(handle) = own_handle.await else {
                return;
            };
            match tls {
                None => talk(kind, stream, handle, shared).await,
                Some(tls) => {
                    let handshake = tokio::time::timeout(HANDSHAKE_WITHIN, tls.accept(stream));
                    if let Ok(Ok(stream)) = handshake.await {
                        talk(kind, stream, handle, shared).await;
                    }
                }
            }
        });
        // Fails only if the task has ended, and then it is not needed.
        let _ = sender.send(task.abort_handle());
    }
}

/// Accepts one connection; an error costs a moment, so that a lack of file
/// descriptors does not become a busy loop.
pub(super) async fn accept(listener: &TcpListener) -> Option<TcpStream> {
    match listener.accept().await {
        Ok((stream, _)) => stream.set_nodelay(true).ok().map(|()| stream),
        Err(_) => {
            tokio::time::sleep(Duration::from_millis(20)).await;
            None
        }
    }
}

/// Tells the exchange that a connection is gone, however its task ends.
struct Leave {
    id: ConnectionId,
    shared: Arc<Shared>,
}

impl Drop for Leave {
    fn drop(&mut self) {
        self.shared.disconnect(self.id);
    }
}

async fn talk<S>(kind: FeedKind, stream: S, task: tokio::task::AbortHandle, shared: Arc<Shared>)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let (id, lines) = shared.connect(kind, task);
    let leave = Leave {
        id,
        shared: Arc::clone(&shared),
    };
    let (reader, writer) = tokio::io::split(stream);
    tokio::select! {
        _ = listen(reader, &leave) => {}
        _ = speak(writer, lines) => {}
    }
}

async fn listen(mut reader: impl AsyncRead + Unpin, leave: &Leave) -> io::Result<()> {
    let mut buffer = vec![0; 8192];
    loop {
        let count = reader.read(&mut buffer).await?;
        if count == 0 {
            return Ok(());
        }
        leave
            .shared
            .run(|exchange, now| exchange.handle_input(leave.id, &buffer[..count], now));
    }
}

async fn speak(
    mut writer: impl AsyncWrite + Unpin,
    mut lines: mpsc::Receiver<Bytes>,
) -> io::Result<()> {
    let mut waiting = Vec::new();
    while lines.recv_many(&mut waiting, 256).await > 0 {
        let bytes: Vec<u8> = waiting.drain(..).flatten().collect();
        writer.write_all(&bytes).await?;
        writer.flush().await?;
    }
    // The exchange has closed the connection.
    let farewell = tokio::time::timeout(FAREWELL_WITHIN, writer.shutdown());
    farewell.await.unwrap_or(Ok(()))
}

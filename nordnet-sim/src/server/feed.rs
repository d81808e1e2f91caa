//! Feed connections over sockets.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::Notify;

use crate::exchange::{ConnectionId, Cut, FeedKind};

use super::metered::{Metered, Record};
use super::shared::Shared;

/// Bytes that wait for a slow reader before it is disconnected.
const MOST_WAITING: usize = 4 * 1024 * 1024;
/// Bytes that wait for a reader that could do with a pause.
const MUCH_WAITING: usize = MOST_WAITING / 4;
/// How long the last lines have before the connection is closed.
const FAREWELL: Duration = Duration::from_secs(5);

/// What is on its way to a feed connection.
#[derive(Debug)]
pub(super) struct Outbox {
    record: Arc<Record>,
    waiting: Mutex<Waiting>,
    changed: Notify,
    closing: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    bytes: Vec<u8>,
    closed: bool,
}

impl Outbox {
    fn new(record: Arc<Record>) -> Self {
        Self {
            record,
            waiting: Mutex::default(),
            changed: Notify::new(),
            closing: Notify::new(),
        }
    }

    /// Adds bytes. Says no if too many wait already.
    pub(super) fn push(&self, bytes: Vec<u8>) -> bool {
        self.change(|waiting| {
            if waiting.bytes.is_empty() {
                waiting.bytes = bytes;
            } else {
                waiting.bytes.extend_from_slice(&bytes);
            }
            waiting.bytes.len() <= MOST_WAITING
        })
    }

    /// Says whether the reader has more to catch up with than one that keeps up.
    pub(super) fn lags(&self) -> bool {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.bytes.len() > MUCH_WAITING
    }

    /// Ends the connection, in order after what waits or at once.
    pub(super) fn close(&self, cut: Cut) {
        if cut == Cut::Clean {
            self.change(|waiting| waiting.closed = true);
            self.closing.notify_one();
        } else {
            self.record.cut(cut);
        }
    }

    /// Takes what waits; nothing after the end.
    async fn take(&self) -> Option<Vec<u8>> {
        loop {
            let changed = self.changed.notified();
            let (bytes, closed) = {
                let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
                (std::mem::take(&mut waiting.bytes), waiting.closed)
            };
            if !bytes.is_empty() {
                return Some(bytes);
            }
            if closed {
                return None;
            }
            changed.await;
        }
    }

    /// Waits until the end has been near for so long that it must be now.
    async fn outstayed(&self) {
        self.closing.notified().await;
        tokio::time::sleep(FAREWELL).await;
    }

    fn change<R>(&self, change: impl FnOnce(&mut Waiting) -> R) -> R {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let result = change(&mut waiting);
        drop(waiting);
        self.changed.notify_one();
        result
    }
}

/// Tells the exchange that a connection is gone, however its task ends.
struct Leave<'a> {
    id: ConnectionId,
    shared: &'a Shared,
}

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        self.shared.disconnect(self.id);
    }
}

/// Serves a feed connection, and says how it is to end.
pub(super) async fn talk(kind: FeedKind, stream: &mut Metered, shared: &Shared) -> Cut {
    let record = Arc::clone(stream.record());
    let id = ConnectionId(record.number);
    let outbox = Arc::new(Outbox::new(Arc::clone(&record)));
    shared.connect(id, kind, Arc::clone(&outbox));
    let leave = Leave { id, shared };
    let (reader, writer) = tokio::io::split(stream);
    tokio::select! {
        biased;
        // The other side has gone.
        _ = listen(reader, &leave, &record) => Cut::Clean,
        _ = speak(writer, &outbox) => Cut::Clean,
        () = outbox.outstayed() => Cut::Reset,
    }
}

async fn listen(
    mut reader: impl AsyncRead + Unpin,
    leave: &Leave<'_>,
    record: &Record,
) -> io::Result<()> {
    let mut buffer = vec![0; 8192];
    loop {
        let count = reader.read(&mut buffer).await?;
        if count == 0 {
            return Ok(());
        }
        let input = &buffer[..count];
        let logged_in = leave.shared.run(|exchange, now| {
            exchange.handle_input(leave.id, input, now);
            exchange.is_logged_in(leave.id)
        });
        // Nobody loses a feed to those who only knock.
        record.set_idle(!logged_in);
        // Nor must one with much to say keep the others from being served.
        tokio::task::yield_now().await;
    }
}

async fn speak(mut writer: impl AsyncWrite + Unpin, outbox: &Outbox) -> io::Result<()> {
    while let Some(bytes) = outbox.take().await {
        writer.write_all(&bytes).await?;
        writer.flush().await?;
    }
    Ok(())
}

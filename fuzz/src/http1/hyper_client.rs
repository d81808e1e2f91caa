//! hyper's client, set up as in `nordnet-tokio`, without sockets or a runtime.

use std::collections::VecDeque;
use std::future::Future as _;
use std::io;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Wake, Waker};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Incoming;
use hyper::client::conn::http1::Builder;
use hyper::ext;
use hyper::rt::{Read, ReadBufCursor, Write};
use nordnet_driver::http1::allows_reuse;

use super::{Arrival, MAX_BODY, MAX_HEAD, Missing, Received};

/// What hyper's client receives, as the adapter passes it on.
pub(super) fn read(arrival: &Arrival<'_>) -> Result<Received, Missing> {
    let woken = Arc::new(Woken(AtomicBool::new(true)));
    let waker = Waker::from(woken.clone());
    let mut cx = Context::from_waker(&waker);
    let state = Shared::default();
    state.lock().pieces = arrival.pieces.iter().map(|piece| piece.to_vec()).collect();
    state.lock().interim_left = MAX_HEAD;
    let stream = Stream {
        state: state.clone(),
        ends: arrival.ends,
        waits: arrival.waits,
        has_waited: false,
    };

    let mut handshake = pin!(Builder::new().max_buf_size(MAX_HEAD).handshake(stream));
    let Poll::Ready(Ok((mut sender, connection))) = handshake.as_mut().poll(&mut cx) else {
        panic!("a handshake of HTTP/1.1 waits for nothing");
    };
    let mut connection = Some(Box::pin(connection));
    let mut request = hyper::Request::new(Empty::<Bytes>::new());
    let interim = state.clone();
    ext::on_informational(&mut request, move |response| {
        let headers = response.headers().iter();
        let size = headers.map(|(name, value)| name.as_str().len() + value.len() + 4);
        interim.lock().take_interim(size.sum::<usize>() + 32);
    });
    // Not before the connection is ready for it.
    woken.run(|| poll_connection(&mut connection, &mut cx));
    let mut exchange = Box::pin(async {
        let response = sender.send_request(request).await;
        let (head, body) = response.map_err(|_| Missing::Refused)?.into_parts();
        Ok((head, read_body(body).await?))
    });
    let mut received = None;
    woken.run(|| {
        poll_connection(&mut connection, &mut cx);
        if received.is_none()
            && let Poll::Ready(result) = exchange.as_mut().poll(&mut cx)
        {
            received = Some(result);
        }
    });
    drop(exchange);
    if state.lock().has_long_interim {
        return Err(Missing::LongHead);
    }
    let (head, body) = received.ok_or(Missing::Waiting)??;
    let is_open = !sender.is_closed() && sender.is_ready();
    let response = hyper::Response::from_parts(head, body);
    let reusable = is_open && allows_reuse(&response);
    let (head, body) = response.into_parts();
    Ok(Received {
        version: head.version,
        status: head.status,
        headers: head.headers,
        body,
        reusable,
    })
}

type Connection = hyper::client::conn::http1::Connection<Stream, Empty<Bytes>>;

/// Polls a connection, and drops it at its end, as a task would be.
fn poll_connection(connection: &mut Option<Pin<Box<Connection>>>, cx: &mut Context<'_>) {
    if let Some(running) = connection
        && running.as_mut().poll(cx).is_ready()
    {
        *connection = None;
    }
}

async fn read_body(mut body: Incoming) -> Result<Vec<u8>, Missing> {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Missing::Refused)?.into_data() else {
            continue;
        };
        if bytes.len() + data.len() > MAX_BODY {
            return Err(Missing::Refused);
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes)
}

struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Woken {
    /// Polls until nothing is left that could go on.
    fn run(&self, mut poll: impl FnMut()) {
        for _ in 0..1_000_000 {
            self.0.store(false, Ordering::Relaxed);
            poll();
            if !self.0.load(Ordering::Relaxed) {
                return;
            }
        }
        panic!("hyper polls without end");
    }
}

/// A connection in memory. As in the adapter, nothing can be read before the request
/// was written, and interim responses have a limit.
struct Stream {
    state: Shared,
    ends: bool,
    waits: bool,
    has_waited: bool,
}

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    pieces: VecDeque<Vec<u8>>,
    request: Vec<u8>,
    reader: Option<Waker>,
    interim_left: usize,
    has_long_interim: bool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}

impl State {
    fn take_interim(&mut self, size: usize) {
        match self.interim_left.checked_sub(size) {
            Some(left) => self.interim_left = left,
            None => self.has_long_interim = true,
        }
    }
}

impl Read for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let stream = self.get_mut();
        let mut state = stream.state.lock();
        if state.has_long_interim {
            return Poll::Ready(Err(io::ErrorKind::InvalidData.into()));
        }
        if !state.request.ends_with(b"\r\n\r\n") {
            state.reader = Some(cx.waker().clone());
            return Poll::Pending;
        }
        if stream.waits && !stream.has_waited {
            stream.has_waited = true;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        stream.has_waited = false;
        let Some(mut piece) = state.pieces.pop_front() else {
            return match stream.ends {
                true => Poll::Ready(Ok(())),
                false => Poll::Pending,
            };
        };
        let rest = piece.split_off(piece.len().min(buffer.remaining()));
        buffer.put_slice(&piece);
        if !rest.is_empty() {
            state.pieces.push_front(rest);
        }
        Poll::Ready(Ok(()))
    }
}

impl Write for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let mut state = self.state.lock();
        state.request.extend(bytes);
        if let Some(reader) = state.reader.take() {
            reader.wake();
        }
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

//! An open connection, with a thread that reads and a thread that writes: neither waits
//! for the other.

use std::fmt;
use std::future::poll_fn;
use std::io::{self, BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::mem;
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use nordnet_driver::{Connect, Wire};
use nordnet_proto::{Cause, Failure, Payload};
use rustls::ClientConnection;

use crate::threads::{lock, thread};

/// A connection with or without TLS.
///
/// Dropped, it is closed, and its threads end by themselves.
pub(crate) struct Socket {
    shared: Arc<Shared>,
    /// What is to be written. Without a limit, since it is one request, or commands of a
    /// feed, whose rate the core limits.
    output: Sender<Payload>,
}

struct Shared {
    tcp: TcpStream,
    /// Never locked while the socket is read or written.
    tls: Option<Mutex<ClientConnection>>,
    input: Mutex<Input>,
    /// Notified when `input.read` was taken, or the connection is closed.
    taken: Condvar,
}

/// The last read.
struct Input {
    buffer: Box<[u8]>,
    /// How many bytes of the buffer were read; `None` once they were taken.
    read: Option<io::Result<usize>>,
    waiting: Option<Waker>,
    closed: bool,
}

fn buffer(size: usize) -> Box<[u8]> {
    vec![0; size].into()
}

impl Socket {
    /// Starts the threads of a connection, with a buffer of `size` bytes, and the
    /// handshake if it has TLS. An empty first read reports that it is done.
    pub(crate) fn start(
        tcp: TcpStream,
        tls: Option<ClientConnection>,
        size: usize,
    ) -> io::Result<Self> {
        let input = Input {
            buffer: buffer(size),
            read: None,
            waiting: None,
            closed: false,
        };
        let shared = Arc::new(Shared {
            tcp,
            tls: tls.map(Mutex::new),
            input: Mutex::new(input),
            taken: Condvar::new(),
        });
        let (output, bytes) = mpsc::channel();
        // Dropped by an error from here on, it ends the threads that have started.
        let socket = Self { shared, output };
        let reader = Arc::clone(&socket.shared);
        thread("nordnet read").spawn(move || reader.read_all(size))?;
        let writer = Arc::clone(&socket.shared);
        thread("nordnet write").spawn(move || writer.write_all(&bytes))?;
        Ok(socket)
    }

    /// Waits for the handshake, if there is one.
    pub(crate) async fn shake_hands(mut self) -> Result<Self, Failure> {
        let size = lock(&self.shared.input).buffer.len();
        let mut buffer = buffer(size);
        match poll_fn(|cx| self.poll_read(cx, &mut buffer)).await {
            Ok(_) => Ok(self),
            Err(error) => Err(Connect::failure(Cause::Connect, &error)),
        }
    }
}

impl Wire for Socket {
    fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        buffer: &mut Box<[u8]>,
    ) -> Poll<io::Result<usize>> {
        let mut input = lock(&self.shared.input);
        let Some(read) = input.read.take() else {
            input.waiting = Some(cx.waker().clone());
            return Poll::Pending;
        };
        mem::swap(&mut input.buffer, buffer);
        drop(input);
        self.shared.taken.notify_one();
        Poll::Ready(read)
    }

    fn poll_write(&mut self, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(match self.output.send(bytes.to_vec().into()) {
            Ok(()) => Ok(bytes.len()),
            Err(_) => Err(ErrorKind::BrokenPipe.into()),
        })
    }

    /// Does nothing: the writing thread writes at once.
    fn poll_flush(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        lock(&self.shared.input).closed = true;
        self.shared.taken.notify_one();
        self.shared.shut_down();
    }
}

impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Socket")
    }
}

impl Shared {
    fn read_all(&self, size: usize) {
        let mut buffer = buffer(size);
        let mut tcp = BufReader::with_capacity(size, &self.tcp);
        let mut read = self.shake_hands().map(|()| 0);
        let mut more = read.is_ok();
        while self.hand_over(read, &mut buffer) && more {
            read = self.read(&mut tcp, &mut buffer);
            more = matches!(read, Ok(1..));
        }
    }

    /// Waits until the last read was taken, and hands over the next one. Returns `false`
    /// if the connection is closed.
    fn hand_over(&self, read: io::Result<usize>, buffer: &mut Box<[u8]>) -> bool {
        let mut input = self
            .taken
            .wait_while(lock(&self.input), |input| {
                input.read.is_some() && !input.closed
            })
            .unwrap_or_else(PoisonError::into_inner);
        mem::swap(&mut input.buffer, buffer);
        input.read = Some(read);
        let waiting = input.waiting.take();
        let closed = input.closed;
        drop(input);
        if let Some(waker) = waiting {
            waker.wake();
        }
        !closed
    }

    fn shake_hands(&self) -> io::Result<()> {
        if let Some(tls) = &self.tls {
            lock(tls).complete_io(&mut &self.tcp)?;
        }
        Ok(())
    }

    fn read(&self, tcp: &mut BufReader<&TcpStream>, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(tls) = &self.tls else {
            return uninterrupted(|| (&self.tcp).read(buffer));
        };
        let mut filled = 0;
        let mut open = lock(tls);
        loop {
            let room = buffer.get_mut(filled..).unwrap_or_default();
            match open.reader().read(room) {
                Ok(0) => return Ok(filled),
                Ok(count) => {
                    filled += count;
                    continue;
                }
                Err(error) if error.kind() != ErrorKind::WouldBlock => return Err(error),
                Err(_) if tcp.buffer().is_empty() && filled > 0 => return Ok(filled),
                Err(_) if tcp.buffer().is_empty() => {
                    drop(open);
                    uninterrupted(|| tcp.fill_buf().map(|_| ()))?;
                    open = lock(tls);
                }
                Err(_) => {}
            }
            open.read_tls(tcp)?;
            if let Err(error) = open.process_new_packets() {
                return Err(io::Error::new(ErrorKind::InvalidData, error));
            }
        }
    }

    fn write_all(&self, output: &Receiver<Payload>) {
        while let Ok(bytes) = output.recv() {
            if self.write(bytes.as_bytes()).is_err() {
                // The thread that reads reports why, or the end of the stream.
                self.shut_down();
                return;
            }
        }
    }

    fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let Some(tls) = &self.tls else {
            return (&self.tcp).write_all(bytes);
        };
        let mut sealed = Vec::new();
        let mut tls = lock(tls);
        tls.writer().write_all(bytes)?;
        while tls.wants_write() {
            tls.write_tls(&mut sealed)?;
        }
        drop(tls);
        (&self.tcp).write_all(&sealed)
    }

    /// Ends the system calls of both threads.
    fn shut_down(&self) {
        // Fails if it was shut down before.
        let _ = self.tcp.shutdown(Shutdown::Both);
    }
}

fn uninterrupted<T>(mut read: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match read() {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}

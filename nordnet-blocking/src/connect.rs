//! Opening connections.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs as _};
use std::sync::{Arc, Condvar, Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};

use nordnet_driver::Connect;
use nordnet_proto::{Cause, Failure, Server, TlsCause};
use rustls::ClientConnection;

use crate::socket::Socket;
use crate::threads::{lock, thread};

/// Opens a socket. Blocks, because the system cannot end a look-up or a connect.
pub(crate) fn open(to: &Connect) -> Result<Socket, Failure> {
    let name = to.tls_name()?;
    let failed = |error| Connect::failure(Cause::Connect, &error);
    let found = addresses(&to.server, to.by);
    let found = found.map_err(|error| Connect::failure(Cause::Resolve, &error))?;
    let tcp = open_tcp(found, to.stagger, to.by)?;
    let mut tls = None;
    if let Some(name) = name {
        let refused =
            |error| Connect::failure(Cause::Tls(TlsCause::Other), &io::Error::other(error));
        let mut session = ClientConnection::new(Arc::clone(&to.tls), name).map_err(refused)?;
        session.set_buffer_limit(None);
        tls = Some(session);
    }
    // A feed is small lines both ways: waiting to fill a segment costs time.
    tcp.set_nodelay(true)
        .and_then(|()| Socket::start(tcp, tls, to.buffer))
        .map_err(failed)
}

/// Tries the addresses of a host in order, each `stagger` after the one before or once
/// that one has failed, so that a dead one does not take the whole deadline.
fn open_tcp(
    addresses: Vec<SocketAddr>,
    stagger: Duration,
    by: Instant,
) -> Result<TcpStream, Failure> {
    let failed = |error| Connect::failure(Cause::Connect, &error);
    let mut addresses = addresses.into_iter().peekable();
    let mut last = Failure::before_sending(Cause::Resolve, "the name has no address");
    let (tried, ends) = mpsc::channel();
    let mut running = 0;
    loop {
        let left = left(by).map_err(failed)?;
        if let Some(address) = addresses.next() {
            let tried = tried.clone();
            let connect = move || tried.send(TcpStream::connect_timeout(&address, left));
            thread("nordnet connect").spawn(connect).map_err(failed)?;
            running += 1;
        } else if running == 0 {
            return Err(last);
        }
        let more = addresses.peek().is_some();
        match ends.recv_timeout(if more { left.min(stagger) } else { left }) {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => {
                last = failed(error);
                running -= 1;
            }
            // Nothing in time: the next address is tried as well.
            Err(_) => {}
        }
    }
}

/// How many look-ups run at once in a process. They cannot be ended, so with a dead
/// resolver their threads would pile up.
const LOOKUPS: usize = 2;

/// How many look-ups run now.
static RUNNING: Mutex<usize> = Mutex::new(0);
/// Notified when one ends.
static ENDED: Condvar = Condvar::new();

/// Looks up the addresses of a server.
fn addresses(server: &Server, by: Instant) -> io::Result<Vec<SocketAddr>> {
    let host = (server.hostname.as_str(), server.port);
    if let Ok(ip) = server.hostname.parse::<IpAddr>() {
        return Ok(vec![(ip, server.port).into()]);
    }
    let full = |running: &mut usize| *running >= LOOKUPS;
    let (mut running, waited) = ENDED
        .wait_timeout_while(lock(&RUNNING), left(by)?, full)
        .unwrap_or_else(PoisonError::into_inner);
    if waited.timed_out() {
        return Err(ErrorKind::TimedOut.into());
    }
    *running += 1;
    drop(running);
    let addresses = host.to_socket_addrs();
    *lock(&RUNNING) -= 1;
    ENDED.notify_one();
    Ok(addresses?.collect())
}

/// The time until `by`: at least a millisecond, since the system may round less down to
/// zero, which means no timeout.
fn left(by: Instant) -> io::Result<Duration> {
    match by.checked_duration_since(Instant::now()) {
        Some(left) if !left.is_zero() => Ok(left.max(Duration::from_millis(1))),
        _ => Err(ErrorKind::TimedOut.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    const SOON: Duration = Duration::from_secs(10);

    const STAGGER: Duration = Duration::from_millis(250);

    /// A listener whose queue is full lets nobody in and refuses nobody.
    #[test]
    fn a_dead_address_does_not_keep_the_next_one_from_being_tried() {
        let dead = TcpListener::bind("127.0.0.1:0").unwrap();
        rustix::net::listen(&dead, 0).unwrap();
        let dead_end = dead.local_addr().unwrap();
        let wait = Duration::from_millis(100);
        let connect = |_| TcpStream::connect_timeout(&dead_end, wait).ok();
        let _queued: Vec<_> = (0..4).map_while(connect).collect();

        let refused = TcpListener::bind("127.0.0.1:0").unwrap().local_addr();
        let open = TcpListener::bind("127.0.0.1:0").unwrap();
        let open_to = open.local_addr().unwrap();
        let addresses = vec![dead_end, refused.unwrap(), open_to];
        let start = Instant::now();
        let tcp = open_tcp(addresses, STAGGER, start + SOON).unwrap();
        assert_eq!(tcp.peer_addr().unwrap(), open_to);
        assert!(start.elapsed() < Duration::from_secs(2));
    }

    #[test]
    fn reports_the_last_failure_if_no_address_can_be_reached() {
        let refused = TcpListener::bind("127.0.0.1:0").unwrap().local_addr();
        let by = Instant::now() + SOON;
        let open = |addresses| open_tcp(addresses, STAGGER, by).unwrap_err().cause;
        assert_eq!(open(vec![refused.unwrap()]), Cause::Connect);
        assert_eq!(open(Vec::new()), Cause::Resolve);
    }

    #[test]
    fn lookups_do_not_pile_up() {
        *lock(&RUNNING) += LOOKUPS;
        let server = Server::new("localhost", 1, false);
        let soon = Instant::now() + Duration::from_millis(50);
        let error = addresses(&server, soon).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        *lock(&RUNNING) -= LOOKUPS;
        assert!(
            !addresses(&server, Instant::now() + SOON)
                .unwrap()
                .is_empty()
        );
        assert_eq!(*lock(&RUNNING), 0);
    }
}

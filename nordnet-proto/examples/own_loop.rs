//! A client in a loop of its own: login, keep-alive and both feeds, over the
//! sockets of `std`. It is yours to take home and change.
//!
//! ```text
//! cargo run --bin nordnet-sim -- run --plain -- cargo run --example own_loop
//! ```
//!
//! It speaks plain TCP, as a simulator does with `--plain`; put TLS into `open`
//! for the real Nordnet. `own_loop SECONDS` sets how long it watches.
//!
//! What a feed needs is `Line`, some sixty lines; calls and logins are as many
//! (`call`, `log_in`, `send`). HTTP is `request_bytes` and `parse_response`, with
//! `httparse` for heads. The rest is settings, sockets and time.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a driver does what the core leaves to it"
)]

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};
use std::io::{self, Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::thread::sleep;
use std::time::{Duration, Instant};

use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::uri::PathAndQuery;
use httparse::Status;
use nordnet_proto::api::ListAccounts;
use nordnet_proto::{
    AccountFeed, ApiKey, Attempt, BaseUrl, Cause, Config, Counters, Credentials, Endpoint, Epoch,
    Error, Failure, Feed, FeedConfig, HttpRequest, HttpResponse, Kind, LoggedIn, LoginError,
    LoginStep, LoginTurn, MarketFeed, Operation, Outgoing, Output, Payload, PrivateKey, Server,
    Session, Step, Subscription, TradableId,
};

type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

/// `std` cannot wait for several sockets at once; a reactor would.
const PAUSE: Duration = Duration::from_millis(5);

fn main() -> Result<()> {
    let var = |name: &str| std::env::var(name).map_err(|error| format!("{name}: {error}"));
    let base_url: BaseUrl = var("NORDNET_BASE_URL")?.parse()?;
    let key = PrivateKey::open(&std::fs::read(var("NORDNET_KEY_FILE")?)?, None)?;
    let credentials = Credentials::new(ApiKey::new(&var("NORDNET_API_KEY")?)?, key);
    let seconds = std::env::args().nth(1).map_or(Ok(5), |text| text.parse())?;
    run(
        Config::new(base_url),
        credentials,
        Duration::from_secs(seconds),
    )
}

/// A whole life: login, a call, both feeds for `time`, and a logout.
pub(crate) fn run(config: Config, credentials: Credentials, time: Duration) -> Result<()> {
    let mut session = Session::new(config, credentials, seed());
    let accounts = call(Operation::new(ListAccounts::new()), &mut session)?;
    println!("{} accounts", accounts.len());
    let [market, account] = watch(&mut session, time);
    println!("{} messages", market.messages() + account.messages());
    if let Some(logout) = session.close(Instant::now()) {
        call(logout, &mut session)?;
    }
    Ok(())
}

/// Keeps the session alive and both feeds up; gives what these have counted.
pub(crate) fn watch(session: &mut Session, time: Duration) -> [Counters; 2] {
    let mut market = Line::new(MarketFeed::new(FeedConfig::default(), seed()));
    let mut account = Line::new(AccountFeed::new(FeedConfig::default(), seed()));
    let ericsson = Subscription::Price(TradableId::new(11, "101"));
    market.feed.subscribe(ericsson, Instant::now());
    let end = Instant::now() + time;
    while Instant::now() < end {
        if let Some(keep_alive) = session.handle_timeout(Instant::now()) {
            // Where it fails, the session says when to try again.
            println!("keep-alive: {:?}", call(keep_alive, session));
        }
        let moved = market.turn(session) | account.turn(session);
        if !moved {
            sleep(PAUSE);
        }
    }
    market.feed.close(Instant::now());
    account.feed.close(Instant::now());
    while market.turn(session) | account.turn(session) {}
    [market.feed.counters(), account.feed.counters()].map(Counters::clone)
}

/// Drives one call to its end. The feeds wait meanwhile.
fn call<E: Endpoint>(mut call: Operation<E>, session: &mut Session) -> Result<E::Response, Error> {
    loop {
        match call.poll(session, Instant::now()) {
            Step::Send(out) => call.handle_answer(out.attempt, send(&out)),
            Step::Login => call.handle_login(log_in(None, session)),
            Step::Wait(until) | Step::InFlight { answer_by: until } => sleep(left(until)),
            Step::Done(result) => return result,
            Step::Record(_) | Step::Settled => return Err(Error::OutOfTime), // never here
        }
    }
}

/// Gets a session for a call or a feed.
pub(crate) fn log_in(
    suspect: Option<Epoch>,
    session: &mut Session,
) -> Result<LoggedIn, LoginError> {
    let mut login = match session.poll_login(suspect, Instant::now()) {
        LoginTurn::Ready(logged_in) => return Ok(logged_in),
        LoginTurn::Failed(error) => return Err(error),
        LoginTurn::Drive(login) => login,
        LoginTurn::Busy => return Err(LoginError::OutOfTime), // not in one thread
    };
    let result = loop {
        match login.poll(Instant::now()) {
            LoginStep::Send(out) => login.handle_answer(out.attempt, send(&out), Instant::now()),
            LoginStep::Sign(_) => break Err(LoginError::NoCredentials), // not with a key at hand
            LoginStep::Wait(until) | LoginStep::InFlight { answer_by: until } => sleep(left(until)),
            LoginStep::Done(result) => break result,
        }
    };
    session.handle_login(result.clone(), Instant::now());
    result
}

/// Sends a request on a connection of its own, and reads the whole response.
fn send(out: &Outgoing) -> Result<HttpResponse, Failure> {
    let mut socket = open(&out.server, out.connect_by)?;
    let mut exchange = || {
        socket.set_nonblocking(false)?;
        socket.write_all(request_bytes(&out.request).as_bytes())?;
        let mut bytes = Vec::new();
        let mut buffer = [0; 16 << 10];
        while bytes.len() <= out.max_head + out.max_body {
            socket.set_read_timeout(Some(left(out.answer_by)))?;
            match socket.read(&mut buffer)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                count => bytes.extend_from_slice(&buffer[..count]),
            }
            if let Some(response) = parse_response(&bytes)? {
                return Ok(response);
            }
        }
        Err(invalid("a response that is too large"))
    };
    // The request may have left: what that means for an order, only the core can say.
    exchange().map_err(|error: io::Error| lost(&error))
}

fn request_bytes(request: &HttpRequest) -> Payload {
    let path = request
        .uri()
        .path_and_query()
        .map_or("/", PathAndQuery::as_str);
    let mut bytes = format!("{} {path} HTTP/1.1\r\n", request.method()).into_bytes();
    for (name, value) in request.headers() {
        bytes.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    let body = request.body().as_bytes();
    bytes.extend(format!("content-length: {}\r\n\r\n", body.len()).bytes());
    bytes.extend(body);
    bytes.into()
}

/// Parses a response; `None` if its end is missing.
///
/// Refuses what the real server does not send: interim responses, bodies without a
/// length, transfer codings other than `chunked`, trailers.
fn parse_response(bytes: &[u8]) -> io::Result<Option<HttpResponse>> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut head = httparse::Response::new(&mut headers);
    let Status::Complete(end) = head.parse(bytes).map_err(invalid)? else {
        return Ok(None);
    };
    let mut response = http::Response::builder().status(head.code.unwrap_or_default());
    for header in head.headers {
        response = response.header(header.name, header.value);
    }
    let response = response.body(()).map_err(invalid)?;
    let values = |name| -> Vec<_> { response.headers().get_all(name).iter().collect() };
    let body = match (
        response.status().as_u16(),
        &*values(TRANSFER_ENCODING),
        &*values(CONTENT_LENGTH),
    ) {
        (204, ..) => Some(Vec::new()),
        (200.., [coding], []) if *coding == "chunked" => parse_chunks(&bytes[end..])?,
        (200.., [], [length]) => {
            let length: usize = length.to_str().map_err(invalid)?.parse().map_err(invalid)?;
            bytes[end..].get(..length).map(Vec::from)
        }
        _ => return Err(invalid("a response without a clear length")),
    };
    Ok(body.map(|body| response.map(|()| body.into())))
}

fn parse_chunks(mut bytes: &[u8]) -> io::Result<Option<Vec<u8>>> {
    let mut body = Vec::new();
    loop {
        let size = httparse::parse_chunk_size(bytes);
        let size = size.map_err(|_| invalid("a wrong chunk size"))?;
        let Status::Complete((start, size)) = size else {
            return Ok(None);
        };
        let size = u32::try_from(size).map_err(invalid)? as usize;
        let Some((chunk, rest)) = bytes[start..].split_at_checked(size + 2) else {
            return Ok(None);
        };
        let Some(data) = chunk.strip_suffix(b"\r\n") else {
            return Err(invalid("a wrong end of a chunk"));
        };
        body.extend(data);
        bytes = rest;
        if size == 0 {
            return Ok(Some(body));
        }
    }
}

fn invalid(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

/// A feed and its connection.
struct Line<K: Kind> {
    feed: Feed<K>,
    socket: Option<(Attempt, TcpStream)>,
}

impl<K: Kind> Line<K> {
    const fn new(feed: Feed<K>) -> Self {
        Self { feed, socket: None }
    }

    /// Does what can be done without waiting; says whether that was anything.
    fn turn(&mut self, session: &mut Session) -> bool {
        let mut moved = false;
        self.feed.handle_timeout(Instant::now());
        while let Some(output) = self.feed.poll_output() {
            moved = true;
            match output {
                Output::Event(event) => println!("{event:?}"),
                Output::Login { suspect } => {
                    let result = log_in(suspect, session);
                    self.feed.handle_login(result, Instant::now());
                }
                Output::Connect {
                    attempt,
                    server,
                    by,
                } => match open(server, by) {
                    Ok(socket) => {
                        self.socket = Some((attempt, socket));
                        self.feed.handle_connected(attempt, Instant::now());
                    }
                    Err(failure) => self.lose(attempt, Some(failure)),
                },
                Output::Disconnect => {
                    if let Some((attempt, _)) = self.socket {
                        self.lose(attempt, None);
                    }
                }
            }
        }
        let Some((attempt, socket)) = &mut self.socket else {
            return moved;
        };
        let attempt = *attempt;
        // What keeps it from writing is told by reading, or by the silence.
        let written = socket.write(self.feed.transmit()).unwrap_or(0);
        let mut buffer = [0; 16 << 10];
        let read = socket.read(&mut buffer);
        let now = Instant::now();
        self.feed.handle_transmitted(attempt, written, now);
        match read {
            Ok(count) => self.feed.handle_input(attempt, &buffer[..count], now),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return moved,
            Err(error) => self.lose(attempt, Some(lost(&error))),
        }
        true
    }

    fn lose(&mut self, attempt: Attempt, failure: Option<Failure>) {
        self.socket = None;
        self.feed
            .handle_disconnected(attempt, failure, Instant::now());
    }
}

/// Opens a connection that never waits.
fn open(server: &Server, by: Instant) -> Result<TcpStream, Failure> {
    if server.encrypted {
        let detail = "this loop has no TLS; start the simulator with --plain";
        return Err(Failure::before_sending(Cause::Connect, detail));
    }
    let open = || {
        let host = (server.hostname.as_str(), server.port);
        let address = host.to_socket_addrs()?.next();
        let address = address.ok_or(io::ErrorKind::NotFound)?;
        let socket = TcpStream::connect_timeout(&address, left(by))?;
        socket.set_nodelay(true)?;
        socket.set_nonblocking(true)?;
        Ok(socket)
    };
    open().map_err(|error: io::Error| Failure::before_sending(Cause::Connect, error.to_string()))
}

fn lost(error: &io::Error) -> Failure {
    Failure::after_sending(error.kind().into(), error.to_string())
}

/// What is left of the time; a socket takes no timeout of zero.
fn left(until: Instant) -> Duration {
    let left = until.saturating_duration_since(Instant::now());
    left.max(Duration::from_millis(1))
}

/// Sixteen random bytes; they keep the references of orders apart.
fn seed() -> [u8; 16] {
    let random = || RandomState::new().build_hasher().finish();
    (u128::from(random()) << 64 | u128::from(random())).to_le_bytes()
}

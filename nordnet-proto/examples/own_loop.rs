//! A client in a loop of its own: login, keep-alive and both feeds, over the
//! sockets of `std`. It is yours to take home and change.
//!
//! ```text
//! cargo run -p nordnet-sim -- run --plain -- cargo run -p nordnet-proto --example own_loop
//! ```
//!
//! It speaks plain TCP, as a simulator does with `--plain`; put TLS into `open`
//! for the real Nordnet. `own_loop SECONDS` sets how long it watches.
//!
//! What a feed needs is `Line`, some sixty lines; calls and logins over HTTP are
//! as many (`call`, `log_in`, `send`). The rest is settings, sockets and time.

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

use nordnet_proto::api::ListAccounts;
use nordnet_proto::{
    AccountFeed, AnswerReader, Attempt, Cause, Config, Counters, Credentials, Endpoint, Epoch,
    Error, Failure, Feed, FeedConfig, HttpResponse, Kind, LoggedIn, LoginError, LoginStep,
    LoginTurn, MarketFeed, Operation, Outgoing, Output, PrivateKey, Server, Session, Settings,
    Step, Subscription, TradableId, to_http1,
};

type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

/// `std` cannot wait for several sockets at once; a reactor would.
const PAUSE: Duration = Duration::from_millis(5);

fn main() -> Result<()> {
    let settings = Settings::from_vars(|name| std::env::var(name).ok())?;
    let seconds = std::env::args().nth(1).map_or(Ok(5), |text| text.parse())?;
    run(settings, Duration::from_secs(seconds))
}

/// A whole life: login, a call, both feeds for so long, and a good end.
pub(crate) fn run(settings: Settings, time: Duration) -> Result<()> {
    let key = PrivateKey::open(&std::fs::read(settings.key_file)?, None)?;
    let credentials = Credentials::new(settings.api_key, key);
    let mut session = Session::new(Config::new(settings.base_url), credentials, seed());
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

/// Sends a request on a connection of its own, and reads the whole answer.
fn send(out: &Outgoing) -> Result<HttpResponse, Failure> {
    let mut socket = open(&out.server, out.connect_by)?;
    let mut reader = AnswerReader::new(out);
    let mut exchange = || {
        socket.set_nonblocking(false)?;
        socket.write_all(to_http1(&out.request).as_bytes())?;
        let mut buffer = [0; 16 << 10];
        loop {
            socket.set_read_timeout(Some(left(out.answer_by)))?;
            let count = socket.read(&mut buffer)?;
            match reader.handle_input(&buffer[..count]) {
                Ok(Some(answer)) => return Ok(Ok(answer)),
                Err(failure) => return Ok(Err(failure)),
                Ok(None) => {}
            }
        }
    };
    // Something may have left: of an order only the core can say what it means.
    exchange().unwrap_or_else(|error: io::Error| Err(lost(&error)))
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

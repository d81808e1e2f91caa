//! Drives calls and logins in virtual time against a scripted server.

use std::fmt::Debug;
use std::time::{Duration, Instant};

use nordnet_proto::{
    ApiKey, Cause, Config, Country, Credentials, Endpoint, Error, Failure, HttpRequest,
    HttpResponse, LoggedIn, Login, LoginError, LoginStep, LoginTurn, Operation, Outgoing,
    PrivateKey, Server, Session, SessionKey, Step,
};

use crate::clock;

pub(crate) const API_KEY: &str = "7b1e4a90-52c3-4a7f-9a53-0d6f2c8e1b35";
pub(crate) const CHALLENGE: &str = "3f0c6a52-7d1e-4b8e-9a57-1c2d3e4f5a6b";

/// More steps than any call or login takes: beyond it the machine is stuck.
const MOST_STEPS: usize = 300;

/// How long the scripted server takes to answer.
pub(crate) const LATENCY: Duration = Duration::from_millis(50);

/// What the scripted server does with a request.
#[derive(Debug)]
pub(crate) enum Reply {
    Answer(HttpResponse),
    Failure(Failure),
    Silence,
    /// Takes this long.
    Late(Duration, HttpResponse),
}

impl Clone for Reply {
    fn clone(&self) -> Self {
        match self {
            Self::Answer(response) => Self::Answer(copy(response)),
            Self::Failure(failure) => Self::Failure(failure.clone()),
            Self::Silence => Self::Silence,
            Self::Late(wait, response) => Self::Late(*wait, copy(response)),
        }
    }
}

/// Bodies are not `Clone`, so that requests are not.
fn copy(response: &HttpResponse) -> HttpResponse {
    let mut copy = HttpResponse::new(response.body().as_bytes().to_vec().into());
    *copy.status_mut() = response.status();
    *copy.headers_mut() = response.headers().clone();
    copy
}

pub(crate) fn answer(status: u16, body: &str) -> Reply {
    Reply::Answer(response(status, body, &[]))
}

pub(crate) fn response(status: u16, body: &str, headers: &[(&'static str, &str)]) -> HttpResponse {
    let mut response = HttpResponse::new(body.into());
    *response.status_mut() = status.try_into().unwrap();
    for (name, value) in headers {
        let value = value.parse().unwrap();
        response.headers_mut().insert(*name, value);
    }
    response
}

pub(crate) fn unsent(cause: Cause) -> Reply {
    Reply::Failure(Failure::before_sending(cause, "test"))
}

pub(crate) fn lost(cause: Cause) -> Reply {
    Reply::Failure(Failure::after_sending(cause, "test"))
}

/// A script that answers everything the same.
pub(crate) fn always(reply: Reply) -> impl FnMut(&HttpRequest) -> Reply {
    move |_| reply.clone()
}

/// A script of one answer after the other; a request too many fails the test.
pub(crate) fn in_turn(
    replies: impl IntoIterator<Item = Reply>,
) -> impl FnMut(&HttpRequest) -> Reply {
    let mut replies: Vec<_> = replies.into_iter().collect();
    replies.reverse();
    move |request| {
        let line = format!("{} {}", request.method(), request.uri());
        replies
            .pop()
            .unwrap_or_else(|| panic!("not expected: {line}"))
    }
}

/// A server that lets everybody in; each login gets a key of its own.
pub(crate) fn lets_in() -> Box<dyn FnMut(&HttpRequest) -> Reply> {
    let mut logins = 0;
    Box::new(
        move |request| match (request.method().as_str(), request.uri().path()) {
            ("POST", "/api/2/login/start") => {
                answer(200, &format!(r#"{{"challenge":"{CHALLENGE}"}}"#))
            }
            ("POST", "/api/2/login/verify") => {
                logins += 1;
                answer(200, &session_json(&format!("key-{logins}"), "1800"))
            }
            ("PUT", "/api/2/login") => answer(200, r#"{"logged_in":true}"#),
            other => panic!("not a call of a login: {other:?}"),
        },
    )
}

/// A server that refuses every signature, as Nordnet does.
pub(crate) fn refuses() -> impl FnMut(&HttpRequest) -> Reply {
    |request| match request.uri().path() {
        "/api/2/login/start" => answer(200, &format!(r#"{{"challenge":"{CHALLENGE}"}}"#)),
        _ => answer(401, r#"{"code":"LOGIN_FAILED","message":"Login failed"}"#),
    }
}

pub(crate) fn session_json(key: &str, expires_in: &str) -> String {
    format!(
        r#"{{"session_key":"{key}","expires_in":{expires_in},
        "private_feed":{{"hostname":"priv.next.nordnet.se","port":443,"encrypted":true}},
        "public_feed":{{"hostname":"pub.next.nordnet.se","port":443,"encrypted":true}}}}"#
    )
}

pub(crate) fn credentials() -> Credentials {
    let key = include_bytes!("../fixtures/keys/plain");
    Credentials::new(
        ApiKey::new(API_KEY).unwrap(),
        PrivateKey::open(key, None).unwrap(),
    )
}

pub(crate) fn logged_in(key: &str) -> LoggedIn {
    let feed = Server::new("pub.next.nordnet.se", 443, true);
    LoggedIn::new(SessionKey::new(key), feed.clone(), feed)
}

/// A client in virtual time.
pub(crate) struct World {
    pub(crate) session: Session,
    pub(crate) now: Instant,
    pub(crate) login_server: Box<dyn FnMut(&HttpRequest) -> Reply>,
    /// The requests of logins, such as `POST /api/2/login/start`.
    pub(crate) login_requests: Vec<String>,
}

/// How a call went.
#[derive(Debug)]
pub(crate) struct Run<T> {
    pub(crate) result: Result<T, Error>,
    pub(crate) sent: Vec<Sent>,
    pub(crate) took: Duration,
}

/// A request as the server saw it.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) at: Duration,
    pub(crate) line: String,
    pub(crate) body: String,
    pub(crate) authorization: Option<String>,
    pub(crate) may_reuse_connection: bool,
}

impl World {
    /// Not logged in yet.
    pub(crate) fn new(config: Config) -> Self {
        Self::of(Session::new(config, credentials(), [7; 16]), clock::start())
    }

    pub(crate) fn sweden() -> Self {
        Self::new(Config::new(Country::Sweden))
    }

    /// Logged in already.
    pub(crate) fn live() -> Self {
        let mut world = Self::sweden();
        world.log_in().unwrap();
        world.login_requests.clear();
        world
    }

    pub(crate) fn of(session: Session, now: Instant) -> Self {
        Self {
            session,
            now,
            login_server: lets_in(),
            login_requests: Vec::new(),
        }
    }

    pub(crate) fn wait(&mut self, time: Duration) {
        self.now += time;
    }

    /// How many challenges were asked for.
    pub(crate) fn logins(&self) -> usize {
        let start = |line: &&String| line.ends_with("/login/start");
        self.login_requests.iter().filter(start).count()
    }

    /// Drives a call to its end.
    pub(crate) fn run<E: Endpoint>(
        &mut self,
        endpoint: E,
        server: impl FnMut(&HttpRequest) -> Reply,
    ) -> Run<E::Response>
    where
        E::Response: Debug,
    {
        self.drive(&mut Operation::new(endpoint), server)
    }

    pub(crate) fn drive<E: Endpoint>(
        &mut self,
        call: &mut Operation<E>,
        mut server: impl FnMut(&HttpRequest) -> Reply,
    ) -> Run<E::Response>
    where
        E::Response: Debug,
    {
        let start = self.now;
        let mut sent = Vec::new();
        for _ in 0..MOST_STEPS {
            match self.poll(call) {
                Step::Send(out) => {
                    sent.push(Sent::new(&out, self.now - start));
                    if let Some(answer) = self.pass(&out, &mut server) {
                        call.handle_answer(out.attempt, answer);
                    }
                }
                Step::Login => {
                    let result = self.log_in();
                    call.handle_login(result);
                }
                Step::Record(_) => call.handle_recorded(Ok(())),
                Step::InFlight { answer_by: until } | Step::Wait(until) => {
                    assert!(until > self.now, "waits for what is over");
                    self.now = until;
                }
                Step::Done(result) => {
                    assert!(matches!(self.poll(call), Step::Settled));
                    let took = self.now - start;
                    return Run { result, sent, took };
                }
                Step::Settled => panic!("settled without an end"),
            }
        }
        panic!("a call that never ends");
    }

    /// Polls a call; whatever is not handed out once has to be said again.
    pub(crate) fn poll<E: Endpoint>(&mut self, call: &mut Operation<E>) -> Step<E::Response>
    where
        E::Response: Debug,
    {
        let step = call.poll(&mut self.session, self.now);
        if !matches!(step, Step::Send(_) | Step::Done(_)) {
            let again = call.poll(&mut self.session, self.now);
            assert_eq!(format!("{step:?}"), format!("{again:?}"));
        }
        step
    }

    pub(crate) fn log_in(&mut self) -> Result<LoggedIn, LoginError> {
        match self.session.poll_login(None, self.now) {
            LoginTurn::Ready(logged_in) => Ok(logged_in),
            LoginTurn::Failed(error) => Err(error),
            LoginTurn::Busy => panic!("nobody else drives a login here"),
            LoginTurn::Drive(login) => self.drive_login(login),
        }
    }

    /// Drives a login to its end, and tells the session.
    pub(crate) fn drive_login(&mut self, mut login: Login) -> Result<LoggedIn, LoginError> {
        let mut server = std::mem::replace(&mut self.login_server, Box::new(|_| Reply::Silence));
        let result = self.steps_of(&mut login, &mut server);
        self.login_server = server;
        self.session.handle_login(result.clone(), self.now);
        result
    }

    fn steps_of(
        &mut self,
        login: &mut Login,
        server: &mut dyn FnMut(&HttpRequest) -> Reply,
    ) -> Result<LoggedIn, LoginError> {
        for _ in 0..MOST_STEPS {
            match login.poll(self.now) {
                LoginStep::Send(out) => {
                    let line = format!("{} {}", out.request.method(), out.request.uri().path());
                    self.login_requests.push(line);
                    if let Some(answer) = self.pass(&out, &mut *server) {
                        login.handle_answer(out.attempt, answer, self.now);
                    }
                }
                LoginStep::Sign(challenge) => {
                    let signer = Err("no signer in this test".into());
                    login.handle_signature(&challenge, signer, self.now);
                }
                LoginStep::InFlight { answer_by: until } | LoginStep::Wait(until) => {
                    assert!(until > self.now, "waits for what is over");
                    self.now = until;
                }
                LoginStep::Done(result) => return result,
            }
        }
        panic!("a login that never ends");
    }

    fn pass(
        &mut self,
        out: &Outgoing,
        mut server: impl FnMut(&HttpRequest) -> Reply,
    ) -> Option<Result<HttpResponse, Failure>> {
        assert!(self.now < out.answer_by && out.connect_by <= out.answer_by);
        let (delay, answer) = match server(&out.request) {
            Reply::Answer(response) => (LATENCY, Ok(response)),
            Reply::Late(delay, response) => (delay, Ok(response)),
            Reply::Failure(failure) => (LATENCY, Err(failure)),
            Reply::Silence => return None,
        };
        self.now += delay;
        Some(answer)
    }
}

impl Sent {
    fn new(out: &Outgoing, at: Duration) -> Self {
        let request = &out.request;
        let authorization = request.headers().get("authorization");
        Self {
            at,
            line: format!("{} {}", request.method(), request.uri()),
            body: String::from_utf8(request.body().as_bytes().to_vec()).unwrap(),
            authorization: authorization.map(|value| value.to_str().unwrap().into()),
            may_reuse_connection: out.may_reuse_connection,
        }
    }
}

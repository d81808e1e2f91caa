//! The REST side: who has which session.

use std::sync::OnceLock;
use std::time::Instant;

use nordnet_proto::{
    ApiKey, Config, Country, Credentials, Epoch, HttpResponse, LoggedIn, LoginStep, LoginTurn,
    PrivateKey, Server, Session, SessionKey,
};

/// Every session key holds this word; it must not show anywhere.
pub(crate) const CANARY: &str = "CANARY";

/// The sessions of a life, the newest last.
pub(crate) struct Sessions {
    all: Vec<LoggedIn>,
    /// Whether the newest is dead at the server; older ones always are.
    pub(crate) expired: bool,
    /// How many the feed was told of.
    pub(crate) told: usize,
}

impl Sessions {
    pub(crate) fn new() -> Self {
        Self {
            all: Vec::new(),
            expired: true,
            told: 0,
        }
    }

    /// What a login gives: the present session while it lives, else a new one.
    pub(crate) fn log_in(&mut self, now: Instant) -> LoggedIn {
        match self.all.last() {
            Some(session) if !self.expired => session.clone(),
            _ => self.renew(now),
        }
    }

    /// A new session, with a key and hosts of its own.
    pub(crate) fn renew(&mut self, now: Instant) -> LoggedIn {
        let number = self.all.len();
        let key = SessionKey::new(format!("k{number}-{CANARY}\"\\"));
        let host = |feed: &str| Server::new(format!("{feed}{number}.next.nordnet.se"), 443, true);
        let mut session = LoggedIn::new(key, host("priv"), host("pub"));
        let epochs = epochs(now);
        session.epoch = epochs[number.min(epochs.len() - 1)];
        self.all.push(session.clone());
        self.expired = false;
        session
    }

    pub(crate) fn all(&self) -> &[LoggedIn] {
        &self.all
    }

    pub(crate) fn is_valid(&self, session: usize) -> bool {
        session + 1 == self.all.len() && !self.expired
    }
}

/// Epochs in their order. Only a login makes one, so some are logged in for.
fn epochs(now: Instant) -> &'static [Epoch] {
    static EPOCHS: OnceLock<Vec<Epoch>> = OnceLock::new();
    EPOCHS.get_or_init(|| {
        let key = PrivateKey::open(include_bytes!("key"), None).unwrap();
        let api_key = ApiKey::new("7b1e4a90-52c3-4a7f-9a53-0d6f2c8e1b35").unwrap();
        let credentials = Credentials::new(api_key, key);
        let mut session = Session::new(Config::new(Country::Sweden), credentials, [7; 16]);
        (0..24).map(|_| epoch(&mut session, now)).collect()
    })
}

fn epoch(session: &mut Session, now: Instant) -> Epoch {
    let LoginTurn::Drive(mut login) = session.poll_login(None, now) else {
        panic!("nobody else logs in");
    };
    loop {
        match login.poll(now) {
            LoginStep::Send(out) => {
                let body = if out.request.uri().path().ends_with("start") {
                    r#"{"challenge":"3f0c6a52-7d1e-4b8e-9a57-1c2d3e4f5a6b"}"#
                } else {
                    r#"{"session_key":"x","expires_in":1800,
                    "private_feed":{"hostname":"priv.next.nordnet.se","port":443,"encrypted":true},
                    "public_feed":{"hostname":"pub.next.nordnet.se","port":443,"encrypted":true}}"#
                };
                let answer = Ok(HttpResponse::new(body.into()));
                login.handle_answer(out.attempt, answer, now);
            }
            LoginStep::Done(result) => return result.unwrap().epoch,
            step => panic!("a login needs no {step:?}"),
        }
    }
}

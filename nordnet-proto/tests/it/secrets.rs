//! No secret shows in what programs log: `Debug` and `Display` of everything
//! that holds one, at each step of a login and of a call.

use std::fmt::{Debug, Display};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

use nordnet_proto::api::{ListAccounts, StartLogin, VerifyLogin};
use nordnet_proto::{
    ApiKey, Config, Country, Credentials, Endpoint, Login, LoginStep, LoginTurn, Operation,
    Passphrase, PrivateKey, Session, SessionKey, Signature, Step, to_request,
};

use crate::clock;
use crate::driver::{CHALLENGE, response, session_json};
use crate::keys::PLAIN;
use crate::order_calls::place;

const API_KEY: &str = "c4a7e1d2-9b3f-4e60-8a15-7f2d9c0b6e38";
const SESSION_KEY: &str = "canary-9f31c7e2a05b44d1";
const PASSPHRASE: &str = "canary-71c0e5b8 passphrase";
const SIGNATURE: [u8; 64] = *b"canary-signature-5b0c7f2e91d84a36canary-signature-0d6f2c8e1b35aa";

/// Texts that would give a secret away.
struct Canaries(Vec<(&'static str, String)>);

impl Canaries {
    fn new() -> Self {
        let mut canaries = Self(Vec::new());
        canaries.add("API key", API_KEY.as_bytes());
        canaries.add("session key", SESSION_KEY.as_bytes());
        canaries.add(
            "authorization",
            format!("{SESSION_KEY}:{SESSION_KEY}").as_bytes(),
        );
        canaries.add("passphrase", PASSPHRASE.as_bytes());
        canaries.add("signature", &SIGNATURE);
        canaries.add("own signature", &signature_by_the_plain_key(CHALLENGE));
        canaries.add("seed", &seed());
        canaries
    }

    fn add(&mut self, name: &'static str, secret: &[u8]) {
        // The ending of the API key is shown on purpose.
        let part = &secret[..secret.len() * 3 / 4];
        let hex: String = part.iter().map(|byte| format!("{byte:02x}")).collect();
        let list: Vec<_> = part.iter().map(ToString::to_string).collect();
        self.0.extend([
            (name, String::from_utf8_lossy(part).into_owned()),
            (name, STANDARD.encode(&part[..part.len() / 3 * 3])),
            (name, URL_SAFE.encode(&part[..part.len() / 3 * 3])),
            (name, hex.to_uppercase()),
            (name, hex),
            (name, list.join(",")),
        ]);
    }

    fn check(&self, text: &str) {
        // Lists of bytes are written over several lines by `{:#?}`.
        let squeezed: String = text.split_whitespace().collect();
        for (name, canary) in &self.0 {
            let canary_squeezed: String = canary.split_whitespace().collect();
            assert!(!text.contains(canary), "{name} in {text}");
            assert!(!squeezed.contains(&canary_squeezed), "{name} in {text}");
        }
    }

    fn debug(&self, value: &impl Debug) {
        self.check(&format!("{value:?}"));
        self.check(&format!("{value:#?}"));
    }

    fn error<E: Debug + Display + std::error::Error>(&self, error: &E) {
        self.debug(error);
        self.check(&error.to_string());
        self.check(&format!("{error:#}"));
        let mut source = error.source();
        while let Some(error) = source {
            self.check(&format!("{error} {error:?}"));
            source = error.source();
        }
    }
}

/// The private half in the key file, found without the code under test: behind
/// a length of 64 stand the seed and the public half.
fn seed() -> [u8; 32] {
    let text = std::str::from_utf8(PLAIN).unwrap();
    let body: String = text.lines().filter(|line| !line.starts_with('-')).collect();
    let bytes = STANDARD.decode(body).unwrap();
    let at = bytes
        .windows(4)
        .rposition(|length| length == [0, 0, 0, 64])
        .unwrap();
    bytes[at + 4..at + 36].try_into().unwrap()
}

pub(crate) fn signature_by_the_plain_key(text: &str) -> [u8; 64] {
    use ed25519_dalek::Signer as _;
    let key = ed25519_dalek::SigningKey::from_bytes(&seed());
    key.sign(text.as_bytes()).to_bytes()
}

fn key() -> PrivateKey {
    PrivateKey::open(PLAIN, None).unwrap()
}

fn api_key() -> ApiKey {
    ApiKey::new(API_KEY).unwrap()
}

#[test]
fn the_check_finds_what_it_looks_for() {
    let canaries = Canaries::new();
    for leak in [
        format!("x{SESSION_KEY}"),
        format!("{:?}", SESSION_KEY.as_bytes()),
        format!("{:#?}", SESSION_KEY.as_bytes()),
        STANDARD.encode(SIGNATURE),
        format!("{:?}", seed()),
    ] {
        let found = std::panic::catch_unwind(|| canaries.check(&leak));
        assert!(found.is_err(), "{leak}");
    }
}

#[test]
fn secrets_do_not_show_themselves() {
    let canaries = Canaries::new();
    canaries.debug(&api_key());
    canaries.debug(&key());
    canaries.debug(&Passphrase::new(PASSPHRASE));
    canaries.debug(&SessionKey::new(SESSION_KEY));
    canaries.debug(&Signature::from_bytes(SIGNATURE));
    canaries.debug(&Credentials::new(api_key(), key()));
    canaries.debug(&StartLogin::new(api_key()));
    canaries.error(&ApiKey::new(&API_KEY[1..]).unwrap_err());
    let wrong = PrivateKey::open(
        include_bytes!("../fixtures/keys/encrypted"),
        Some(&Passphrase::new(PASSPHRASE)),
    );
    canaries.error(&wrong.unwrap_err());
}

#[test]
fn nothing_shows_while_logging_in_and_calling() {
    let canaries = Canaries::new();
    let now = clock::start();
    let credentials = Credentials::new(api_key(), key());
    let mut session = Session::new(Config::new(Country::Sweden), credentials, [7; 16]);
    canaries.debug(&session);
    let turn = session.poll_login(None, now);
    canaries.debug(&turn);
    let LoginTurn::Drive(mut login) = turn else {
        panic!("nobody is logged in");
    };
    let logged_in = loop {
        let step = login.poll(now);
        canaries.debug(&step);
        canaries.debug(&login);
        match step {
            LoginStep::Send(out) => {
                canaries.debug(&out.request);
                canaries.debug(out.request.body());
                let reply = reply_to(&out.request);
                canaries.debug(&reply);
                login.handle_answer(out.attempt, Ok(reply), now);
            }
            LoginStep::Done(result) => break result.unwrap(),
            step => panic!("{step:?}"),
        }
        canaries.debug(&login);
    };
    canaries.debug(&logged_in);
    session.handle_login(Ok(logged_in.clone()), now);
    canaries.debug(&session);
    canaries.debug(&session.poll_login(None, now));

    let mut call = Operation::new(place());
    let step = call.poll(&mut session, now);
    canaries.debug(&step);
    canaries.debug(&call);
    let Step::Send(out) = step else {
        panic!("a live session sends");
    };
    canaries.debug(out.request.headers());
    call.handle_answer(out.attempt, Ok(response(401, "", &[])));
    canaries.debug(&call.poll(&mut session, now));
    canaries.debug(&session);
    canaries.debug(&to_request(ListAccounts::new(), session.config(), &logged_in.key).unwrap());
}

fn reply_to(request: &nordnet_proto::HttpRequest) -> nordnet_proto::HttpResponse {
    let challenge = format!(r#"{{"challenge":"{CHALLENGE}"}}"#);
    match request.uri().path() {
        "/api/2/login/start" => response(200, &challenge, &[]),
        _ => response(200, &session_json(SESSION_KEY, "1800"), &[]),
    }
}

#[test]
fn an_answer_that_cannot_be_read_does_not_show_the_key_in_it() {
    let canaries = Canaries::new();
    let good = session_json(SESSION_KEY, "1800");
    for body in [
        good.replace("1800", &format!("\"{SESSION_KEY}\"")),
        good.replace("443", &format!("\"{SESSION_KEY}\"")),
        good.replace("true", &format!("\"{SESSION_KEY}\"")),
        good.replace("expires_in", SESSION_KEY),
        good[..good.len() - 1].to_owned(),
        format!("\"{SESSION_KEY}\""),
        format!("<html>{SESSION_KEY}</html>"),
    ] {
        let endpoint = VerifyLogin::new(
            "NEXTAPI".into(),
            api_key(),
            Signature::from_bytes(SIGNATURE),
        );
        canaries.debug(&endpoint);
        let (request, sent) = to_request(endpoint, &Config::new(Country::Sweden), ()).unwrap();
        canaries.debug(&request);
        canaries.debug(&sent);
        canaries.error(&sent.settle(Ok(response(200, &body, &[]))).unwrap_err());
        canaries.error(
            &StartLogin::new(api_key())
                .settle(Ok(response(200, &body, &[])))
                .unwrap_err(),
        );

        let (login, error) = failed_login(&body);
        canaries.debug(&login);
        canaries.error(&error);
        canaries.error(&nordnet_proto::Error::from(error));
    }
}

fn failed_login(verdict: &str) -> (Login, nordnet_proto::LoginError) {
    let now = clock::start();
    let credentials = Credentials::new(api_key(), key());
    let mut session = Session::new(Config::new(Country::Sweden), credentials, [7; 16]);
    let LoginTurn::Drive(mut login) = session.poll_login(None, now) else {
        panic!("nobody is logged in");
    };
    loop {
        match login.poll(now) {
            LoginStep::Send(out) => {
                let start = out.request.uri().path().ends_with("start");
                let reply = if start {
                    reply_to(&out.request)
                } else {
                    response(200, verdict, &[])
                };
                login.handle_answer(out.attempt, Ok(reply), now);
            }
            LoginStep::Done(result) => return (login, result.unwrap_err()),
            step => panic!("{step:?}"),
        }
    }
}

#[test]
fn a_password_in_a_base_url_is_not_repeated() {
    let url = format!("https://user:{SESSION_KEY}@localhost");
    let error = url.parse::<nordnet_proto::BaseUrl>().unwrap_err();
    Canaries::new().error(&error);
    assert_eq!(
        error.to_string(),
        "\"localhost\" must not come with a user name or password"
    );
}

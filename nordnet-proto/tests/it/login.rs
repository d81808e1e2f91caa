//! Logging in, from a challenge to a session.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::Signature as Verified;

use nordnet_proto::{
    Cause, ChallengeError, Epoch, HttpRequest, LoggedIn, Login, LoginError, LoginStep, LoginTurn,
};

use crate::driver::{
    API_KEY, CHALLENGE, Reply, World, answer, in_turn, lets_in, lost, response, session_json,
    unsent,
};
use crate::keys::{PLAIN_PUBLIC, public_key};

pub(crate) fn challenge(text: &str) -> Reply {
    answer(200, &serde_json::json!({ "challenge": text }).to_string())
}

pub(crate) fn session() -> Reply {
    answer(200, &session_json("key", "1800"))
}

/// Logs in at a server that answers so, in turn.
pub(crate) fn log_in<const N: usize>(replies: [Reply; N]) -> (World, Result<LoggedIn, LoginError>) {
    let mut world = World::sweden();
    world.login_server = Box::new(in_turn(replies));
    let result = world.log_in();
    (world, result)
}

pub(crate) fn body(request: &HttpRequest) -> &str {
    std::str::from_utf8(request.body().as_bytes()).unwrap()
}

#[test]
fn sends_the_documented_bodies_and_a_signature_that_verifies() {
    let mut world = World::sweden();
    let mut bodies = Vec::new();
    let mut server = lets_in();
    let LoginTurn::Drive(mut login) = world.session.poll_login(None, world.now) else {
        panic!("nobody is logged in");
    };
    let logged_in = loop {
        match login.poll(world.now) {
            LoginStep::Send(out) => {
                let request = &out.request;
                assert_eq!(request.headers()["content-type"], "application/json");
                assert!(request.headers().get("authorization").is_none());
                bodies.push(body(request).to_owned());
                let Reply::Answer(response) = server(request) else {
                    unreachable!()
                };
                login.handle_answer(out.attempt, Ok(response), world.now);
            }
            LoginStep::Done(result) => break result.unwrap(),
            step => panic!("{step:?}"),
        }
    };
    assert_eq!(bodies[0], format!(r#"{{"api_key":"{API_KEY}"}}"#));
    let signature = bodies[1]
        .strip_prefix(&format!(
            r#"{{"service":"NEXTAPI","api_key":"{API_KEY}","signature":""#
        ))
        .and_then(|rest| rest.strip_suffix("\"}"))
        .unwrap();
    let signature = Verified::from_slice(&STANDARD.decode(signature).unwrap()).unwrap();
    let key = public_key(PLAIN_PUBLIC);
    key.verify_strict(CHALLENGE.as_bytes(), &signature).unwrap();

    assert_eq!(logged_in.epoch, Epoch::FIRST);
    assert_eq!(logged_in.key.expose(), "key-1");
    assert_eq!(logged_in.expires_in, Duration::from_secs(1800));
    assert_eq!(
        logged_in.private_feed.to_string(),
        "priv.next.nordnet.se:443"
    );
    assert_eq!(logged_in.public_feed.to_string(), "pub.next.nordnet.se:443");
}

#[test]
fn a_refusal_names_all_that_helps_and_latches() {
    let refused = answer(
        401,
        r#"{"code":"NEXT_INVALID_SIGNATURE","message":"Wrong signature"}"#,
    );
    let (mut world, result) = log_in([challenge(CHALLENGE), refused]);
    let error = result.unwrap_err();
    let LoginError::Refused(details) = &error else {
        panic!("{error:?}");
    };
    assert_eq!(details.api_key_ending, "1b35");
    assert_eq!(
        details.fingerprint.to_string(),
        "SHA256:PKufwO67dWBQYTN50piMo/8zvR1XCXJpJXb9mZwgawE"
    );
    assert_eq!(details.base_url.to_string(), "https://public.nordnet.se");
    assert_eq!(
        details.refusal.code.as_deref(),
        Some("NEXT_INVALID_SIGNATURE")
    );
    let text = error.to_string();
    for part in [
        "HTTP 401",
        "NEXT_INVALID_SIGNATURE",
        "Wrong signature",
        "ends in 1b35",
        "SHA256:PKufw",
        "public.nordnet.se",
        "No further login is tried",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    for _ in 0..3 {
        world.wait(Duration::from_secs(86_400));
        assert_eq!(world.log_in().unwrap_err(), error);
    }
    assert_eq!(world.login_requests.len(), 2);
    world.session.forgive();
    world.login_server = lets_in();
    assert!(world.log_in().is_ok());
}

#[test]
fn a_refusal_that_repeats_the_credentials_does_not_show_them() {
    let body = format!(
        r#"{{"code":"NEXT_LOGIN_SIGNATURE_NOT_VALID_FOR_KEY","message":"unknown api_key:{} of you"}}"#,
        API_KEY
    );
    let (_, result) = log_in([answer(400, &body)]);
    let error = result.unwrap_err();
    let (text, debug) = (error.to_string(), format!("{error:?}"));
    assert!(
        text.contains("NEXT_LOGIN_SIGNATURE_NOT_VALID_FOR_KEY"),
        "{text}"
    );
    assert!(text.contains("unknown api_key:*** of you"), "{text}");
    assert!(!text.contains(API_KEY) && !debug.contains(API_KEY));
}

#[test]
fn a_lost_start_is_tried_again_and_a_lost_verify_begins_anew() {
    let (world, result) = log_in([
        unsent(Cause::Connect),
        challenge("aaaa-1111"),
        lost(Cause::Closed),
        challenge("bbbb-2222"),
        session(),
    ]);
    assert!(result.is_ok());
    assert_eq!(world.login_requests.len(), 5);
    let lines: Vec<_> = world
        .login_requests
        .iter()
        .map(|line| line.rsplit('/').next().unwrap())
        .collect();
    assert_eq!(lines, ["start", "start", "verify", "start", "verify"]);
}

#[test]
fn no_signature_is_ever_sent_twice() {
    let mut world = World::sweden();
    let mut signatures = Vec::new();
    let mut challenges = 0;
    let (sender, receiver) = std::sync::mpsc::channel();
    world.login_server = Box::new(move |request| {
        if request.uri().path().ends_with("start") {
            challenges += 1;
            return challenge(&format!("cafe-000{challenges}"));
        }
        sender.send(body(request).to_owned()).unwrap();
        Reply::Silence
    });
    let error = world.log_in().unwrap_err();
    assert!(matches!(error, LoginError::Unreachable(_)), "{error:?}");
    signatures.extend(receiver.try_iter());
    assert!((1..=3).contains(&signatures.len()));
    let count = signatures.len();
    signatures.sort();
    signatures.dedup();
    assert_eq!(signatures.len(), count);
}

#[test]
fn a_challenge_too_old_to_be_signed_is_replaced_three_times_at_most() {
    let old = || match challenge(CHALLENGE) {
        Reply::Answer(response) => Reply::Late(Duration::from_millis(14_900), response),
        _ => unreachable!(),
    };
    let (world, result) = log_in([old(), session()]);
    assert!(result.is_ok(), "15 s are young enough");
    assert_eq!(world.logins(), 1);

    // Whoever drives the login sleeps through the time of each challenge.
    let mut world = World::sweden();
    let mut login = login_of(&mut world);
    for _ in 0..3 {
        let LoginStep::Send(out) = login.poll(world.now) else {
            panic!("asks for a challenge");
        };
        assert!(out.request.uri().path().ends_with("start"));
        let text = format!(r#"{{"challenge":"{CHALLENGE}"}}"#);
        login.handle_answer(out.attempt, Ok(response(200, &text, &[])), world.now);
        world.wait(Duration::from_secs(25));
    }
    let LoginStep::Done(Err(error)) = login.poll(world.now) else {
        panic!("it has to give up");
    };
    assert!(matches!(
        error,
        LoginError::Challenge(ChallengeError::TooOld) | LoginError::OutOfTime
    ));
    assert!(!error.is_refusal());
}

pub(crate) fn login_of(world: &mut World) -> Login {
    match world.session.poll_login(None, world.now) {
        LoginTurn::Drive(login) => login,
        turn => panic!("{turn:?}"),
    }
}

#[test]
fn a_refusal_of_a_challenge_that_lapsed_on_the_way_is_no_refusal() {
    let mut world = World::sweden();
    let mut login = login_of(&mut world);
    for last in [false, true] {
        let LoginStep::Send(out) = login.poll(world.now) else {
            panic!("asks for a challenge");
        };
        let text = format!(r#"{{"challenge":"{CHALLENGE}"}}"#);
        world.wait(Duration::from_secs(14));
        login.handle_answer(out.attempt, Ok(response(200, &text, &[])), world.now);
        let LoginStep::Send(out) = login.poll(world.now) else {
            panic!("sends the signature");
        };
        world.wait(Duration::from_secs(if last { 1 } else { 13 }));
        let refusal = response(401, r#"{"code":"LOGIN_FAILED"}"#, &[]);
        login.handle_answer(out.attempt, Ok(refusal), world.now);
    }
    let LoginStep::Done(Err(error)) = login.poll(world.now) else {
        panic!("the second one was in time");
    };
    assert!(error.is_refusal());
}

#[test]
fn trouble_of_the_server_is_waited_out_within_the_deadline() {
    let busy = |status, seconds| Reply::Answer(response(status, "", &[("retry-after", seconds)]));
    let (world, result) = log_in([busy(503, "7"), challenge(CHALLENGE), session()]);
    assert!(result.is_ok());
    assert_eq!(world.logins(), 2);
    let (_, result) = log_in([busy(429, "12"), challenge(CHALLENGE), session()]);
    assert!(result.is_ok());

    let (mut world, result) = log_in([busy(429, "3600")]);
    let error = result.unwrap_err();
    let asked = Duration::from_secs(3600);
    assert_eq!(error, LoginError::RateLimited { wait: asked });
    assert_eq!(
        error.to_string(),
        "too many requests; it asks to wait 3600 s, and this client waits 300 s at most"
    );
    let wait = Duration::from_secs(300);
    world.wait(wait - Duration::from_secs(1));
    assert_eq!(world.log_in().unwrap_err(), error, "nobody knocks before");
    world.wait(Duration::from_secs(1));
    world.login_server = lets_in();
    assert!(world.log_in().is_ok());

    let (mut world, result) = log_in([busy(503, "3600")]);
    let error = result.unwrap_err();
    assert_eq!(error.wait(), Some(asked));
    let text = "(HTTP 503); it asks to wait 3600 s, and this client waits 300 s at most";
    assert!(error.to_string().ends_with(text), "{error}");
    world.wait(wait);
    world.login_server = lets_in();
    assert!(world.log_in().is_ok());
    let (_, result) = log_in([busy(503, "300")]);
    assert!(matches!(
        result.unwrap_err(),
        LoginError::Unavailable { status: 503, wait: Some(asked), .. } if asked == wait
    ));
}

#[test]
fn answers_that_make_no_sense_show_nothing_of_themselves() {
    let feeds = r#""private_feed":{"hostname":"a.nordnet.se","port":1,"encrypted":true}"#;
    for body in [
        "",
        "<html>",
        r#"{"session_key":"canary-5f21"}"#,
        r#"{"session_key":5521,"expires_in":1}"#,
        &format!(r#"{{"session_key":"canary-5f21","expires_in":"canary-5f21",{feeds}}}"#),
        &session_json("canary-5f21", "1800").replace("443", "65536"),
        &session_json("canary-5f21", "1800").replace(r#""encrypted""#, r#""port":1,"encrypted""#),
    ] {
        let (_, result) = log_in([challenge(CHALLENGE), answer(200, body)]);
        let error = result.unwrap_err();
        assert_eq!(error, LoginError::Unreadable { status: 200 }, "{body}");
        assert!(!format!("{error} {error:?}").contains("5f21"));
    }
    let (_, result) = log_in([answer(302, "")]);
    assert_eq!(result.unwrap_err(), LoginError::Unreadable { status: 302 });
}

#[test]
fn no_session_is_taken_whose_feeds_are_strangers() {
    for (from, to) in [
        ("priv.next.nordnet.se", "priv.next.nordnet.se.attacker.tld"),
        ("pub.next.nordnet.se", "127.0.0.1"),
        ("pub.next.nordnet.se", "xnordnet.se"),
        (r#""encrypted":true"#, r#""encrypted":false"#),
    ] {
        let body = session_json("key", "1800").replace(from, to);
        let (mut world, result) = log_in([challenge(CHALLENGE), answer(200, &body)]);
        let error = result.unwrap_err();
        assert!(matches!(error, LoginError::FeedHost(_)), "{to}: {error:?}");
        assert!(error.to_string().contains("not trusted"), "{error}");
        assert!(world.session.poll_timeout().is_none());
        assert_eq!(world.log_in().unwrap_err(), error, "no session");
    }
}

#[test]
fn the_life_of_a_session_is_cut_to_sense() {
    for (expires_in, seconds) in [
        ("0", 10),
        ("-5", 10),
        ("1800", 1800),
        ("9223372036854775807", 86_400),
    ] {
        let reply = answer(200, &session_json("key", expires_in));
        let (_, result) = log_in([challenge(CHALLENGE), reply]);
        assert_eq!(
            result.unwrap().expires_in.as_secs(),
            seconds,
            "{expires_in}"
        );
    }
}

#[test]
fn a_login_ends_within_its_deadline_whatever_happens() {
    let replies: [fn() -> Reply; 5] = [
        || Reply::Silence,
        || unsent(Cause::Connect),
        || unsent(Cause::Closed),
        || answer(429, ""),
        || answer(500, ""),
    ];
    for reply in replies {
        let mut world = World::sweden();
        let start = world.now;
        world.login_server = Box::new(move |_| reply());
        let error = world.log_in().unwrap_err();
        assert!(!error.is_refusal());
        assert!(world.now - start <= Duration::from_secs(60));
        assert!(world.logins() <= 4, "{error}: {}", world.logins());
    }
}

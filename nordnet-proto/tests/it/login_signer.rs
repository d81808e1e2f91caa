//! Credentials whose private key lives elsewhere: in an agent or in hardware.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use nordnet_proto::{
    ApiKey, Challenge, ChallengeError, Config, Country, Credentials, Fingerprint, Login,
    LoginError, LoginStep, Session, Signature,
};

use crate::clock;
use crate::driver::{API_KEY, CHALLENGE, LATENCY, World, response, session_json};
use crate::login::{body, login_of};

fn world() -> World {
    let fingerprint = Fingerprint::new("SHA256:elsewhere");
    let credentials = Credentials::signed_elsewhere(ApiKey::new(API_KEY).unwrap(), fingerprint);
    let session = Session::new(Config::new(Country::Norway), credentials, [7; 16]);
    World::of(session, clock::start())
}

/// Takes a login to its next challenge.
fn next_challenge(login: &mut Login, world: &mut World, text: &str) -> Challenge {
    let LoginStep::Send(out) = login.poll(world.now) else {
        panic!("asks for a challenge");
    };
    world.wait(LATENCY);
    let text = format!(r#"{{"challenge":"{text}"}}"#);
    login.handle_answer(out.attempt, Ok(response(200, &text, &[])), world.now);
    match login.poll(world.now) {
        LoginStep::Sign(challenge) => challenge,
        step => panic!("{step:?}"),
    }
}

fn signature(byte: u8) -> Result<Signature, String> {
    Ok(Signature::from_bytes([byte; 64]))
}

#[test]
fn the_signature_given_is_sent() {
    let mut world = world();
    let mut login = login_of(&mut world);
    let asked = world.now;
    let challenge = next_challenge(&mut login, &mut world, CHALLENGE);
    assert_eq!(challenge.as_bytes(), CHALLENGE.as_bytes());
    assert_eq!(challenge.not_after(), asked + Duration::from_secs(25));
    assert!(matches!(login.poll(world.now), LoginStep::Sign(again) if again == challenge));
    login.handle_signature(&challenge, signature(1), world.now);
    let LoginStep::Send(out) = login.poll(world.now) else {
        panic!("sends the signature");
    };
    let sent = format!(r#""signature":"{}""#, STANDARD.encode([1; 64]));
    assert!(body(&out.request).contains(&sent));
}

#[test]
fn a_signer_that_fails_ends_the_login_without_a_refusal() {
    let mut world = world();
    let mut login = login_of(&mut world);
    let challenge = next_challenge(&mut login, &mut world, CHALLENGE);
    login.handle_signature(&challenge, Err("agent locked".into()), world.now);
    let LoginStep::Done(Err(error)) = login.poll(world.now) else {
        panic!("it has to end");
    };
    assert_eq!(error, LoginError::Signer("agent locked".into()));
    assert!(!error.is_refusal());
}

#[test]
fn a_signature_of_an_old_challenge_is_dropped() {
    let mut world = world();
    let mut login = login_of(&mut world);
    let first = next_challenge(&mut login, &mut world, "aaaa-1111");
    world.now = first.not_after();
    let second = next_challenge(&mut login, &mut world, "bbbb-2222");
    login.handle_signature(&first, signature(1), world.now);
    login.handle_signature(&first, Err("late".into()), world.now);
    assert!(matches!(login.poll(world.now), LoginStep::Sign(now) if now == second));
    login.handle_signature(&second, signature(2), world.now);
    let LoginStep::Send(out) = login.poll(world.now) else {
        panic!("sends the second");
    };
    assert!(body(&out.request).contains(&STANDARD.encode([2; 64])));
}

#[test]
fn a_signature_that_is_out_is_left_to_its_answer() {
    let mut world = world();
    let mut login = login_of(&mut world);
    let challenge = next_challenge(&mut login, &mut world, CHALLENGE);
    world.wait(Duration::from_secs(20));
    login.handle_signature(&challenge, signature(1), world.now);
    let LoginStep::Send(out) = login.poll(world.now) else {
        panic!("sends the signature");
    };
    world.now = challenge.not_after();
    login.handle_signature(&challenge, signature(2), world.now);
    assert!(matches!(login.poll(world.now), LoginStep::InFlight { .. }));
    let verdict = response(200, &session_json("key", "1800"), &[]);
    login.handle_answer(out.attempt, Ok(verdict), world.now);
    assert!(matches!(login.poll(world.now), LoginStep::Done(Ok(_))));
}

#[test]
fn a_slow_signer_is_asked_three_times() {
    let mut world = world();
    let mut login = login_of(&mut world);
    for _ in 0..2 {
        let challenge = next_challenge(&mut login, &mut world, CHALLENGE);
        world.now = challenge.not_after();
    }
    let challenge = next_challenge(&mut login, &mut world, CHALLENGE);
    world.now = challenge.not_after();
    let LoginStep::Done(Err(error)) = login.poll(world.now) else {
        panic!("it has to give up");
    };
    assert!(matches!(
        error,
        LoginError::Challenge(ChallengeError::TooOld) | LoginError::OutOfTime
    ));
}

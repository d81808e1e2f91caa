//! Keeping an idle session alive.

use std::time::{Duration, Instant};

use nordnet_proto::api::ListAccounts;
use nordnet_proto::{Cause, Config, Country, LoginError, Session};

use crate::clock;
use crate::driver::{World, always, answer, credentials, lets_in, logged_in, refuses, unsent};

const HALF_HOUR: Duration = Duration::from_secs(1800);
const ALIVE: &str = r#"{"logged_in":true}"#;

fn due(world: &World) -> Instant {
    world.session.poll_timeout().unwrap()
}

#[test]
fn is_due_at_half_the_life_give_or_take_a_tenth() {
    let mut seen = Vec::new();
    for seed in 0..200 {
        let mut session = Session::new(Config::new(Country::Sweden), credentials(), [seed; 16]);
        let now = clock::start();
        session.handle_login(Ok(logged_in("key")), now);
        seen.push((session.poll_timeout().unwrap() - now).as_millis());
    }
    assert!(
        seen.iter()
            .all(|millis| (810_000..=990_000).contains(millis))
    );
    let spread = seen.iter().max().unwrap() - seen.iter().min().unwrap();
    assert!(
        spread > 90_000,
        "clients of one program start do not go in step"
    );
}

#[test]
fn an_idle_client_stays_logged_in() {
    let mut world = World::live();
    let end = world.now + HALF_HOUR * 20;
    let mut calls = 0;
    while world.now < end {
        world.now = due(&world);
        let mut call = world.session.handle_timeout(world.now).unwrap();
        let run = world.drive(&mut call, always(answer(200, ALIVE)));
        assert!(run.result.is_ok());
        assert_eq!(
            run.sent[0].line,
            "PUT https://public.nordnet.se/api/2/login"
        );
        calls += 1;
    }
    assert!((36..=45).contains(&calls), "{calls}");
    assert_eq!(world.logins(), 0);
}

#[test]
fn every_call_moves_it_on() {
    let mut world = World::live();
    let before = due(&world);
    world.wait(HALF_HOUR / 3);
    assert!(world.session.handle_timeout(world.now).is_none(), "not yet");
    let run = world.run(ListAccounts::new(), always(answer(204, "")));
    assert!(run.result.is_ok());
    assert!(due(&world) > before + HALF_HOUR / 5);
}

#[test]
fn one_that_fails_is_tried_again_in_time() {
    for life in [60, 300, 1800] {
        let mut world = World::sweden();
        let mut session = logged_in("key");
        session.expires_in = Duration::from_secs(life);
        let end = world.now + session.expires_in;
        world.session.handle_login(Ok(session), world.now);
        let mut tries = 0;
        while due(&world) < end {
            world.now = world.now.max(due(&world));
            if world.now >= end {
                break;
            }
            assert!(world.session.handle_timeout(world.now).is_some());
            tries += 1;
        }
        assert!((3..=20).contains(&tries), "{tries} in {life} s");
    }
}

#[test]
fn a_session_that_is_not_known_any_more_is_replaced() {
    for reply in [answer(401, ""), answer(200, r#"{"logged_in":false}"#)] {
        let mut world = World::live();
        world.now = due(&world);
        let mut call = world.session.handle_timeout(world.now).unwrap();
        let mut replies = vec![answer(200, ALIVE), reply];
        let run = world.drive(&mut call, move |_| replies.pop().unwrap());
        assert!(run.result.is_ok());
        assert_eq!(world.logins(), 1);
    }
}

#[test]
fn can_be_turned_off() {
    let mut config = Config::new(Country::Sweden);
    config.keep_alive = false;
    let mut world = World::new(config);
    world.log_in().unwrap();
    assert_eq!(world.session.poll_timeout(), None);
    world.wait(HALF_HOUR / 2 + HALF_HOUR / 10);
    assert!(world.session.handle_timeout(world.now).is_none());
}

#[test]
fn ends_with_a_refusal_and_goes_on_after_other_failures() {
    let mut world = World::live();
    world
        .session
        .handle_login(Err(LoginError::OutOfTime), world.now);
    assert!(world.session.poll_timeout().is_some());
    world.wait(HALF_HOUR);
    world.login_server = Box::new(always(unsent(Cause::Connect)));
    assert!(world.log_in().is_err());
    assert_eq!(
        world.session.poll_timeout(),
        None,
        "there is nothing to keep"
    );

    world.wait(HALF_HOUR);
    world.login_server = lets_in();
    world.log_in().unwrap();
    world.wait(HALF_HOUR);
    world.login_server = Box::new(refuses());
    assert!(world.log_in().unwrap_err().is_refusal());
    assert_eq!(world.session.poll_timeout(), None);
}

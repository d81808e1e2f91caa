//! Calls in general: deadlines, and a clock that goes wrong.

use std::time::Duration;

use nordnet_proto::api::{GetStatus, ListAccounts};
use nordnet_proto::{
    ActivateOrders, Cause, Config, Country, Error, LoginError, LoginTurn, Operation, Outcome,
    Session, Step,
};

use crate::clock;
use crate::driver::{Reply, World, always, answer, in_turn, logged_in, lost, unsent};
use crate::order_calls::{ACCOUNT, ORDER, place};

#[test]
fn a_call_that_waits_for_a_login_ends_in_time() {
    let mut world = World::sweden();
    let mut call = Operation::new(place());
    assert_eq!(call.ends_by(), None);
    assert!(matches!(world.poll(&mut call), Step::Login));
    let until = call.ends_by().unwrap();
    assert_eq!(until - world.now, Duration::from_secs(15));
    world.now = until;
    assert!(matches!(
        world.poll(&mut call),
        Step::Done(Err(Error::OutOfTime))
    ));
    call.handle_login(Err(LoginError::OutOfTime));
    assert!(matches!(world.poll(&mut call), Step::Settled));
}

/// Sent at the last moment, an order would end in doubt for want of an answer.
#[test]
fn an_order_that_a_login_held_up_for_too_long_is_not_sent() {
    for (held_up, sends) in [(11_900, true), (12_000, false)] {
        let mut world = World::sweden();
        let mut call = Operation::new(place());
        assert!(matches!(world.poll(&mut call), Step::Login));
        world.now += Duration::from_millis(held_up);
        world.session.handle_login(Ok(logged_in("key")), world.now);
        match world.poll(&mut call) {
            Step::Send(_) => assert!(sends, "{held_up} ms"),
            Step::Done(Err(Error::OutOfTime)) => assert!(!sends, "{held_up} ms"),
            step => panic!("{step:?}"),
        }
    }
}

/// What an earlier attempt may have done is not denied when a later one cannot
/// be made, or is turned away.
#[test]
fn a_call_in_doubt_is_never_said_not_to_be_sent() {
    let activate = || Operation::new(ActivateOrders::of(ORDER, ACCOUNT));
    let mut world = World::live();
    let mut call = activate();
    let Step::Send(out) = world.poll(&mut call) else {
        panic!("a live session sends");
    };
    let Reply::Failure(failure) = lost(Cause::Closed) else {
        unreachable!()
    };
    call.handle_answer(out.attempt, Err(failure));
    assert!(matches!(world.poll(&mut call), Step::Wait(_)));
    // A driver that comes too late for the next attempt.
    world.now = call.ends_by().unwrap();
    let step = world.poll(&mut call);
    assert!(
        matches!(step, Step::Done(Ok(Outcome::Unknown(_)))),
        "{step:?}"
    );

    let turned_away = [lost(Cause::Closed), answer(429, ""), answer(429, "")];
    let run = World::live().drive(&mut activate(), in_turn(turned_away));
    assert!(
        matches!(run.result, Ok(Outcome::Unknown(_))),
        "{:?}",
        run.result
    );
}

/// What a lost attempt has activated is refused by the next one.
#[test]
fn an_activation_that_may_have_been_done_never_ends_as_refused() {
    const OK: &str = r#"[{"order_id":430518872,"result_code":"OK","order_state":"ON_MARKET"}]"#;
    const REFUSED: &str = r#"[{"order_id":430518872,"result_code":"NO"}]"#;
    const MIXED: &str = r#"[{"order_id":1,"result_code":"OK"},
        {"order_id":430518872,"result_code":"ORDER_NOT_INACTIVE","order_state":"ON_MARKET"}]"#;
    let run = |replies: Vec<Reply>| {
        let mut call = Operation::new(ActivateOrders::of(ORDER, ACCOUNT));
        World::live().drive(&mut call, in_turn(replies)).result
    };
    for doubtful in [lost(Cause::Closed), answer(500, ""), Reply::Silence] {
        let refused = [answer(200, MIXED), answer(400, ""), answer(404, "")];
        for refusal in refused
            .into_iter()
            .chain([answer(401, ""), answer(409, "")])
        {
            let result = run(vec![doubtful.clone(), refusal.clone(), refusal.clone()]);
            assert!(
                matches!(result, Ok(Outcome::Unknown(_))),
                "{doubtful:?}, {refusal:?}: {result:?}"
            );
        }
        let result = run(vec![doubtful.clone(), answer(200, REFUSED)]);
        let Ok(Outcome::Unknown(unresolved)) = result else {
            panic!("{result:?}");
        };
        assert!(unresolved.to_string().contains("(NO)"), "{unresolved}");
        let result = run(vec![doubtful, answer(200, OK)]);
        assert!(matches!(result, Ok(Outcome::Accepted(_))), "{result:?}");
    }
    for status in [408, 425] {
        let result = run(vec![answer(status, ""); 3]);
        assert!(
            matches!(result, Ok(Outcome::Unknown(_))),
            "{status}: {result:?}"
        );
        let refused = vec![answer(status, ""), answer(200, MIXED)];
        let result = run(refused);
        assert!(
            matches!(result, Ok(Outcome::Unknown(_))),
            "{status}: {result:?}"
        );
    }
    // Of what was certainly not done before, a refusal says all.
    for clear in [unsent(Cause::Connect), answer(429, "")] {
        let result = run(vec![clear, answer(200, REFUSED)]);
        assert!(matches!(result, Ok(Outcome::Rejected(_))), "{result:?}");
    }
    for (status, is_refusal) in [(400, true), (403, true), (404, true), (409, false)] {
        match run(vec![answer(status, "")]) {
            Ok(Outcome::Rejected(_)) => assert!(is_refusal, "{status}"),
            Ok(Outcome::Unknown(_)) => assert!(!is_refusal, "{status}"),
            other => panic!("{status}: {other:?}"),
        }
    }
}

#[test]
fn a_call_without_a_session_needs_none() {
    let body = r#"{"message":"","system_running":true,"timestamp":0,"valid_version":true}"#;
    let mut world = World::sweden();
    let run = world.run(GetStatus::new(), always(answer(200, body)));
    assert!(run.result.unwrap().system_running);
    assert_eq!(run.sent[0].authorization, None);
    assert_eq!(world.logins(), 0);
}

#[test]
fn a_clock_that_goes_back_costs_time_only() {
    let mut world = World::live();
    let mut call = Operation::new(ListAccounts::new());
    let Step::Send(out) = world.poll(&mut call) else {
        panic!("a live session sends");
    };
    world.now -= Duration::from_secs(3600);
    assert!(matches!(world.poll(&mut call), Step::InFlight { .. }));
    let Reply::Failure(failure) = lost(Cause::Closed) else {
        unreachable!()
    };
    call.handle_answer(out.attempt, Err(failure));
    let run = world.drive(&mut call, always(answer(204, "")));
    assert!(run.result.is_ok());
    assert!(world.session.poll_timeout().is_some());
}

#[test]
fn repeats_of_a_read_are_spread_and_never_at_once() {
    let mut waits = Vec::new();
    for seed in 0..20 {
        let now = clock::start();
        let session = Session::resume(
            Config::new(Country::Sweden),
            logged_in("key"),
            [seed; 16],
            now,
        );
        let mut world = World::of(session, now);
        let run = world.run(ListAccounts::new(), always(lost(Cause::Closed)));
        let at: Vec<_> = run.sent.iter().map(|sent| sent.at).collect();
        waits.extend(at.windows(2).map(|pair| pair[1] - pair[0]));
    }
    assert!(
        waits.iter().all(|wait| *wait >= Duration::from_millis(70)),
        "{waits:?}"
    );
    waits.sort();
    waits.dedup();
    assert!(waits.len() > 40, "drawn at random");
}

#[test]
fn a_session_without_credentials_is_not_checked_on_a_suspicion() {
    let now = clock::start();
    let mut session = Session::resume(Config::new(Country::Sweden), logged_in("key"), [7; 16], now);
    let epoch = logged_in("key").epoch;
    let turn = session.poll_login(Some(epoch), now);
    assert!(matches!(turn, LoginTurn::Ready(ready) if ready.epoch == epoch));
    let expired = now + Duration::from_secs(1800);
    let turn = session.poll_login(Some(epoch), expired);
    assert!(matches!(turn, LoginTurn::Failed(LoginError::NoCredentials)));
}

#[test]
fn a_reference_that_was_written_down_is_checked_when_it_is_read() {
    let read = |text: &str| serde_json::from_str::<nordnet_proto::Reference>(text);
    assert_eq!(read(r#""rs-1""#).unwrap().as_str(), "rs-1");
    assert!(read(r#""a\nb""#).is_err());
    assert!(read(r#""""#).is_err());
}

#[test]
fn settings_of_nothing_or_without_end_do_not_panic() {
    for time in [Duration::ZERO, Duration::MAX] {
        let mut config = Config::new(Country::Sweden);
        let limits = &mut config.limits;
        limits.connect = time;
        limits.connect_stagger = time;
        limits.answer = time;
        limits.repeatable_call = time;
        limits.order_call = time;
        limits.order_answer = time;
        limits.login = time;
        limits.keep_connection = time;
        limits.max_head = 0;
        let now = clock::start();
        let session = Session::resume(config, logged_in("key"), [7; 16], now);
        let mut world = World::of(session, now);
        let _ = world.run(ListAccounts::new(), always(lost(Cause::Closed)));
        let _ = world.run(place(), always(lost(Cause::Closed)));
    }
}

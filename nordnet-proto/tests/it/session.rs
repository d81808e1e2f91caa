//! What all calls of a client share: one login, its refusal, pauses, and the
//! time an idle session lives.

use std::time::Duration;

use nordnet_proto::api::ListAccounts;
use nordnet_proto::{
    Cause, Config, Country, Epoch, Error, LoggedIn, Login, LoginError, LoginTurn, Operation,
    Session, Step,
};

use crate::clock;
use crate::driver::{
    Reply, World, always, answer, in_turn, lets_in, logged_in, lost, refuses, response, unsent,
};
use crate::order_calls::place;

const SECOND: Duration = Duration::from_secs(1);
const HALF_HOUR: Duration = Duration::from_secs(1800);

fn turn(world: &mut World) -> LoginTurn {
    world.session.poll_login(None, world.now)
}

fn drive(world: &mut World, suspect: Option<Epoch>) -> Login {
    match world.session.poll_login(suspect, world.now) {
        LoginTurn::Drive(login) => login,
        turn => panic!("{turn:?}"),
    }
}

fn empty() -> Reply {
    answer(204, "")
}

/// Polls fifty calls in turn until all have ended, as one program would.
fn run_fifty(world: &mut World) -> Vec<Result<(), Error>> {
    let mut calls: Vec<_> = (0..50)
        .map(|_| Operation::new(ListAccounts::new()))
        .collect();
    let mut ends = Vec::new();
    let mut driven = None;
    for _ in 0..20 {
        for call in &mut calls {
            match call.poll(&mut world.session, world.now) {
                Step::Login => match world.session.poll_login(None, world.now) {
                    LoginTurn::Drive(login) => {
                        assert!(driven.is_none(), "two logins at once");
                        driven = Some(login);
                    }
                    LoginTurn::Failed(error) => call.handle_login(Err(error)),
                    LoginTurn::Busy | LoginTurn::Ready(_) => {}
                },
                Step::Send(out) => {
                    let reply = Ok(response(204, "", &[]));
                    call.handle_answer(out.attempt, reply);
                }
                Step::Done(result) => ends.push(result.map(|_| ())),
                Step::Settled => {}
                step => panic!("{step:?}"),
            }
        }
        if let Some(login) = driven.take() {
            let _ = world.drive_login(login);
        }
    }
    ends
}

#[test]
fn fifty_calls_with_an_expired_session_log_in_once() {
    let mut world = World::live();
    world.wait(HALF_HOUR);
    let ends = run_fifty(&mut world);
    assert_eq!((ends.len(), world.logins()), (50, 1));
    assert!(ends.iter().all(Result::is_ok));
}

#[test]
fn fifty_calls_with_refused_credentials_try_them_once() {
    let mut world = World::sweden();
    world.login_server = Box::new(refuses());
    for _ in 0..2 {
        let ends = run_fifty(&mut world);
        assert_eq!((ends.len(), world.logins()), (50, 1));
        let refused =
            |end: &Result<(), Error>| matches!(end, Err(Error::Login(error)) if error.is_refusal());
        assert!(ends.iter().all(refused));
        world.wait(Duration::from_secs(86_400));
    }
    world.session.forgive();
    world.login_server = lets_in();
    assert!(run_fifty(&mut world).iter().all(Result::is_ok));
}

#[test]
fn a_login_that_is_dropped_frees_its_turn() {
    let mut world = World::sweden();
    let login = drive(&mut world, None);
    assert!(matches!(turn(&mut world), LoginTurn::Busy));
    drop(login);
    assert!(matches!(turn(&mut world), LoginTurn::Drive(_)));
}

#[test]
fn a_failure_is_shared_for_a_while_and_then_tried_again() {
    let mut world = World::sweden();
    world.login_server = Box::new(always(unsent(Cause::Resolve)));
    let mut pauses = Vec::new();
    for _ in 0..6 {
        let error = world.log_in().unwrap_err();
        assert!(matches!(error, LoginError::Unreachable(_)), "{error:?}");
        let (failed, logins) = (world.now, world.logins());
        while let LoginTurn::Failed(again) = turn(&mut world) {
            assert_eq!((again, world.logins()), (error.clone(), logins));
            world.wait(Duration::from_millis(50));
        }
        pauses.push(world.now - failed);
    }
    assert!(
        pauses
            .iter()
            .all(|pause| *pause >= Duration::from_millis(100)),
        "{pauses:?}"
    );
    assert!(
        pauses[0] <= SECOND + Duration::from_millis(50),
        "{pauses:?}"
    );
    assert!(
        pauses.iter().all(|pause| *pause <= SECOND * 33),
        "{pauses:?}"
    );
    world.login_server = lets_in();
    assert!(world.log_in().is_ok());
}

#[test]
fn a_401_ends_only_the_session_that_it_was_sent_with() {
    let mut world = World::live();
    let mut old = Operation::new(ListAccounts::new());
    let Step::Send(sent) = world.poll(&mut old) else {
        panic!("a live session sends");
    };
    // Meanwhile another call is refused and logs in anew.
    let other = world.run(ListAccounts::new(), in_turn([answer(401, ""), empty()]));
    assert!(other.result.is_ok());
    assert_eq!(world.logins(), 1);

    let refusal = Ok(response(401, "", &[]));
    old.handle_answer(sent.attempt, refusal);
    let run = world.drive(&mut old, always(empty()));
    assert!(run.result.is_ok());
    assert_eq!(run.sent[0].authorization, other.sent[1].authorization);
    assert_eq!(world.logins(), 1, "the new session was left alone");
}

#[test]
fn an_older_login_does_not_displace_a_newer_one() {
    let mut world = World::sweden();
    let older = world.log_in().unwrap();
    world.wait(HALF_HOUR);
    let second = world.log_in().unwrap();
    assert!(second.epoch > older.epoch);
    world.session.handle_login(Ok(older), world.now);
    assert_eq!(world.log_in().unwrap().epoch, second.epoch);
}

#[test]
fn an_idle_session_ends_and_every_call_prolongs_it() {
    let mut world = World::live();
    for _ in 0..5 {
        world.wait(HALF_HOUR - SECOND);
        assert!(
            world
                .run(ListAccounts::new(), always(empty()))
                .result
                .is_ok()
        );
    }
    assert_eq!(world.logins(), 0);
    world.wait(HALF_HOUR);
    assert!(
        world
            .run(ListAccounts::new(), always(empty()))
            .result
            .is_ok()
    );
    assert_eq!(world.logins(), 1, "without a 401 to tell");
}

#[test]
fn a_call_that_reached_nobody_prolongs_nothing() {
    for reply in [lost(Cause::Closed), answer(500, ""), answer(429, "")] {
        let mut world = World::live();
        world.wait(HALF_HOUR - SECOND * 40);
        let run = world.run(ListAccounts::new(), always(reply));
        assert!(run.result.is_err());
        world.wait(SECOND * 40);
        assert!(matches!(turn(&mut world), LoginTurn::Drive(_)));
    }
}

#[test]
fn a_session_of_any_length_can_be_taken_over() {
    let mut forever = logged_in("key");
    forever.expires_in = Duration::MAX;
    let now = clock::start();
    let session = Session::resume(Config::new(Country::Finland), forever, [7; 16], now);
    let mut world = World::of(session, now);
    world.wait(HALF_HOUR * 48 * 3650);
    assert!(
        world
            .run(ListAccounts::new(), always(empty()))
            .result
            .is_ok()
    );

    let run = world.run(ListAccounts::new(), always(answer(401, "")));
    assert!(
        matches!(run.result, Err(Error::Login(LoginError::NoCredentials))),
        "no credentials"
    );
}

fn fails_now(world: &mut World, wanted: &LoginError) {
    let run = world.run(place(), |_| panic!("nothing may be sent"));
    assert!(matches!(run.result, Err(Error::Login(error)) if error == *wanted));
}

#[test]
fn closing_logs_out_and_lets_nothing_more_happen() {
    let mut world = World::live();
    let mut logout = world.session.close(world.now).unwrap();
    fails_now(&mut world, &LoginError::LoggedOut);
    let run = world.drive(&mut logout, always(answer(200, r#"{"logged_in":false}"#)));
    assert!(run.result.is_ok());
    assert_eq!(
        run.sent[0].line,
        "DELETE https://public.nordnet.se/api/2/login"
    );
    assert!(run.sent[0].authorization.is_some());

    fails_now(&mut world, &LoginError::LoggedOut);
    world.session.forgive();
    fails_now(&mut world, &LoginError::LoggedOut);
    assert!(world.session.close(world.now).is_none());
    assert_eq!(world.session.poll_timeout(), None);
    assert_eq!(world.logins(), 0);
}

#[test]
fn closing_without_a_session_sends_nothing() {
    assert!(World::sweden().session.close(clock::start()).is_none());
}

#[test]
fn a_login_that_ends_after_the_close_gives_no_session() {
    let mut world = World::sweden();
    let login = drive(&mut world, None);
    assert!(world.session.close(world.now).is_none());
    let _ = world.drive_login(login);
    fails_now(&mut world, &LoginError::LoggedOut);
}

#[test]
fn a_logout_of_a_session_that_is_gone_is_done() {
    let mut world = World::live();
    let mut logout = world.session.close(world.now).unwrap();
    assert!(
        world
            .drive(&mut logout, always(answer(401, "")))
            .result
            .is_ok()
    );
}

mod suspect {
    use super::*;

    fn probe(world: &mut World, epoch: Epoch) -> Result<LoggedIn, LoginError> {
        let login = drive(world, Some(epoch));
        world.drive_login(login)
    }

    #[test]
    fn a_session_that_is_accepted_stays() {
        let mut world = World::live();
        let epoch = world.log_in().unwrap().epoch;
        assert_eq!(probe(&mut world, epoch).unwrap().epoch, epoch);
        assert_eq!(world.login_requests, ["PUT /api/2/login"]);
    }

    #[test]
    fn a_session_that_is_not_accepted_is_replaced() {
        for reply in [
            answer(401, ""),
            answer(200, r#"{"logged_in":false}"#),
            answer(400, r#"{"code":"INVALID_SESSION"}"#),
            answer(404, ""),
        ] {
            let mut world = World::live();
            let epoch = world.log_in().unwrap().epoch;
            let mut reply = Some(reply);
            let mut others = lets_in();
            world.login_server =
                Box::new(move |request| reply.take().unwrap_or_else(|| others(request)));
            assert!(probe(&mut world, epoch).unwrap().epoch > epoch);
            assert_eq!(world.login_requests.len(), 3);
        }
    }

    #[test]
    fn a_check_that_is_lost_ends_neither_the_session_nor_its_keep_alive() {
        let mut world = World::live();
        let epoch = world.log_in().unwrap().epoch;
        world.login_server = Box::new(always(lost(Cause::Closed)));
        assert!(matches!(
            probe(&mut world, epoch),
            Err(LoginError::Unreachable(_))
        ));
        assert_eq!(world.log_in().unwrap().epoch, epoch);
        assert!(world.session.poll_timeout().is_some());
        assert!(
            world
                .run(ListAccounts::new(), always(empty()))
                .result
                .is_ok()
        );
    }

    #[test]
    fn a_suspicion_of_an_old_session_is_of_no_matter() {
        let mut world = World::live();
        let old = world.log_in().unwrap().epoch;
        world.wait(HALF_HOUR);
        let new = world.log_in().unwrap().epoch;
        let turn = world.session.poll_login(Some(old), world.now);
        assert!(matches!(turn, LoginTurn::Ready(logged_in) if logged_in.epoch == new));
    }
}

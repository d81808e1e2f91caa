//! What a client counts.

use std::time::Duration;

use nordnet_proto::api::ListAccounts;
use nordnet_proto::{Cause, LoginTurn, Operation, SessionCounters, Step};

use crate::driver::{Reply, World, always, answer, in_turn, lets_in, lost, response, unsent};
use crate::order_calls::place;

fn count(world: &World) -> SessionCounters {
    *world.session.counters()
}

#[test]
fn calls_their_repeats_and_why_are_counted() {
    let mut world = World::sweden();
    let replies = [
        answer(401, ""),
        answer(503, ""),
        lost(Cause::Closed),
        answer(204, ""),
    ];
    world
        .run(ListAccounts::new(), in_turn(replies))
        .result
        .unwrap();
    let mut expected = SessionCounters::default();
    (expected.calls, expected.retries) = (1, 3);
    (expected.unauthorized, expected.unavailable, expected.lost) = (1, 1, 1);
    expected.logins = 2;
    assert_eq!(count(&world), expected);
    assert_eq!(expected.attempts(), 4);
}

#[test]
fn a_pause_that_another_prolongs_is_counted_once() {
    let mut world = World::live();
    let mut calls = [(); 2].map(|()| Operation::new(place()));
    let attempts = calls.each_mut().map(|call| match world.poll(call) {
        Step::Send(out) => out.attempt,
        step => panic!("{step:?}"),
    });
    for (call, attempt) in calls.iter_mut().zip(attempts) {
        call.handle_answer(attempt, Ok(response(429, "", &[("retry-after", "20")])));
        assert!(matches!(world.poll(call), Step::Done(Err(_))));
        world.wait(Duration::from_secs(5));
    }
    let counters = count(&world);
    assert_eq!((counters.calls, counters.rate_limited), (2, 2));
    assert_eq!(counters.paused, Duration::from_secs(25));
}

#[test]
fn an_order_whose_answer_is_lost_is_counted_as_unknown() {
    let mut world = World::live();
    world.run(place(), always(lost(Cause::Timeout)));
    world.run(place(), always(unsent(Cause::Connect)));
    assert_eq!(count(&world).unknown_outcomes, 1);
}

#[test]
fn logins_and_keep_alives_are_counted() {
    let mut world = World::sweden();
    let too_many = Reply::Answer(response(429, "", &[("retry-after", "60")]));
    world.login_server = Box::new(always(too_many));
    world.log_in().unwrap_err();
    let counters = count(&world);
    assert_eq!((counters.logins, counters.failed_logins), (0, 1));
    assert_eq!(counters.rate_limited, 1);
    world.wait(counters.paused + Duration::from_secs(60));

    world.login_server = lets_in();
    world.log_in().unwrap();
    world.now = world.session.poll_timeout().unwrap();
    let mut call = world.session.handle_timeout(world.now).unwrap();
    world.drive(&mut call, always(answer(200, r#"{"logged_in":true}"#)));
    let epoch = world.log_in().unwrap().epoch;
    let suspect = world.session.poll_login(Some(epoch), world.now);
    let LoginTurn::Drive(login) = suspect else {
        panic!("{suspect:?}");
    };
    world.drive_login(login).unwrap();
    let counters = count(&world);
    assert_eq!((counters.logins, counters.failed_logins), (1, 1));
    assert_eq!((counters.keep_alives, counters.calls), (1, 1));
}

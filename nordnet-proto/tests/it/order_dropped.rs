//! Order calls whose caller has gone: they are listed before anything else, and
//! nothing is claimed of them that is not certain.

use nordnet_proto::order::ResolveError;
use nordnet_proto::{
    Action, ActivateOrders, Cause, Config, Country, Doubt, Error, InvalidOrder, LoginError,
    Operation, OrderId, Outcome, Reference, Step,
};

use crate::driver::{Reply, World, always, answer, lost};
use crate::order_calls::{ACCOUNT, OK, ORDER, cancel, modify, place};

fn own() -> Reference {
    Reference::new("mine").unwrap()
}

fn doubts(world: &World) -> Vec<Doubt> {
    let unresolved = world.session.unresolved().into_iter();
    unresolved.map(|one| one.doubt).collect()
}

#[test]
fn a_call_is_listed_when_it_begins() {
    let mut world = World::sweden();
    let mut call = Operation::new(place());
    assert!(world.session.unresolved().is_empty());
    call.begin(&mut world.session, world.now).unwrap();
    assert_eq!(doubts(&world), [Doubt::NotSentYet]);
    call.begin(&mut world.session, world.now).unwrap();
    assert!(matches!(world.poll(&mut call), Step::Login));
    assert_eq!(doubts(&world), [Doubt::NotSentYet], "listed once");
}

#[test]
fn a_call_with_a_reference_in_use_does_not_begin() {
    let mut world = World::sweden();
    let mut first = Operation::new(place().with_reference(own()));
    first.begin(&mut world.session, world.now).unwrap();
    let mut second = Operation::new(place().with_reference(own()));
    let in_use = Error::Invalid(InvalidOrder::ReferenceInUse).to_string();
    let error = second.begin(&mut world.session, world.now).unwrap_err();
    assert_eq!(error.to_string(), in_use);
    // Whoever polls it all the same is told so too.
    let Step::Done(Err(error)) = world.poll(&mut second) else {
        panic!("it has begun");
    };
    assert_eq!(error.to_string(), in_use);
}

#[test]
fn a_call_that_is_dropped_before_its_bytes_leave_was_not_sent() {
    let mut world = World::sweden();
    let mut call = Operation::new(place().with_reference(own()));
    assert!(matches!(world.poll(&mut call), Step::Login));
    drop(call);
    assert!(world.session.unresolved().is_empty());
    let outcome = world.session.outcome(&own()).unwrap();
    assert!(
        matches!(&outcome, Err(Error::NotSent(failure)) if failure.cause == Cause::Dropped),
        "{outcome:?}"
    );
    // So its reference is free.
    let mut again = Operation::new(place().with_reference(own()));
    again.begin(&mut world.session, world.now).unwrap();
}

#[test]
fn a_call_that_is_dropped_in_flight_stays_unresolved() {
    let mut world = World::live();
    let mut call = Operation::new(place().with_reference(own()));
    let step = world.poll(&mut call);
    assert_eq!(doubts(&world), [Doubt::InFlight]);
    drop((step, call));
    let [Doubt::Lost(failure)] = &doubts(&world)[..] else {
        panic!("{:?}", doubts(&world));
    };
    assert!(failure.sent && failure.cause == Cause::Dropped);
    // Later calls do not push it out.
    for _ in 0..1100 {
        assert!(world.run(place(), always(answer(200, OK))).result.is_ok());
    }
    assert_eq!(doubts(&world).len(), 1);
    assert!(world.session.resolve(&own(), world.now).is_ok());
    assert!(doubts(&world).is_empty());
}

#[test]
fn a_call_is_abandoned_with_what_is_certain_of_it() {
    let mut world = World::live();
    let now = world.now;
    let mut unsent = Operation::new(place());
    unsent.begin(&mut world.session, now).unwrap();
    let result = unsent.abandon(&mut world.session, now);
    assert!(matches!(result, Err(Error::NotSent(_))), "{result:?}");

    let mut in_flight = Operation::new(place());
    let Step::Send(out) = world.poll(&mut in_flight) else {
        panic!("it is not sent");
    };
    let result = in_flight.abandon(&mut world.session, now);
    let Ok(Outcome::Unknown(unresolved)) = result else {
        panic!("{result:?}");
    };
    assert!(matches!(&unresolved.doubt, Doubt::Lost(lost) if lost.cause == Cause::Dropped));
    assert_eq!(world.session.unresolved(), [unresolved]);

    let mut answered = Operation::new(modify());
    let Step::Send(out_too) = world.poll(&mut answered) else {
        panic!("it is not sent");
    };
    let Reply::Answer(ok) = answer(200, OK) else {
        unreachable!()
    };
    assert_eq!(out.attempt, out_too.attempt);
    answered.handle_answer(out_too.attempt, Ok(ok));
    let result = answered.abandon(&mut world.session, now);
    assert!(matches!(result, Ok(Outcome::Accepted(_))), "{result:?}");
    assert_eq!(world.session.unresolved().len(), 1);
}

/// Its first attempt may have taken effect, whatever becomes of the next.
#[test]
fn a_cancellation_abandoned_between_its_attempts_is_unknown() {
    let mut world = World::live();
    let mut call = Operation::new(cancel());
    let Step::Send(out) = world.poll(&mut call) else {
        panic!("it is not sent");
    };
    let Reply::Failure(failure) = lost(Cause::Closed) else {
        unreachable!()
    };
    call.handle_answer(out.attempt, Err(failure));
    assert!(matches!(world.poll(&mut call), Step::Wait(_)));
    let result = call.abandon(&mut world.session, world.now);
    assert!(matches!(result, Ok(Outcome::Unknown(_))), "{result:?}");
}

#[test]
fn a_call_in_flight_cannot_be_resolved() {
    let mut world = World::sweden();
    let mut call = Operation::new(place().with_reference(own()));
    let resolve = |world: &mut World| world.session.resolve(&own(), world.now);
    assert_eq!(resolve(&mut world), Err(ResolveError::NotUnresolved));
    assert!(matches!(world.poll(&mut call), Step::Login));
    assert_eq!(resolve(&mut world), Err(ResolveError::InFlight));
    world.log_in().unwrap();
    let Step::Send(out) = world.poll(&mut call) else {
        panic!("it is not sent");
    };
    assert_eq!(resolve(&mut world), Err(ResolveError::InFlight));
    let mut twice = Operation::new(place().with_reference(own()));
    assert!(twice.begin(&mut world.session, world.now).is_err());

    let Reply::Answer(ok) = answer(200, OK) else {
        unreachable!()
    };
    call.handle_answer(out.attempt, Ok(ok));
    assert!(matches!(world.poll(&mut call), Step::Done(Ok(_))));
    assert_eq!(resolve(&mut world), Err(ResolveError::NotUnresolved));
}

/// Also those that nobody gave a reference of their own.
#[test]
fn the_outcomes_of_all_calls_can_be_read_back() {
    let mut world = World::live();
    let _ = world.run(place(), always(answer(200, OK)));
    let _ = world.run(cancel(), always(answer(404, "")));
    let _ = world.run(modify(), always(lost(Cause::Closed)));
    let _ = world.run(place(), always(answer(401, "")));
    let mut last = Operation::new(place());
    let _ = world.poll(&mut last);

    let outcomes = world.session.outcomes();
    let [placed, cancelled, modified, refused, in_flight] = &outcomes[..] else {
        panic!("{outcomes:?}");
    };
    assert!(
        matches!(&placed.result, Ok(Outcome::Accepted(accepted)) if accepted.order_id == ORDER)
    );
    assert!(matches!(placed.intent.action, Action::Place { .. }));
    assert!(matches!(&cancelled.result, Ok(Outcome::Rejected(no)) if no.is_already_gone()));
    assert!(matches!(&modified.result, Ok(Outcome::Unknown(_))));
    assert!(matches!(refused.result, Err(Error::SessionEnded)));
    assert!(
        matches!(&in_flight.result, Ok(Outcome::Unknown(unresolved)) if unresolved.doubt != Doubt::InFlight)
    );
    assert_eq!(
        placed.intent.reference,
        *placed.result.as_ref().unwrap().reference()
    );
}

#[test]
fn no_order_call_begins_once_a_logout_has() {
    let mut world = World::live();
    let mut begun = Operation::new(place());
    begun.begin(&mut world.session, world.now).unwrap();
    let close_by = world.session.refuse_orders(world.now);
    assert_eq!((close_by - world.now).as_secs(), 15);

    for refused in [
        world.run(place(), always(answer(200, OK))),
        world.run(modify(), always(answer(200, OK))),
        world.run(cancel(), always(answer(200, OK))),
    ] {
        assert!(refused.sent.is_empty());
        let logged_out = matches!(refused.result, Err(Error::Login(LoginError::LoggedOut)));
        assert!(logged_out, "{:?}", refused.result);
    }
    // What has begun goes on.
    let run = world.drive(&mut begun, always(answer(200, OK)));
    assert!(matches!(run.result, Ok(Outcome::Accepted(_))));
}

fn activate() -> ActivateOrders {
    ActivateOrders::of_all([ORDER, OrderId::new(1)], ACCOUNT)
}

/// What one list of verdicts means for an activation of two orders.
fn activated(verdicts: &str) -> Outcome {
    let run = World::live().run(activate(), always(answer(200, verdicts)));
    run.result.unwrap()
}

#[test]
fn an_activation_is_listed_recorded_and_remembered_like_an_order() {
    let mut config = Config::new(Country::Sweden);
    config.record_intents = true;
    let mut world = World::new(config);
    world.log_in().unwrap();
    let mut call = Operation::new(activate().with_reference(own()));
    let Step::Record(intent) = world.poll(&mut call) else {
        panic!("it is not recorded");
    };
    assert_eq!(
        intent.to_string(),
        "activate order 430518872, order 1 in account 60012345 (mine)"
    );
    assert_eq!(doubts(&world), [Doubt::NotSentYet]);
    call.handle_recorded(Ok(()));
    let run = world.drive(&mut call, always(lost(Cause::Closed)));
    assert_eq!(run.sent.len(), 3);
    let Ok(Outcome::Unknown(unresolved)) = run.result else {
        panic!("{:?}", run.result);
    };
    assert_eq!(unresolved.intent, intent);
    assert_eq!(world.session.unresolved(), [unresolved]);
    assert!(matches!(
        world.session.outcome(&own()),
        Some(Ok(Outcome::Unknown(_)))
    ));
}

#[test]
fn an_activation_is_accepted_with_a_verdict_on_each_order() {
    let outcome = activated(
        r#"[{"order_id":1,"result_code":"NO"},{"order_id":430518872,"result_code":"OK"}]"#,
    );
    let Outcome::Accepted(accepted) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(accepted.order_id, ORDER);
    assert_eq!(accepted.verdicts.len(), 2);
    assert!(accepted.verdicts[0].is_refused() && accepted.verdicts[1].is_ok());
}

#[test]
fn an_activation_is_rejected_only_if_every_order_was_refused() {
    let refused = r#"{"order_id":1,"result_code":"NO"}"#;
    for (other, is_rejected) in [
        (r#"{"order_id":430518872,"result_code":"NO"}"#, true),
        (
            r#"{"order_id":430518872,"result_code":"NO","order_state":"LOCAL"}"#,
            true,
        ),
        // Live already.
        (
            r#"{"order_id":430518872,"result_code":"NO","order_state":"ON_MARKET"}"#,
            false,
        ),
        // About other orders, or about none.
        (r#"{"order_id":2,"result_code":"NO"}"#, false),
        (refused, false),
        (r#"{"order_id":430518872}"#, false),
        ("null", false),
    ] {
        let outcome = activated(&format!("[{refused},{other}]"));
        match outcome {
            Outcome::Rejected(_) => assert!(is_rejected, "{other}"),
            Outcome::Unknown(_) => assert!(!is_rejected, "{other}"),
            Outcome::Accepted(_) => panic!("{other}"),
        }
    }
    for body in ["[]", "{}", "", "null"] {
        assert!(matches!(activated(body), Outcome::Unknown(_)), "{body}");
    }
}

/// A status that refuses, over a list that says that an order was activated.
#[test]
fn an_activation_that_contradicts_its_status_is_unknown() {
    let body = r#"[{"order_id":1,"result_code":"NO"},{"order_id":430518872,"result_code":"OK"}]"#;
    for status in [400, 401, 403, 404] {
        let run = World::live().run(activate(), always(answer(status, body)));
        let result = run.result;
        assert!(matches!(result, Ok(Outcome::Unknown(_))), "{result:?}");
    }
}

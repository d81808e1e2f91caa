//! What the list of unresolved calls says of those that are held up.

use nordnet_proto::{Doubt, Error, InvalidOrder, LoginError, Operation, Outcome, Reference, Step};

use crate::driver::{World, always, answer};
use crate::order_calls::{OK, cancel, place};

fn own() -> Reference {
    Reference::new("mine").unwrap()
}

/// Whoever drops a call that waits for a login must find it: it will be placed.
#[test]
fn an_order_that_waits_for_a_login_is_listed_as_not_sent_yet() {
    let mut world = World::sweden();
    let mut call = Operation::new(place().with_reference(own()));
    assert!(matches!(world.poll(&mut call), Step::Login));
    let unresolved = world.session.unresolved();
    assert_eq!(unresolved.len(), 1);
    assert_eq!(unresolved[0].doubt, Doubt::NotSentYet);

    call.handle_login(Err(LoginError::OutOfTime));
    assert!(matches!(
        world.poll(&mut call),
        Step::Done(Err(Error::Login(_)))
    ));
    assert!(world.session.unresolved().is_empty());
    let outcome = world.session.outcome(&own());
    assert!(matches!(outcome, Some(Err(Error::Login(_)))), "{outcome:?}");
}

#[test]
fn a_reference_is_not_used_again_after_its_order_was_accepted() {
    let mut world = World::live();
    let refused = world.run(
        place().with_reference(own()),
        always(answer(200, r#"{"order_id":0,"result_code":"NO"}"#)),
    );
    assert!(matches!(refused.result, Ok(Outcome::Rejected(_))));

    let again = world.run(place().with_reference(own()), always(answer(200, OK)));
    let Ok(Outcome::Accepted(accepted)) = again.result else {
        panic!("a reference whose order was refused is free");
    };
    assert_eq!(accepted.reference, own());

    let twice = world.run(place().with_reference(own()), always(answer(200, OK)));
    assert!(matches!(
        twice.result,
        Err(Error::Invalid(InvalidOrder::ReferenceInUse))
    ));
    assert!(twice.sent.is_empty());
    let outcome = world.session.outcome(&own());
    assert!(
        matches!(outcome, Some(Ok(Outcome::Accepted(_)))),
        "the first one's stands"
    );
}

#[test]
fn a_cancellation_can_be_asked_for_by_a_handle_of_ones_own() {
    let mut world = World::live();
    let run = world.run(cancel().with_reference(own()), always(answer(200, OK)));
    assert_eq!(run.sent[0].body, "");
    let outcome = world.session.outcome(&own()).unwrap().unwrap();
    assert_eq!(outcome.reference(), &own());
}

//! References, the list of unresolved order calls, and recorded intents.

use std::collections::BTreeSet;
use std::time::Duration;

use nordnet_proto::api::ListAccounts;
use nordnet_proto::{
    Action, Cause, Config, Country, Doubt, Error, InvalidOrder, Operation, Outcome, PlaceOrder,
    Reference, Step, Unresolved,
};

use crate::driver::{Reply, World, always, answer, lost, unsent};
use crate::order_calls::{OK, ORDER, cancel, modify, place};

fn own(text: &str) -> Reference {
    Reference::new(text).unwrap()
}

fn only(world: &World) -> Unresolved {
    let mut unresolved = world.session.unresolved();
    assert_eq!(unresolved.len(), 1, "{unresolved:?}");
    unresolved.remove(0)
}

/// The reference in the form of an order.
fn sent_reference(body: &str) -> Reference {
    own(body.split_once("&reference=").unwrap().1)
}

#[test]
fn an_order_without_a_reference_gets_a_unique_short_one() {
    let mut world = World::live();
    let mut seen = BTreeSet::new();
    for _ in 0..200 {
        let run = world.run(place(), always(answer(200, OK)));
        let reference = sent_reference(&run.sent[0].body);
        assert!(reference.as_str().len() <= 28, "{reference}");
        assert!(reference.as_str().starts_with("rs-"), "{reference}");
        assert!(seen.insert(reference));
    }
}

#[test]
fn a_reference_of_ones_own_is_sent_as_it_is() {
    let order = place().with_reference(own("rebal 0317/a"));
    let run = World::live().run(order, always(answer(200, OK)));
    assert!(run.sent[0].body.ends_with("&reference=rebal%200317%2Fa"));
}

#[test]
fn changes_and_cancellations_send_no_reference() {
    let mut world = World::live();
    assert_eq!(
        world.run(modify(), always(answer(200, OK))).sent[0].body,
        "volume=100"
    );
    assert_eq!(
        world.run(cancel(), always(answer(200, OK))).sent[0].body,
        ""
    );
}

#[test]
fn an_order_is_unresolved_from_its_bytes_until_its_verdict() {
    let mut world = World::live();
    let mut call = Operation::new(place());
    assert!(world.session.unresolved().is_empty());
    let Step::Send(out) = world.poll(&mut call) else {
        panic!("a live session sends");
    };
    let unresolved = only(&world);
    assert_eq!(unresolved.doubt, Doubt::InFlight);
    let outcome = world
        .session
        .outcome(&unresolved.reference)
        .unwrap()
        .unwrap();
    assert_eq!(outcome, Outcome::Unknown(unresolved.clone()));

    let Reply::Answer(verdict) = answer(200, OK) else {
        unreachable!()
    };
    call.handle_answer(out.attempt, Ok(verdict));
    assert!(matches!(world.poll(&mut call), Step::Done(Ok(_))));
    assert!(world.session.unresolved().is_empty());
    let outcome = world
        .session
        .outcome(&unresolved.reference)
        .unwrap()
        .unwrap();
    assert!(matches!(outcome, Outcome::Accepted(reply) if reply.order_id == ORDER));
}

#[test]
fn an_unknown_outcome_stays_listed_until_it_is_resolved() {
    let mut world = World::live();
    let order = place().with_reference(own("mine"));
    let run = world.run(order, always(lost(Cause::Timeout)));
    let Ok(Outcome::Unknown(unresolved)) = run.result else {
        panic!("{:?}", run.result);
    };
    assert_eq!(only(&world), unresolved);
    assert_eq!(unresolved.reference, own("mine"));
    assert!(matches!(
        unresolved.intent.action,
        Action::Place { volume: 200, .. }
    ));
    assert!(matches!(unresolved.doubt, Doubt::Lost(_)));

    let resolved = world.session.resolve(&own("mine"), world.now);
    assert_eq!(resolved, Ok(unresolved));
    assert!(world.session.unresolved().is_empty());
    assert!(world.session.outcome(&own("mine")).is_none());
}

#[test]
fn what_was_certainly_not_placed_is_not_listed() {
    for reply in [
        unsent(Cause::Connect),
        answer(401, ""),
        answer(429, ""),
        answer(400, ""),
    ] {
        let mut world = World::live();
        let _ = world.run(place().with_reference(own("mine")), always(reply.clone()));
        assert!(world.session.unresolved().is_empty(), "{reply:?}");
        assert!(world.session.outcome(&own("mine")).is_some(), "{reply:?}");
    }
}

#[test]
fn a_reference_in_use_is_refused_and_its_owner_left_alone() {
    let mut world = World::live();
    let first = place().with_reference(own("mine"));
    let _ = world.run(first, always(lost(Cause::Closed)));
    let before = only(&world);

    let second = place().with_reference(own("mine"));
    let run = world.run(second, always(answer(200, OK)));
    assert!(matches!(
        run.result,
        Err(Error::Invalid(InvalidOrder::ReferenceInUse))
    ));
    assert!(run.sent.is_empty());
    assert_eq!(only(&world), before);

    let _ = world.session.resolve(&own("mine"), world.now);
    let third = place().with_reference(own("mine"));
    let run = world.run(third, always(answer(200, OK)));
    assert!(
        matches!(
            run.result,
            Err(Error::Invalid(InvalidOrder::ReferenceInUse))
        ),
        "the first one may exist: {:?}",
        run.result
    );
}

/// An order lives for a day, so its reference is in use for a day, however many
/// orders follow.
#[test]
fn the_reference_of_an_accepted_order_stays_in_use_for_a_day() {
    let mut world = World::live();
    let mine = || place().with_reference(own("mine"));
    assert!(world.run(mine(), always(answer(200, OK))).result.is_ok());
    for _ in 0..1100 {
        assert!(world.run(place(), always(answer(200, OK))).result.is_ok());
    }
    let day = Duration::from_secs(24 * 60 * 60);
    world.wait(day - Duration::from_secs(120));
    let twice = world.run(mine(), always(answer(200, OK)));
    assert!(twice.sent.is_empty(), "{:?}", twice.result);

    world.wait(Duration::from_secs(120));
    assert!(world.run(mine(), always(answer(200, OK))).result.is_ok());
}

#[test]
fn the_latest_thousand_outcomes_are_remembered() {
    let mut world = World::live();
    for number in 0..1100 {
        let order = place().with_reference(own(&format!("r{number}")));
        assert!(world.run(order, always(answer(200, OK))).result.is_ok());
    }
    assert!(world.session.outcome(&own("r0")).is_none());
    assert!(world.session.outcome(&own("r1099")).is_some());
    assert!(world.session.outcome(&own("r100")).is_some());
}

fn recording() -> World {
    let mut config = Config::new(Country::Sweden);
    config.record_intents = true;
    let mut world = World::new(config);
    world.log_in().unwrap();
    world
}

#[test]
fn an_intent_is_recorded_before_anything_is_sent() {
    let mut world = recording();
    let mut call = Operation::new(place().with_reference(own("mine")));
    let Step::Record(intent) = world.poll(&mut call) else {
        panic!("nothing may be sent before the record");
    };
    assert_eq!(intent.reference, own("mine"));
    assert_eq!(only(&world).doubt, Doubt::NotSentYet);
    call.handle_recorded(Ok(()));
    assert!(matches!(world.poll(&mut call), Step::Send(_)));
    assert_eq!(only(&world).intent, intent);

    let json = serde_json::to_string(&intent).unwrap();
    assert_eq!(
        json,
        r#"{"reference":"mine","account":60012345,"action":{"Place":{"tradable":{"market_id":11,"identifier":"101"},"side":"BUY","volume":200,"terms":{"Limit":{"price":{"value":"86.50","currency":"SEK"}}}}}}"#
    );
}

#[test]
fn an_order_that_cannot_be_recorded_is_not_sent() {
    let mut world = recording();
    let mut call = Operation::new(place());
    assert!(matches!(world.poll(&mut call), Step::Record(_)));
    call.handle_recorded(Err("disk full".into()));
    let Step::Done(Err(Error::NotRecorded(reason))) = world.poll(&mut call) else {
        panic!("the order has to fail");
    };
    assert_eq!(reason, "disk full");
    assert!(world.session.unresolved().is_empty());
    let run = world.run(ListAccounts::new(), always(answer(204, "")));
    assert!(run.result.is_ok(), "reads are not recorded");
}

#[test]
fn a_record_that_fails_too_late_changes_nothing() {
    let mut world = World::live();
    let mut call = Operation::new(place());
    let Step::Send(_) = world.poll(&mut call) else {
        panic!("a live session sends");
    };
    call.handle_recorded(Err("late".into()));
    assert!(matches!(world.poll(&mut call), Step::InFlight { .. }));
    assert_eq!(only(&world).doubt, Doubt::InFlight);
}

#[test]
fn late_answers_to_old_attempts_are_ignored() {
    let mut world = World::live();
    let mut call = Operation::new(place());
    let Step::Send(out) = world.poll(&mut call) else {
        panic!("a live session sends");
    };
    world.now = out.answer_by;
    let Step::Done(Ok(Outcome::Unknown(_))) = world.poll(&mut call) else {
        panic!("nobody answered in time");
    };
    let Reply::Answer(verdict) = answer(200, OK) else {
        unreachable!()
    };
    call.handle_answer(out.attempt, Ok(verdict));
    assert!(matches!(world.poll(&mut call), Step::Settled));
    assert_eq!(world.session.unresolved().len(), 1, "still to be looked up");
}

#[test]
fn a_deadline_of_ones_own_holds_however_long_it_is() {
    let short = Operation::new(ListAccounts::new()).within(Duration::from_secs(3));
    let mut world = World::live();
    let run = world.drive(&mut { short }, always(Reply::Silence));
    assert_eq!(run.took, Duration::from_secs(3));
    let mut world = World::live();
    let mut long = Operation::new(ListAccounts::new()).within(Duration::MAX);
    assert!(
        world
            .drive(&mut long, always(answer(204, "")))
            .result
            .is_ok()
    );
}

#[test]
fn an_order_that_breaks_a_rule_is_not_built() {
    use nordnet_proto::api::Amount;
    use nordnet_proto::{AccountNumber, Decimal, ModifyOrder, TradableId};
    let build = |volume, price: i64, currency: &str| {
        let price = Amount::new(Decimal::new(price, 2), currency);
        PlaceOrder::sell(
            volume,
            TradableId::new(11, "101"),
            price,
            AccountNumber::new(1),
        )
    };
    assert!(build(1, 1, "SEK").is_ok());
    assert_eq!(build(0, 1, "SEK").unwrap_err(), InvalidOrder::Volume);
    assert_eq!(build(u64::MAX, 1, "SEK").unwrap_err(), InvalidOrder::Volume);
    assert_eq!(build(1, 0, "SEK").unwrap_err(), InvalidOrder::Price);
    assert_eq!(build(1, -5, "SEK").unwrap_err(), InvalidOrder::Price);
    assert_eq!(build(1, 1, "").unwrap_err(), InvalidOrder::Currency);
    let nothing = ModifyOrder::new(ORDER, None, None, AccountNumber::new(1));
    assert_eq!(nothing.unwrap_err(), InvalidOrder::NothingToChange);
    for text in ["", "a\nb", "å", &"x".repeat(51)] {
        assert_eq!(
            Reference::new(text),
            Err(InvalidOrder::Reference),
            "{text:?}"
        );
    }
}

#[test]
fn a_verdict_on_another_order_settles_nothing() {
    let other = OK.replace(&ORDER.to_string(), "999");
    assert_ne!(other, OK);
    let run = World::live().run(cancel(), always(answer(200, &other)));
    let Ok(Outcome::Unknown(unresolved)) = run.result else {
        panic!("{:?}", run.result);
    };
    assert!(unresolved.doubt.to_string().contains("order 999"));
}

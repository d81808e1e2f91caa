//! Orders: sent at most once, and never forgotten.

use std::thread;
use std::time::Duration;

use nordnet_blocking::api::ListOrders;
use nordnet_blocking::{AccountMessage, CancelOrder, Error, Event, Outcome};
use nordnet_sim::{Answer, Cut};

use crate::support::{ACCOUNT, builder, in_less, placed, resting_order, server, trader, until};

#[test]
fn places_an_order_sees_it_on_the_feed_and_cancels_it() {
    let server = server();
    let nordnet = trader(&server);
    let mut feed = nordnet.account_feed().unwrap();
    until(&mut feed, |event| {
        matches!(event, Event::Live { .. }).then_some(())
    });
    let Outcome::Accepted(reply) = nordnet.send(resting_order("rest-1")).unwrap() else {
        panic!("not accepted");
    };
    let update = until(&mut feed, |event| match event {
        Event::Message(AccountMessage::Order(order)) => Some(order),
        _ => None,
    });
    assert_eq!(
        (update.order_id, update.reference.as_deref()),
        (reply.order_id, Some("rest-1"))
    );
    let orders = nordnet.send(ListOrders::of(ACCOUNT)).unwrap();
    assert!(orders.iter().any(|order| order.order_id == reply.order_id));
    let cancel = CancelOrder::new(reply.order_id, ACCOUNT);
    assert!(matches!(
        nordnet.send(cancel).unwrap(),
        Outcome::Accepted(_)
    ));
}

#[test]
fn an_order_whose_response_is_lost_is_unknown_and_listed() {
    let server = server();
    let nordnet = trader(&server);
    for cut in [Cut::Clean, Cut::Abrupt, Cut::Reset] {
        let lost = Answer::lost(cut);
        server.control().respond("place_order", 1, lost).unwrap();
        let reference = format!("lost-{cut:?}");
        let Outcome::Unknown(unresolved) = nordnet.send(resting_order(&reference)).unwrap() else {
            panic!("its outcome is not known");
        };
        assert_eq!(nordnet.unresolved(), std::slice::from_ref(&unresolved));
        assert_eq!(
            placed(&server, &reference),
            1,
            "it is live, and was not sent again"
        );
        assert_eq!(nordnet.resolve(&unresolved.reference), Ok(unresolved));
    }
}

#[test]
fn an_order_is_not_sent_again_after_a_session_has_expired() {
    let server = server();
    let nordnet = trader(&server);
    server.control().expire_sessions();
    assert!(nordnet.send(resting_order("late-1")).is_err());
    assert_eq!(placed(&server, "late-1"), 0);
    let again = nordnet.send(resting_order("late-1"));
    assert!(matches!(again, Ok(Outcome::Accepted(_))));
    assert_eq!(placed(&server, "late-1"), 1);
}

#[test]
fn an_order_for_a_server_that_is_gone_is_not_sent() {
    let server = server();
    // On a kept connection the order might have arrived: that would be unknown.
    let nordnet = builder(&server)
        .configure(|config| config.limits.kept_connections = 0)
        .trading()
        .login()
        .unwrap();
    drop(server);
    let order = || nordnet.send(resting_order("nobody-1"));
    let error = in_less(Duration::from_secs(5), order).unwrap_err();
    assert!(matches!(error, Error::NotSent(_)), "{error}");
    assert!(nordnet.unresolved().is_empty());
}

#[test]
fn an_order_is_not_sent_if_the_journal_fails_or_hangs() {
    let server = server();
    let full = |_: &_| Err("disk full".into());
    let nordnet = builder(&server).trading().journal(full).login().unwrap();
    let error = nordnet.send(resting_order("journal-1")).unwrap_err();
    assert!(error.to_string().contains("disk full"), "{error}");

    let slow = |_: &_| {
        thread::sleep(Duration::from_secs(5));
        Ok(())
    };
    let nordnet = builder(&server).trading().journal(slow).login().unwrap();
    let order = || nordnet.send_within(resting_order("journal-2"), Duration::from_millis(200));
    assert!(in_less(Duration::from_secs(2), order).is_err());
    assert_eq!(
        placed(&server, "journal-1") + placed(&server, "journal-2"),
        0
    );
}

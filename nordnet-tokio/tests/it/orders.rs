//! Orders: sent at most once, and never forgotten.

use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use nordnet_sim::{Answer, Cut, Server};
use nordnet_tokio::api::ListOrders;
use nordnet_tokio::{AccountMessage, CancelOrder, Error, Event, Outcome, Reference};
use tokio::runtime::Runtime;

use crate::support::{ACCOUNT, builder, resting_order, server, trader, until};

fn placed(server: &Server, reference: &str) -> usize {
    let orders = server.control().orders();
    orders
        .iter()
        .filter(|order| order.reference.as_deref() == Some(reference))
        .count()
}

#[tokio::test]
async fn places_an_order_sees_it_on_the_feed_and_cancels_it() {
    let server = server();
    let nordnet = trader(&server).await;
    let mut feed = nordnet.account_feed().unwrap();
    until(&mut feed, |event| {
        matches!(event, Event::Live { .. }).then_some(())
    })
    .await;

    let Outcome::Accepted(reply) = nordnet.send(resting_order("rest-1")).await.unwrap() else {
        panic!("not accepted");
    };
    let update = until(&mut feed, |event| match event {
        Event::Message(AccountMessage::Order(order)) => Some(order),
        _ => None,
    })
    .await;
    assert_eq!(
        (update.order_id, update.reference.as_deref()),
        (reply.order_id, Some("rest-1"))
    );
    assert!(nordnet.unresolved().is_empty());

    let orders = nordnet.send(ListOrders::of(ACCOUNT)).await.unwrap();
    assert_eq!(
        orders
            .iter()
            .filter(|order| order.order_id == reply.order_id)
            .count(),
        1
    );

    let cancel = CancelOrder::new(reply.order_id, ACCOUNT);
    assert!(matches!(
        nordnet.send(cancel).await.unwrap(),
        Outcome::Accepted(_)
    ));
}

#[tokio::test]
async fn an_order_whose_response_is_lost_is_unknown_and_listed() {
    let server = server();
    let nordnet = trader(&server).await;
    server
        .control()
        .respond("place_order", 1, Answer::lost(Cut::Clean))
        .unwrap();

    let Outcome::Unknown(unresolved) = nordnet.send(resting_order("lost-1")).await.unwrap() else {
        panic!("its outcome is not known");
    };
    assert_eq!(nordnet.unresolved(), std::slice::from_ref(&unresolved));
    assert_eq!(
        placed(&server, "lost-1"),
        1,
        "it is live, and was not sent again"
    );

    assert_eq!(nordnet.resolve(&unresolved.reference), Ok(unresolved));
    assert!(nordnet.unresolved().is_empty());
}

#[tokio::test]
async fn an_order_is_not_sent_again_after_a_session_has_expired() {
    let server = server();
    let nordnet = trader(&server).await;
    server.control().expire_sessions();
    assert!(nordnet.send(resting_order("late-1")).await.is_err());
    assert_eq!(placed(&server, "late-1"), 0);
    assert!(matches!(
        nordnet.send(resting_order("late-1")).await,
        Ok(Outcome::Accepted(_))
    ));
    assert_eq!(placed(&server, "late-1"), 1);
}

#[tokio::test]
async fn an_order_is_not_sent_if_the_journal_fails() {
    let server = server();
    let full = |_: &_| Err("disk full".into());
    let nordnet = builder(&server)
        .trading()
        .journal(full)
        .login()
        .await
        .unwrap();
    let error = nordnet.send(resting_order("journal-1")).await.unwrap_err();
    assert!(error.to_string().contains("disk full"), "{error}");
    assert_eq!(placed(&server, "journal-1"), 0);
}

/// The runtime drops every task that is spawned on it from then on.
#[test]
fn an_order_on_a_runtime_that_was_shut_down_is_not_sent() {
    let server = server();
    let runtime = Runtime::new().unwrap();
    let nordnet = runtime.block_on(trader(&server));
    let handle = runtime.handle().clone();
    runtime.shutdown_background();
    let mut call = Box::pin(nordnet.send(resting_order("late-2")));
    let result = Runtime::new().unwrap().block_on(poll_fn(|cx| {
        let _inside = handle.enter();
        call.as_mut().poll(cx)
    }));
    assert!(matches!(result, Err(Error::NotSent(_))), "{result:?}");
    let reference = Reference::new("late-2").unwrap();
    let outcome = nordnet.outcome(&reference);
    assert!(
        matches!(outcome, Some(Err(Error::NotSent(_)))),
        "{outcome:?}"
    );
    assert_eq!(nordnet.unresolved(), []);
    assert_eq!(placed(&server, "late-2"), 0);
}

/// A request that the runtime has may have been sent.
#[test]
fn an_order_in_flight_when_its_runtime_is_shut_down_is_unknown() {
    let server = server();
    let runtime = Runtime::new().unwrap();
    let nordnet = runtime.block_on(trader(&server));
    let never = Answer::ordinary().late(Duration::from_secs(600));
    server.control().respond("place_order", 1, never).unwrap();
    let mut call = Box::pin(nordnet.send(resting_order("shut-1")));
    let other = Runtime::new().unwrap();
    other.block_on(async {
        let pending = poll_fn(|cx| {
            let _inside = runtime.handle().enter();
            Poll::Ready(call.as_mut().poll(cx).is_pending())
        });
        assert!(pending.await);
        while placed(&server, "shut-1") == 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    });
    runtime.shutdown_background();
    let Ok(Outcome::Unknown(unresolved)) = other.block_on(call) else {
        panic!("its outcome is not known");
    };
    assert_eq!(nordnet.unresolved(), [unresolved]);
}

//! Orders: never twice, never lost without a word.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use nordnet_sim::{Answer, Cut, Server};
use nordnet_tokio::api::ListOrders;
use nordnet_tokio::{AccountMessage, CancelOrder, Client, Event, Outcome, Reference, Trading};
use tokio::time::{sleep, timeout};

use crate::support::{ACCOUNT, builder, resting_order, server, trader, until};

fn placed(server: &Server, reference: &str) -> usize {
    let orders = server.control().orders();
    orders
        .iter()
        .filter(|order| order.reference.as_deref() == Some(reference))
        .count()
}

#[tokio::test]
async fn a_resting_order_is_placed_seen_and_cancelled() {
    let server = server();
    let nordnet = trader(&server).await;
    let mut feed = nordnet.account_feed().unwrap();
    until(&mut feed, |event| {
        matches!(event, Event::Connected { .. }).then_some(())
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
async fn an_order_whose_answer_is_lost_is_unknown_and_listed() {
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

    assert_eq!(nordnet.resolve(&unresolved.reference), Some(unresolved));
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

/// Drops the future of an order call after its n-th poll, for every n: on a
/// session that is up, and where a login and a connection have to come first.
#[tokio::test]
async fn dropping_the_future_at_any_poll_loses_and_repeats_nothing() {
    let server = server();
    let live = trader(&server).await;
    let mut polls = 0;
    while !drop_after(polls, &server, &live, "live").await {
        polls += 1;
        assert!(polls < 1000, "the call never ends");
    }
    for polls in 0..12 {
        let fresh = builder(&server).trading().open().await.unwrap();
        drop_after(polls, &server, &fresh, "fresh").await;
    }
}

/// Says whether the call was done before its future was dropped.
async fn drop_after(polls: usize, server: &Server, nordnet: &Client<Trading>, tag: &str) -> bool {
    let reference = format!("{tag}-{polls}");
    let done = poll_times(nordnet.send(resting_order(&reference)), polls).await;
    if polls > 0 {
        let outcome = settled(nordnet, &reference).await;
        assert!(
            matches!(outcome, Outcome::Accepted(_)),
            "{polls}: {outcome:?}"
        );
    }
    assert!(nordnet.settle().await.is_empty());
    assert_eq!(
        placed(server, &reference),
        usize::from(polls > 0),
        "{tag} after {polls} polls"
    );
    done
}

/// The program ends right after an order whose future was dropped.
#[tokio::test]
async fn logging_out_waits_for_orders_in_flight() {
    let server = server();
    let nordnet = trader(&server).await;
    let slow = Answer::ordinary().late(Duration::from_millis(300));
    server.control().respond("place_order", 1, slow).unwrap();
    assert!(!poll_times(nordnet.send(resting_order("last-1")), 1).await);
    let witness = nordnet.clone();
    nordnet.logout().await.unwrap();
    let outcome = witness.outcome(&Reference::new("last-1").unwrap());
    assert!(
        matches!(outcome, Some(Ok(Outcome::Accepted(_)))),
        "{outcome:?}"
    );
}

/// Polls a future so many times; `true` if it was ready by then.
async fn poll_times<T>(future: impl Future<Output = T>, polls: usize) -> bool {
    let mut future = pin!(future);
    for _ in 0..polls {
        let ready = poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx).is_ready())).await;
        if ready {
            return true;
        }
        // Let the task of the call take a step between two polls.
        tokio::task::yield_now().await;
        sleep(Duration::from_micros(200)).await;
    }
    false
}

async fn settled(nordnet: &Client<Trading>, reference: &str) -> Outcome {
    let reference = Reference::new(reference).unwrap();
    let settle = async {
        loop {
            match nordnet.outcome(&reference) {
                Some(Ok(Outcome::Unknown(_))) | None => sleep(Duration::from_millis(1)).await,
                Some(outcome) => return outcome.unwrap(),
            }
        }
    };
    timeout(Duration::from_secs(10), settle)
        .await
        .expect("the call never settled")
}

#[tokio::test]
async fn a_journal_that_fails_keeps_the_order_back() {
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

//! Orders: sent at most once, and never forgotten.

use nordnet_sim::{Answer, Cut};
use nordnet_smol::api::ListOrders;
use nordnet_smol::{AccountMessage, CancelOrder, Event, Outcome};

use crate::support::{ACCOUNT, builder, placed, resting_order, server, trader, until};

#[test]
fn places_an_order_sees_it_on_the_feed_and_cancels_it() {
    smol::block_on(async {
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
        let orders = nordnet.send(ListOrders::of(ACCOUNT)).await.unwrap();
        assert!(orders.iter().any(|order| order.order_id == reply.order_id));
        let cancel = CancelOrder::new(reply.order_id, ACCOUNT);
        assert!(matches!(
            nordnet.send(cancel).await.unwrap(),
            Outcome::Accepted(_)
        ));
    });
}

#[test]
fn an_order_whose_response_is_lost_is_unknown_and_listed() {
    smol::block_on(async {
        let server = server();
        let nordnet = trader(&server).await;
        server
            .control()
            .respond("place_order", 1, Answer::lost(Cut::Clean))
            .unwrap();
        let Outcome::Unknown(unresolved) = nordnet.send(resting_order("lost-1")).await.unwrap()
        else {
            panic!("its outcome is not known");
        };
        assert_eq!(nordnet.unresolved(), std::slice::from_ref(&unresolved));
        assert_eq!(
            placed(&server, "lost-1"),
            1,
            "it is live, and was not sent again"
        );
    });
}

#[test]
fn an_order_is_not_sent_again_after_a_session_has_expired() {
    smol::block_on(async {
        let server = server();
        let nordnet = trader(&server).await;
        server.control().expire_sessions();
        assert!(nordnet.send(resting_order("late-1")).await.is_err());
        assert_eq!(placed(&server, "late-1"), 0);
        let again = nordnet.send(resting_order("late-1")).await;
        assert!(matches!(again, Ok(Outcome::Accepted(_))));
        assert_eq!(placed(&server, "late-1"), 1);
    });
}

#[test]
fn an_order_is_not_sent_if_the_journal_fails() {
    smol::block_on(async {
        let server = server();
        let full = |_: &_| Err("disk full".into());
        let nordnet = builder(&server).trading().journal(full).login().await;
        let nordnet = nordnet.unwrap();
        let error = nordnet.send(resting_order("journal-1")).await.unwrap_err();
        assert!(error.to_string().contains("disk full"), "{error}");
        assert_eq!(placed(&server, "journal-1"), 0);
    });
}

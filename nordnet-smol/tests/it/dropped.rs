//! Futures that are dropped at any poll.

use std::time::Duration;

use nordnet_sim::{Answer, Cut, Feeds, Server};
use nordnet_smol::api::ListAccounts;
use nordnet_smol::{Client, Event, MarketMessage, Outcome, Reference, Subscription, Trading};
use smol::Timer;

use crate::support::{
    builder, ericsson, in_time, placed, poll_times, resting_order, server, trader,
};

/// On a session that is up, and where a login and a connection have to come
/// first.
#[test]
fn an_order_is_neither_lost_nor_repeated() {
    smol::block_on(async {
        let server = server();
        let live = trader(&server).await;
        let mut polls = 0;
        while !order_dropped_after(polls, &server, &live, "live").await {
            polls += 1;
            assert!(polls < 1000, "the call never ends");
        }
        for polls in 0..12 {
            let fresh = builder(&server).trading().open().await.unwrap();
            order_dropped_after(polls, &server, &fresh, "fresh").await;
        }
    });
}

/// Says whether the call was done before its future was dropped.
async fn order_dropped_after(
    polls: usize,
    server: &Server,
    nordnet: &Client<Trading>,
    tag: &str,
) -> bool {
    let reference = format!("{tag}-{polls}");
    let call = nordnet.send(resting_order(&reference));
    let done = poll_times(call, polls).await.is_some();
    if polls > 0 {
        let outcome = in_time(settled(nordnet, &reference)).await;
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

async fn settled(nordnet: &Client<Trading>, reference: &str) -> Outcome {
    let reference = Reference::new(reference).unwrap();
    loop {
        match nordnet.outcome(&reference) {
            Some(Ok(Outcome::Unknown(_))) | None => Timer::after(Duration::from_millis(1)).await,
            Some(outcome) => return outcome.unwrap(),
        };
    }
}

#[test]
fn reads_and_logins_leave_the_client_usable() {
    smol::block_on(async {
        let server = server();
        for polls in 0..12 {
            if let Some(opened) = poll_times(builder(&server).login(), polls).await {
                opened.unwrap();
            }
            let nordnet = builder(&server).open().await.unwrap();
            poll_times(nordnet.session(), polls).await;
            poll_times(nordnet.send(ListAccounts::new()), polls).await;
            poll_times(nordnet.settle(), polls).await;
            assert!(in_time(nordnet.send(ListAccounts::new())).await.is_ok());
            poll_times(nordnet.logout(), polls).await;
        }
    });
}

/// The program ends right after an order whose future was dropped.
#[test]
fn logging_out_waits_for_orders_in_flight() {
    smol::block_on(async {
        let server = server();
        let nordnet = trader(&server).await;
        let slow = Answer::ordinary().late(Duration::from_millis(300));
        server.control().respond("place_order", 1, slow).unwrap();
        let call = nordnet.send(resting_order("last-1"));
        assert!(poll_times(call, 1).await.is_none());
        let witness = nordnet.clone();
        nordnet.logout().await.unwrap();
        let outcome = witness.outcome(&Reference::new("last-1").unwrap());
        assert!(
            matches!(outcome, Some(Ok(Outcome::Accepted(_)))),
            "{outcome:?}"
        );
    });
}

/// Each wait for an event is dropped after one poll: connects, logins and
/// messages under way are kept all the same.
#[test]
fn a_feed_goes_on_where_its_wait_was_dropped() {
    smol::block_on(async {
        let server = server();
        let nordnet = trader(&server).await;
        let mut feed = nordnet.market_feed().unwrap();
        feed.subscribe(Subscription::Price(ericsson()));
        let mut prices = 0;
        let mut cut = false;
        in_time(async {
            while prices < 10 {
                let event = poll_times(feed.next(), 1).await.flatten();
                prices += usize::from(matches!(
                    event,
                    Some(Event::Message(MarketMessage::Price(_)))
                ));
                if prices == 5 && !cut {
                    cut = true;
                    server.control().cut_feeds(Feeds::Public, Cut::Abrupt);
                }
            }
        })
        .await;
        assert_eq!(feed.counters().connects, 2);
        assert_eq!(server.control().counters().logins, 1);
    });
}

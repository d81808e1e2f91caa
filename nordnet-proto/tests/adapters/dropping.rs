//! Clients and feeds that are dropped while the server says nothing.

use std::any::Any;
use std::future::poll_fn;
use std::time::{Duration, Instant};

use nordnet_proto::api::ListAccounts;
use nordnet_proto::driver::{Client, FeedDriver};
use nordnet_proto::{Event, Kind, Outcome, Reference, Subscription, Trading};
use nordnet_sim::{Answer, Channel, Feeds, Server};

use crate::shared::{Waits, builder, ericsson, eventually, resting_order};

/// The longest that a drop may take.
const MOST: Duration = Duration::from_millis(100);

/// A machine under load may take its time once, but not each time.
const TIMES: usize = 3;

/// Longer than anything takes that works.
const PATIENCE: Duration = Duration::from_secs(20);

/// Longer than any test takes.
const NEVER: Duration = Duration::from_secs(600);

/// Makes what is to be dropped.
type Make = fn(&Server) -> Box<dyn Any>;

/// Sees how long it takes to drop what is made here.
pub(crate) fn takes_no_time<R: Waits>() {
    let made: [(&str, Make); 7] = [
        ("a client", |server| Box::new(trader::<R>(server))),
        ("a client without a session", no_session::<R>),
        ("a client after calls without answers", unanswered::<R>),
        ("feeds of which nothing is heard", silent_feeds::<R>),
        ("watches of which nothing is heard", silent_watches::<R>),
        ("a feed that waits for a handshake", no_handshake::<R>),
        ("a feed that waits for a login", no_login::<R>),
    ];
    for (words, make) in made {
        let took = (0..TIMES).map(|_| {
            let server = Server::builder().start().unwrap();
            let made = make(&server);
            let begun = Instant::now();
            drop(made);
            begun.elapsed()
        });
        let took = took.min().unwrap();
        assert!(took < MOST, "{words}: {took:?}");
    }
}

fn no_session<R: Waits>(server: &Server) -> Box<dyn Any> {
    Box::new(R::result(builder::<R>(server).open()).unwrap())
}

fn unanswered<R: Waits>(server: &Server) -> Box<dyn Any> {
    let client = trader::<R>(server);
    let never = Answer::ordinary().late(NEVER);
    server.control().respond("*", 2, never).unwrap();
    let read = R::result(client.send_within(ListAccounts::new(), MOST));
    assert!(read.is_err(), "{read:?}");
    let order = resting_order(&Reference::new("never").unwrap());
    let order = R::result(client.send_within(order, MOST));
    assert!(!matches!(order, Ok(Outcome::Accepted(_))), "{order:?}");
    Box::new(client)
}

fn silent_feeds<R: Waits>(server: &Server) -> Box<dyn Any> {
    let client = trader::<R>(server);
    let mut market = client.market_feed().unwrap();
    let mut account = client.account_feed().unwrap();
    market.subscribe(Subscription::Price(ericsson()));
    is_up::<R, _>(&mut market);
    is_up::<R, _>(&mut account);
    server.control().stall_feeds(Feeds::All, NEVER);
    Box::new((market, account, client))
}

fn silent_watches<R: Waits>(server: &Server) -> Box<dyn Any> {
    let client = trader::<R>(server);
    let watch = || client.market().price([ericsson()]);
    let mut market = watch().open().unwrap();
    let latest = watch().latest().unwrap();
    let is_up = |event: &_| matches!(event, Some(Some(Event::Connected { .. })));
    assert!(is_up(&R::in_time(
        PATIENCE,
        poll_fn(|cx| market.poll_event(cx))
    )));
    eventually("both are up", || latest.counters().connects == 1);
    server.control().stall_feeds(Feeds::All, NEVER);
    Box::new((market, latest, client))
}

fn no_handshake<R: Waits>(server: &Server) -> Box<dyn Any> {
    let client = trader::<R>(server);
    server.control().stall_handshakes(Channel::Public, 1);
    Box::new(waits::<R, _>(client.market_feed().unwrap()))
}

fn no_login<R: Waits>(server: &Server) -> Box<dyn Any> {
    let client = R::result(builder::<R>(server).open()).unwrap();
    let never = Answer::ordinary().late(NEVER);
    server.control().respond("start_login", 1, never).unwrap();
    Box::new(waits::<R, _>(client.account_feed().unwrap()))
}

fn trader<R: Waits>(server: &Server) -> Client<R, Trading> {
    R::result(builder::<R>(server).trading().login()).unwrap()
}

fn is_up<R: Waits, K: Kind>(feed: &mut FeedDriver<R, K>) {
    let event = R::in_time(PATIENCE, poll_fn(|cx| feed.poll_event(cx)));
    assert!(matches!(event, Some(Some(Event::Connected { .. }))));
}

/// A feed of which nothing comes.
fn waits<R: Waits, K: Kind>(mut feed: FeedDriver<R, K>) -> FeedDriver<R, K> {
    let event = R::in_time(MOST, poll_fn(|cx| feed.poll_event(cx)));
    assert!(event.is_none());
    feed
}

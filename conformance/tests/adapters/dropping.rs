//! Clients and feeds that are dropped while the server is silent.

use std::any::Any;
use std::time::{Duration, Instant};

use nordnet_driver::Client;
use nordnet_proto::api::ListAccounts;
use nordnet_proto::{Event, Outcome, Reference, Subscription, Trading};
use nordnet_sim::{Answer, Channel, Feeds, Server};

use crate::adapter::{Adapter, Events, with_own_client};
use crate::shared::{builder, ericsson, eventually, resting_order};

/// The longest that a drop may take.
const MOST: Duration = Duration::from_millis(100);

/// A machine under load can be slow once, but not each time.
const TIMES: usize = 3;

/// Longer than anything takes that works.
const PATIENCE: Duration = Duration::from_secs(20);

/// Longer than any test takes.
const NEVER: Duration = Duration::from_secs(600);

/// Makes what is to be dropped.
type Make = fn(Adapter, &Server) -> Box<dyn Any>;

/// Measures how long it takes to drop each of these.
pub(crate) fn does_not_block(adapter: Adapter) {
    let _runtime = adapter.enter();
    let made: [(&str, Make); 7] = [
        ("a client", |adapter, server| {
            Box::new(trader(adapter, server))
        }),
        ("a client without a session", no_session),
        ("a client after calls without a response", unanswered),
        ("feeds that get nothing", silent_feeds),
        ("watches that get nothing", silent_watches),
        ("a feed that waits for a handshake", no_handshake),
        ("a feed that waits for a login", no_login),
    ];
    for (words, make) in made {
        let took = (0..TIMES).map(|_| {
            let server = Server::builder().start().unwrap();
            let made = make(adapter, &server);
            let begun = Instant::now();
            drop(made);
            begun.elapsed()
        });
        let took = took.min().unwrap();
        assert!(took < MOST, "{words}: {took:?}");
    }
}

fn no_session(adapter: Adapter, server: &Server) -> Box<dyn Any> {
    Box::new(adapter.open(builder(adapter, server)).unwrap())
}

fn unanswered(adapter: Adapter, server: &Server) -> Box<dyn Any> {
    let client = trader(adapter, server);
    let never = Answer::ordinary().late(NEVER);
    server.control().respond("*", 2, never).unwrap();
    let read = adapter.send_within(&client, ListAccounts::new(), MOST);
    assert!(read.is_err(), "{read:?}");
    let order = resting_order(&Reference::new("never").unwrap());
    let order = adapter.send_within(&client, order, MOST);
    assert!(!matches!(order, Ok(Outcome::Accepted(_))), "{order:?}");
    Box::new(client)
}

fn silent_feeds(adapter: Adapter, server: &Server) -> Box<dyn Any> {
    let client = trader(adapter, server);
    with_own_client!(adapter, client, {
        let mut market = client.market_feed().unwrap();
        let mut account = client.account_feed().unwrap();
        market.subscribe(Subscription::Price(ericsson()));
        is_up(adapter, &mut market);
        is_up(adapter, &mut account);
        server.control().stall_feeds(Feeds::All, NEVER);
        Box::new((market, account, client))
    })
}

fn silent_watches(adapter: Adapter, server: &Server) -> Box<dyn Any> {
    let client = trader(adapter, server);
    with_own_client!(adapter, client, {
        let watch = || client.market().price([ericsson()]);
        let mut market = watch().open().unwrap();
        let latest = watch().latest().unwrap();
        is_up(adapter, &mut market);
        eventually("both are up", || latest.counters().connects == 1);
        server.control().stall_feeds(Feeds::All, NEVER);
        Box::new((market, latest, client))
    })
}

fn no_handshake(adapter: Adapter, server: &Server) -> Box<dyn Any> {
    let client = trader(adapter, server);
    server.control().stall_handshakes(Channel::Public, 1);
    with_own_client!(adapter, client, {
        Box::new(without_event(adapter, client.market_feed().unwrap()))
    })
}

fn no_login(adapter: Adapter, server: &Server) -> Box<dyn Any> {
    let client = adapter.open(builder(adapter, server)).unwrap();
    let never = Answer::ordinary().late(NEVER);
    server.control().respond("start_login", 1, never).unwrap();
    with_own_client!(adapter, client, {
        Box::new(without_event(adapter, client.account_feed().unwrap()))
    })
}

fn trader(adapter: Adapter, server: &Server) -> Client<Trading> {
    adapter.login(builder(adapter, server).trading()).unwrap()
}

/// Waits until a feed is up.
fn is_up<M>(adapter: Adapter, feed: &mut impl Events<Item = Event<M>>) {
    let event = feed.next_within(adapter, PATIENCE);
    assert!(matches!(event, Some(Some(Event::Connected { .. }))));
}

/// A feed that waits, and has no event yet.
fn without_event<F: Events>(adapter: Adapter, mut feed: F) -> F {
    assert!(feed.next_within(adapter, MOST).is_none());
    feed
}

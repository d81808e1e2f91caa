//! Ticks that cannot be read: what they are about is stale, and nothing else.

use nordnet_proto::market::{QuoteState, StaleReason};
use nordnet_proto::{
    Event, IndicatorId, Malformed, NewsSourceId, Subscription, SubscriptionState, TradableId,
};

use crate::feed_bad_input::malformed;
use crate::feed_sim::{KEY, depth, market, price};
use crate::market_forgets::{Desk, bid};

const UNREADABLE: QuoteState = QuoteState::Stale(StaleReason::Malformed);

fn of(kind: &str, data: &str) -> Malformed {
    malformed(format!("{{\"type\":\"{kind}\",\"data\":{data}}}"))
}

#[test]
fn it_names_the_subscription_if_the_ids_are_there_once() {
    let ids = "\"i\":\"101\",\"m\":11";
    let ericsson = TradableId::new(11, "101");
    let about = |kind: &str, rest: &str| of(kind, &format!("{{{ids},{rest}}}")).subscription;
    for (kind, rest, subscription) in [
        ("price", "\"delayed\":false", price("101")),
        ("price", "\"turnover\":1.0E19", price("101")),
        ("price", "\"bid\":1,\"bid\":2", price("101")),
        ("price", "\"t\":[],\"s\":{},\"bid\":{}", price("101")),
        ("depth", "\"bid1\":\"1\"", depth("101")),
        (
            "trade",
            "\"price\":true",
            Subscription::Trade(ericsson.clone()),
        ),
        (
            "trading_status",
            "\"status\":1",
            Subscription::TradingStatus(ericsson),
        ),
    ] {
        assert_eq!(about(kind, rest), Some(subscription), "{kind} {rest}");
    }
    let index = Subscription::Indicator(IndicatorId::new("SSE", "OMXS30"));
    let data = "{\"m\":\"SSE\",\"last\":[],\"i\":\"OMXS30\"}";
    assert_eq!(of("indicator", data).subscription, Some(index));
    let source = Subscription::News(NewsSourceId::new(2));
    let data = "{\"source_id\":2,\"news_id\":1,\"headline\":3}";
    assert_eq!(of("news", data).subscription, Some(source));
    // Quoted otherwise than they should be.
    let data = "{\"i\":101,\"m\":\"11\"}";
    assert_eq!(of("price", data).subscription, Some(price("101")));
}

#[test]
fn it_names_none_where_the_ids_are_in_doubt() {
    for data in [
        "[]",
        "null",
        "{\"m\":11}",
        "{\"i\":\"101\"}",
        "{\"i\":\"101\",\"m\":11,\"i\":\"102\"}",
        "{\"i\":\"101\",\"m\":11,\"m\":11}",
        "{\"i\":\"101\",\"m\":\"eleven\"}",
        "{\"i\":\"101\",\"m\":1.5}",
        "{\"i\":null,\"m\":11}",
        "{\"i\":[],\"m\":11}",
        "{\"i\":true,\"m\":11}",
        "{\"i\":\"\\ud800\",\"m\":11}",
    ] {
        assert_eq!(of("price", data).subscription, None, "{data}");
    }
    let unfinished = malformed("{\"type\":\"price\",\"data\":{\"i\":\"101\",\"m\":11,");
    assert_eq!(unfinished.subscription, None);
}

#[test]
fn it_does_not_show_a_key_that_was_sent_back_as_an_id() {
    let shown = of(
        "price",
        &format!("{{\"i\":\"{KEY}\",\"m\":11,\"bid\":true}}"),
    );
    assert_eq!(shown.subscription, None);
    assert!(!format!("{shown:?}").contains(KEY));
}

#[test]
fn after_an_unreadable_full_tick_a_delta_is_not_taken_for_one() {
    let mut desk = Desk::live(market(), &["2"]);
    desk.sim.subscribe(&price("1"));
    desk.sim.write();
    desk.tell("1", ",\"bid\":86,\"delayed\":false");
    assert_eq!(desk.quote("1").state(), UNREADABLE);
    let states: Vec<_> = desk.sim.feed.subscriptions().map(|it| it.1).collect();
    assert_eq!(states, [SubscriptionState::Flowing; 2]);
    desk.tell("1", ",\"ask\":87");
    assert_eq!(desk.quote("1").state(), UNREADABLE);
    assert!(desk.quote("1").ask().is_some());
    assert!(desk.quote("2").is_live(), "another one");

    desk.sim.unsubscribe(&price("1"));
    desk.sim.write();
    desk.sim.subscribe(&price("1"));
    desk.sim.write();
    desk.tell("1", ",\"bid\":88");
    assert!(desk.quote("1").is_live(), "a full tick, subscribed anew");

    desk.sim.unsubscribe(&price("1"));
    desk.sim.write();
    desk.sim.subscribe(&price("1"));
    desk.sim.write();
    desk.tell("1", ",\"bid\":true");
    assert_eq!(desk.quote("1").state(), UNREADABLE, "it is wanted");
    desk.tell("1", ",\"bid\":89");
    assert_eq!(desk.quote("1").state(), UNREADABLE);
    assert_eq!(bid(&desk.quote("1")).as_deref(), Some("89"));
}

#[test]
fn after_an_unreadable_delta_the_rest_is_kept_and_stale() {
    let mut desk = Desk::live(market(), &["1", "2"]);
    desk.tell("1", ",\"turnover\":1.0E19");
    let quote = desk.quote("1");
    assert_eq!(quote.state(), UNREADABLE);
    assert_eq!(bid(&quote).as_deref(), Some("86"));
    assert!(desk.quote("2").is_live());
    desk.tell("1", ",\"bid\":89");
    assert_eq!(bid(&desk.quote("1")).as_deref(), Some("89"));
    assert_eq!(desk.quote("1").state(), UNREADABLE);

    desk.sim.eof();
    desk.sim.reconnect();
    desk.sim.write();
    desk.tell("1", ",\"bid\":90");
    assert!(desk.quote("1").is_live());
}

#[test]
fn an_unreadable_tick_does_not_bring_back_what_was_forgotten() {
    let mut desk = Desk::live(market(), &["1"]);
    desk.sim.unsubscribe(&price("1"));
    desk.sim.write();
    desk.tell("1", ",\"bid\":[]");
    assert_eq!(desk.rows(), 0);
    assert_eq!(desk.quote("1").state(), QuoteState::Waiting);
}

#[test]
fn a_line_that_names_nothing_changes_nothing() {
    let mut desk = Desk::live(market(), &["1"]);
    desk.sim
        .input("{\"type\":\"price\",\"data\":{\"m\":11,\"bid\":true}}\nno json\n");
    let events = desk.sim.events();
    assert!(matches!(
        events[..],
        [Event::Malformed(_), Event::Malformed(_)]
    ));
    for event in events {
        desk.market.handle_event(&event, desk.sim.now);
    }
    assert!(desk.quote("1").is_live());
}

//! What a tick and a command cost the heap: nothing.

use nordnet_proto::{
    Command, Event, FeedConfig, IndicatorId, LoggedIn, MarketFeed, MarketMessage, NewsSourceId,
    Output, Server, SessionKey, Subscription, TradableId,
};

use crate::clock;

/// Ticks of all types, as programs write them and as other programs do.
const TICKS: [&str; 12] = [
    r#"{"type":"price","data":{"i":"101","m":11,"tick_timestamp":1741781407194,"bid":83.44,"bid_volume":1,"turnover":8492556.03}}"#,
    r#"{"type":"price","data":{"ask":87.0,"ask_volume":1200.0,"i":"16750901","m":11,"id":16750901,"turnover":2.06845115E7,"ep":null}}"#,
    r#"{ "type": "price", "data": { "i": "101", "m": 11, "last": 87.0, "delayed": 0 } }"#,
    r#"{"data":{"i":"101","m":11,"last":5.0E-4},"type":"price"}"#,
    r#"{"type":"depth","data":{"i":"101","m":11,"tick_timestamp":1741781407194,"bid1":83.4,"bid_volume1":1e3,"bid_orders1":4,"ask5":null}}"#,
    r#"{"type": "depth", "data": {"i": "101", "m": 11, "ask_volume5": 12345678901.5}}"#,
    r#"{"type":"trade","data":{"i":"101","m":11,"trade_timestamp":1741781407194,"price":83.4,"volume":15,"broker_buying":"AVA","broker_selling":"NON","trade_id":"1234567890123456789012","trade_type":"A"}}"#,
    r#"{"type":"trading_status","data":{"i":"101","m":11,"tick_timestamp":1741781407194,"status":"C","source_status":"Continuous Trading","halted":"0"}}"#,
    r#"{"type":"indicator","data":{"i":"OMXS30","m":"SSE","tick_timestamp":1741781407194,"last":2445.61,"high":2450}}"#,
    r#"{"type": "indicator", "data": {"m": "SSE", "i": "OMXS30", "unknown": {"a": [1, "b"]}}}"#,
    r#"{"type":"heartbeat","data":{}}"#,
    r#"{"type":"price","data":{"i":"14 characters","m":11,"bid":123456789012.123456}}"#,
];

const NEWS: &str =
    r#"{"type":"news","data":{"news_id":1,"source_id":2,"headline":"Nordea h\u00f6jer"}}"#;

fn allocations_of(count: usize, mut run: impl FnMut() -> usize) -> u64 {
    let mut seen = 0;
    let counted = allocation_counter::measure(|| seen = run());
    assert_eq!(seen, count, "all messages were read");
    counted.count_total
}

#[test]
fn a_tick_is_decoded_without_an_allocation() {
    for tick in TICKS {
        let count = allocations_of(1, || MarketMessage::decode(tick.as_bytes()).iter().count());
        assert_eq!(count, 0, "{tick}");
    }
    let count = allocations_of(1, || MarketMessage::decode(NEWS.as_bytes()).iter().count());
    assert!(count > 0, "allocations are counted");
}

#[test]
fn a_feed_hands_ticks_out_without_an_allocation() {
    let now = clock::start();
    let server = Server::new("127.0.0.1", 443, true);
    let session = LoggedIn::new(SessionKey::new("key"), server.clone(), server);
    let mut feed = MarketFeed::new(FeedConfig::default(), [0; 16]);
    feed.handle_login(Ok(session), now);
    let Some(Output::Connect { attempt, .. }) = feed.poll_output() else {
        panic!("the feed does not connect");
    };
    feed.handle_connected(attempt, now);
    feed.handle_transmitted(attempt, feed.transmit().len(), now);
    let input = TICKS.join("\n") + "\r\n";
    let mut deliver = || {
        // Cut within a line, so that one waits for its rest.
        for input in input.as_bytes().chunks(333) {
            feed.handle_input(attempt, input, now);
            while let Some(Output::Event(event)) = feed.poll_output() {
                assert!(matches!(
                    event,
                    Event::Message(_) | Event::Connected { .. } | Event::Live { .. }
                ));
            }
        }
        let counters = feed.counters();
        let ticks = counters.prices + counters.depths + counters.trades;
        (ticks + counters.trading_statuses + counters.indicators + counters.heartbeats) as usize
    };
    // The first time makes room for what waits.
    assert_eq!(deliver(), TICKS.len());
    let count = allocations_of(11 * TICKS.len(), || {
        (0..10).map(|_| deliver()).last().unwrap()
    });
    assert_eq!(count, 0);
}

#[test]
fn a_command_is_encoded_without_an_allocation_where_there_is_room() {
    let id = || TradableId::new(-11, "an \"identifier\" too long to lie inline");
    let subscriptions = [
        Subscription::Price(id()),
        Subscription::Depth(TradableId::new(11, "101")),
        Subscription::Trade(id()),
        Subscription::TradingStatus(id()),
        Subscription::Indicator(IndicatorId::new("SSE", "OMXS30")),
        Subscription::News(NewsSourceId::new(i64::MAX)),
    ];
    let encode = |out: &mut Vec<u8>| {
        for subscription in &subscriptions {
            Command::Subscribe(subscription).encode(out);
            Command::Unsubscribe(subscription).encode(out);
        }
    };
    let mut out = Vec::new();
    let growing = allocation_counter::measure(|| encode(&mut out));
    assert!(growing.count_total > 0, "allocations are counted");
    let length = out.len();
    out.clear();
    let within = allocation_counter::measure(|| encode(&mut out));
    assert_eq!((within.count_total, out.len()), (0, length));
}

//! Messages, from their bytes to their values.

use nordnet_proto::{
    AccountMessage, Change, Decimal, DepthTick, Event, MarketMessage, PriceTick, Timestamp, Volume,
};

use crate::feed_sim::{account, account_message, market_message};

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn set(text: &str) -> Change<Decimal> {
    Change::Set(decimal(text))
}

/// Volumes may then stand in a list with prices.
fn bare(units: Change<Volume>) -> Change<Decimal> {
    units.map(Volume::get)
}

fn price_tick(members: &str) -> PriceTick {
    match market_message(&format!("{{\"type\":\"price\",\"data\":{{{members}}}}}")) {
        MarketMessage::Price(tick) => tick,
        other => panic!("{other:?}"),
    }
}

fn depth_tick(members: &str) -> DepthTick {
    match market_message(&format!("{{\"type\":\"depth\",\"data\":{{{members}}}}}")) {
        MarketMessage::Depth(tick) => tick,
        other => panic!("{other:?}"),
    }
}

#[test]
fn reads_the_recorded_tick_of_ericsson() {
    let tick = price_tick(
        r#""ask": 87.0, "ask_volume": 1200, "bid": 83.44, "bid_volume": 1, "close": 77.22, "high": 87.0,
        "i": "101", "id": 16750901, "last": 87.0, "last_volume": 154, "low": 82.96, "m": 11, "open": 83.12,
        "tick_timestamp": 1741781407194, "trade_timestamp": 1741780275120, "turnover": 8492556.03,
        "turnover_volume": 101883, "vwap": 84.56"#,
    );
    assert_eq!(tick.tradable().to_string(), "11:101");
    assert_eq!(
        tick.tick_timestamp(),
        Change::Set(Timestamp::from_millis(1_741_781_407_194))
    );
    assert_eq!(
        tick.trade_timestamp(),
        Change::Set(Timestamp::from_millis(1_741_780_275_120))
    );
    for (member, text) in [
        (tick.ask(), "87.0"),
        (bare(tick.ask_volume()), "1200"),
        (tick.bid(), "83.44"),
        (bare(tick.bid_volume()), "1"),
        (tick.close(), "77.22"),
        (tick.high(), "87.0"),
        (tick.last(), "87.0"),
        (bare(tick.last_volume()), "154"),
        (tick.low(), "82.96"),
        (tick.open(), "83.12"),
        (tick.turnover(), "8492556.03"),
        (bare(tick.turnover_volume()), "101883"),
        (tick.vwap(), "84.56"),
    ] {
        assert_eq!(member.value().unwrap().to_string(), text, "digit by digit");
    }
    for member in [
        tick.ep(),
        bare(tick.paired()),
        bare(tick.imbalance()),
        tick.extended_last(),
    ] {
        assert_eq!(member, Change::Unchanged);
    }
    assert_eq!(tick.delayed(), Change::Unchanged);
    assert!(!tick.is_full(), "only a feed knows");
}

#[test]
fn absent_null_and_value_stay_apart() {
    let tick = price_tick(
        r#""i":"101","m":11,"bid":null,"ask":1.5,"delayed":null,"trade_timestamp":null"#,
    );
    assert_eq!(tick.bid(), Change::Cleared);
    assert_eq!(tick.ask(), set("1.5"));
    assert_eq!(tick.last(), Change::Unchanged);
    assert_eq!(tick.delayed(), Change::Cleared);
    assert_eq!(tick.trade_timestamp(), Change::Cleared);
    assert_eq!(tick.tick_timestamp(), Change::Unchanged);
}

#[test]
fn numbers_as_a_jvm_prints_them_are_exact() {
    let tick = price_tick(
        r#""m":11.0,"i":"101","turnover":2.06845115E7,"last":5.0E-4,"high":1E+2,"imbalance":-0.0,
        "delayed":9.0E2,"turnover_volume":9223372036854775807,"vwap":0.30000000000000004,
        "tick_timestamp":1.741781407194E12"#,
    );
    assert_eq!(tick.tradable().market.get(), 11);
    assert_eq!(tick.turnover(), set("20684511.5"));
    assert_eq!(tick.last(), set("0.0005"));
    assert_eq!(tick.high(), set("100"));
    assert_eq!(bare(tick.imbalance()), set("0"));
    assert_eq!(tick.delayed(), Change::Set(900));
    assert_eq!(bare(tick.turnover_volume()), set("9223372036854775807"));
    assert_eq!(tick.vwap(), set("0.30000000000000004"));
    assert_eq!(
        tick.tick_timestamp(),
        Change::Set(Timestamp::from_millis(1_741_781_407_194))
    );
}

/// Every decimal member of a price tick stands at its own name.
#[test]
fn no_member_is_taken_for_another() {
    type Read = fn(&PriceTick) -> Change<Decimal>;
    let members: [(&str, Read); 17] = [
        ("bid", PriceTick::bid),
        ("bid_volume", |tick| bare(tick.bid_volume())),
        ("ask", PriceTick::ask),
        ("ask_volume", |tick| bare(tick.ask_volume())),
        ("last", PriceTick::last),
        ("last_volume", |tick| bare(tick.last_volume())),
        ("open", PriceTick::open),
        ("high", PriceTick::high),
        ("low", PriceTick::low),
        ("close", PriceTick::close),
        ("vwap", PriceTick::vwap),
        ("turnover", PriceTick::turnover),
        ("turnover_volume", |tick| bare(tick.turnover_volume())),
        ("ep", PriceTick::ep),
        ("paired", |tick| bare(tick.paired())),
        ("imbalance", |tick| bare(tick.imbalance())),
        ("extended_last", PriceTick::extended_last),
    ];
    for (name, _) in members {
        let tick = price_tick(&format!("\"{name}\":1.25,\"m\":1,\"i\":\"x\""));
        for (other, read) in members {
            let expected = if name == other {
                set("1.25")
            } else {
                Change::Unchanged
            };
            assert_eq!(read(&tick), expected, "{name} read as {other}");
        }
    }
}

#[test]
fn a_depth_tick_has_five_levels_of_six_members() {
    let names = [
        "bid",
        "ask",
        "bid_volume",
        "ask_volume",
        "bid_orders",
        "ask_orders",
    ];
    for level in 1..=5 {
        for (place, name) in names.into_iter().enumerate() {
            let tick = depth_tick(&format!("\"i\":\"101\",\"{name}{level}\":7,\"m\":11"));
            for (number, read) in (1..).zip(tick.levels()) {
                let decimals = [
                    read.bid,
                    read.ask,
                    bare(read.bid_volume),
                    bare(read.ask_volume),
                ];
                let counts = [read.bid_orders, read.ask_orders];
                for (at, value) in decimals.into_iter().enumerate() {
                    assert_eq!(
                        value.is_change(),
                        number == level && at == place,
                        "{name}{level}"
                    );
                }
                for (at, value) in counts.into_iter().enumerate() {
                    assert_eq!(
                        value.is_change(),
                        number == level && at + 4 == place,
                        "{name}{level}"
                    );
                }
            }
        }
    }
    let tick = depth_tick(
        r#""i":"101","m":11,"tick_timestamp":5,"bid2":86.5,"bid_orders2":3,"ask5":null,"bid6":1,"bid0":1"#,
    );
    assert_eq!(
        tick.tick_timestamp(),
        Change::Set(Timestamp::from_millis(5))
    );
    assert_eq!(tick.level(2).bid, set("86.5"));
    assert_eq!(tick.level(2).bid_orders, Change::Set(3));
    assert_eq!(tick.level(5).ask, Change::Cleared);
    assert_eq!(tick.level(0), tick.level(6));
    assert_eq!(tick.level(usize::MAX), tick.level(1));
}

#[test]
fn reads_public_trades_statuses_indicators_and_news() {
    let line = r#"{"type":"trade","data":{"i":"101","m":11,"trade_timestamp":7,"price":86.5,"volume":100,
        "broker_buying":"NON","broker_selling":null,"trade_id":"T1","trade_type":"AUTO"}}"#;
    let MarketMessage::Trade(trade) = market_message(line) else {
        panic!()
    };
    assert_eq!(
        (trade.price(), trade.volume()),
        (Some(decimal("86.5")), Some(100.into()))
    );
    assert_eq!(trade.time(), Some(Timestamp::from_millis(7)));
    assert_eq!(
        (trade.broker_buying(), trade.broker_selling()),
        (Some("NON"), None)
    );
    assert_eq!(
        (trade.trade_id().unwrap().as_str(), trade.trade_type()),
        ("T1", Some("AUTO"))
    );

    let line = r#"{"type":"trading_status","data":{"i":"101","m":11,"tick_timestamp":7,"status":"C",
        "source_status":"Å \u00e4","halted":null}}"#;
    let MarketMessage::TradingStatus(status) = market_message(line) else {
        panic!()
    };
    assert_eq!(
        status.tick_timestamp(),
        Change::Set(Timestamp::from_millis(7))
    );
    assert_eq!(status.status(), Change::Set("C"));
    assert_eq!(status.source_status(), Change::Set("Å ä"));
    assert_eq!(
        (status.halted(), status.orderbook_status()),
        (Change::Cleared, Change::Unchanged)
    );

    let line = r#"{"type":"indicator","data":{"i":"OMXS30","m":"SSE","last":2500.1,"high":null,"delayed":0}}"#;
    let MarketMessage::Indicator(tick) = market_message(line) else {
        panic!()
    };
    assert_eq!(tick.indicator().to_string(), "SSE:OMXS30");
    assert_eq!((tick.last(), tick.high()), (set("2500.1"), Change::Cleared));
    assert_eq!(
        (tick.low(), tick.close()),
        (Change::Unchanged, Change::Unchanged)
    );
    assert_eq!(tick.delayed(), Change::Set(0));

    let line = r#"{"type":"news","data":{"news_id":1,"source_id":2,"timestamp":3,"headline":"H","lang":"sv",
        "type":"PRM","instruments":[4,5.0]}}"#;
    let MarketMessage::News(news) = market_message(line) else {
        panic!()
    };
    assert_eq!((news.news_id.get(), news.source.get()), (1, 2));
    assert_eq!(news.timestamp, Some(Timestamp::from_millis(3)));
    assert_eq!(
        (news.headline.as_deref(), news.language.as_deref()),
        (Some("H"), Some("sv"))
    );
    assert_eq!(news.kind.as_deref(), Some("PRM"));
    assert_eq!(
        news.instruments
            .iter()
            .map(|id| id.get())
            .collect::<Vec<_>>(),
        [4, 5]
    );
    for line in [
        r#"{"type":"news","data":{"news_id":1,"source_id":2,"instruments":null}}"#,
        r#"{"type":"news","data":{"news_id":1,"source_id":2}}"#,
    ] {
        let MarketMessage::News(news) = market_message(line) else {
            panic!()
        };
        assert!(news.instruments.is_empty() && news.headline.is_none());
    }
}

#[test]
fn reads_the_order_of_today() {
    let line = r#"{"type":"order","data":{"volume":111.0,"price":{"value":132.55,"currency":"SEK"},
        "volume_condition":"NORMAL","order_id":202178767,"reference":"ABC132",
        "tradable":{"market_id":11,"identifier":"101"},
        "validity":{"type":"DAY","valid_until":1613061300000},"accno":123123,"accid":1,
        "side":"BUY","modified":1612955053717,"activation_condition":{"type":"NONE"},
        "order_state":"LOCAL","action_state":"INS_PEND","order_type":"LIMIT"}}"#;
    let AccountMessage::Order(order) = account_message(line) else {
        panic!()
    };
    assert_eq!(
        (order.order_id.get(), order.account.get()),
        (202_178_767, 123_123)
    );
    assert_eq!(order.volume, Some(111.into()));
    assert_eq!(order.price.unwrap().to_string(), "132.55 SEK");
    assert_eq!(order.tradable.unwrap().to_string(), "11:101");
    assert_eq!(order.state.unwrap().as_str(), "LOCAL");
    assert_eq!((order.price_condition, order.traded_volume), (None, None));
}

#[test]
fn an_order_needs_nothing_but_its_ids() {
    let line = r#"{"type":"order","data":{"order_id":1,"accno":2,"side":null,"order_state":"NEW_CODE","x":[{}]}}"#;
    let AccountMessage::Order(order) = account_message(line) else {
        panic!()
    };
    assert_eq!(order.side, None);
    assert_eq!(order.state.unwrap().as_str(), "NEW_CODE");
}

#[test]
fn an_own_trade_is_a_fill() {
    let line = r#"{"type":"trade","data":{"order_id":1,"accno":2,"accid":3,"side":"SELL",
        "tradable":{"market_id":11,"identifier":"101"},"price":{"value":86.5,"currency":"SEK"},
        "volume":10,"tradetime":1612955053717,"trade_id":"A-1","counterparty":"NON"}}"#;
    let mut sim = account().live();
    sim.input(&format!("{}\n", line.replace('\n', " ")));
    let Event::Message(AccountMessage::Fill(fill)) = sim.event() else {
        panic!()
    };
    assert_eq!((fill.order_id.get(), fill.volume), (1, 10.into()));
    assert_eq!(fill.trade_id.unwrap().as_str(), "A-1");
    assert_eq!(sim.feed.counters().fills, 1);
}

#[test]
fn unknown_types_are_kept_as_they_came() {
    let line = r#"{"type":"quote\u0021","data":{"deep":[1,{"a":null}]},"more":1e999}"#;
    let MarketMessage::Unknown(unknown) = market_message(line) else {
        panic!()
    };
    assert_eq!(
        (unknown.kind.as_str(), unknown.raw.as_str()),
        ("quote!", line)
    );
    assert!(matches!(
        market_message(r#"{"type":"order","data":{}}"#),
        MarketMessage::Unknown(_)
    ));
    assert!(matches!(
        account_message(r#"{"type":"price","data":{}}"#),
        AccountMessage::Unknown(_)
    ));
    assert!(matches!(
        account_message(r#"{"type":"x"}"#),
        AccountMessage::Unknown(_)
    ));
}

#[test]
fn members_may_stand_anywhere() {
    for line in [
        r#"{"data":{"m":11,"bid":1,"i":"101"},"type":"price"}"#,
        " { \"seq\" : [1,2] , \"data\" : { \"bid\" : 1 , \"i\" : \"101\" , \"m\" : 11 } , \"type\" : \"price\" } ",
        r#"{"type":"\u0070rice","da\u0074a":{"i":"1\u00301","m":11,"\u0062id":1}}"#,
    ] {
        let MarketMessage::Price(tick) = market_message(line) else {
            panic!()
        };
        assert_eq!(tick, price_tick(r#""i":"101","m":11,"bid":1"#), "{line}");
    }
}

#[test]
fn heartbeats_may_hold_anything() {
    for line in [
        r#"{"type":"heartbeat"}"#,
        r#"{"type":"heartbeat","data":null}"#,
        r#"{"type":"heartbeat","data":{"time":1},"x":2}"#,
    ] {
        assert_eq!(market_message(line), MarketMessage::Heartbeat);
        assert_eq!(account_message(line), AccountMessage::Heartbeat);
    }
}

#[test]
fn ticks_show_what_they_say_and_no_more() {
    let shown = format!(
        "{:?}",
        price_tick(r#""i":"101","m":11,"bid":86.50,"ask":null"#)
    );
    assert_eq!(
        shown,
        "PriceTick { tradable: 11:101, full: false, bid: Set(86.50), ask: Cleared }"
    );
    let shown = format!("{:?}", depth_tick(r#""i":"101","m":11,"bid2":1"#));
    assert!(
        shown.contains("level2") && !shown.contains("level1"),
        "{shown}"
    );
}

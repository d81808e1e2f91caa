//! The latest of each instrument, for a slow reader.

use nordnet_proto::market::{Latest, QuoteState, StaleReason, Update};
use nordnet_proto::{Event, MarketMessage, Public, Subscription, TradableId};

use crate::feed_sim::{Sim, depth, market, origin, price};

fn text(number: Option<impl ToString>) -> String {
    number.map_or_else(|| "-".into(), |number| number.to_string())
}

#[test]
fn a_slow_reader_gets_the_latest_of_each_and_the_count() {
    let now = origin();
    let mut latest = Latest::new();
    let tell = |latest: &mut Latest, kind: &str, id: &str, members: &str| {
        let line = format!("{{\"type\":\"{kind}\",\"data\":{{\"i\":\"{id}\",\"m\":11{members}}}}}");
        let message = crate::feed_sim::market_message(&line);
        latest.handle_event(Event::Message(message), now);
    };
    tell(&mut latest, "price", "1", ",\"last\":1");
    tell(&mut latest, "price", "2", ",\"last\":2");
    tell(&mut latest, "trade", "1", ",\"price\":3");
    tell(&mut latest, "price", "1", ",\"last\":3");
    tell(&mut latest, "depth", "1", "");
    latest.handle_event(Event::Message(MarketMessage::Heartbeat), now);
    let trade = latest.poll_update();
    assert!(
        matches!(
            trade,
            Some(Update::Event(Event::Message(MarketMessage::Trade(_))))
        ),
        "{trade:?}"
    );
    assert_eq!(changed(&mut latest), Some((price("1"), 2)));
    let quote = latest.market().quote(&TradableId::new(11, "1"), now);
    assert_eq!(text(quote.last()), "3");
    tell(&mut latest, "price", "1", ",\"last\":4");
    assert_eq!(changed(&mut latest), Some((price("2"), 1)));
    latest.forget(&depth("1"));
    assert_eq!(changed(&mut latest), Some((price("1"), 1)));
    assert_eq!(changed(&mut latest), None);
    assert_eq!((latest.conflated(), latest.dropped()), (1, 0));
}

#[test]
fn what_a_slow_reader_has_to_hear_comes_first_and_takes_bounded_room() {
    let mut sim = market();
    sim.subscribe(&price("1"));
    let mut sim = sim.up();
    let mut latest = Latest::new();
    let listen = |sim: &mut Sim<Public>, latest: &mut Latest| {
        let now = sim.now;
        for event in sim.events() {
            latest.handle_event(event, now);
        }
    };
    for number in 0..Latest::ROOM + 5 {
        sim.input(&format!(
            "{{\"type\":\"trade\",\"data\":{{\"i\":\"1\",\"m\":11,\"volume\":{number}}}}}\n"
        ));
        sim.input("{\"type\":\"price\",\"data\":{\"i\":\"1\",\"m\":11}}\n");
        listen(&mut sim, &mut latest);
    }
    sim.eof();
    listen(&mut sim, &mut latest);
    let tradable = TradableId::new(11, "1");
    assert_eq!(
        latest.market().quote(&tradable, sim.now).state(),
        QuoteState::Stale(StaleReason::Disconnected)
    );
    assert!(matches!(
        latest.poll_update(),
        Some(Update::Event(Event::Disconnected(_)))
    ));
    match latest.poll_update() {
        Some(Update::Event(Event::Message(MarketMessage::Trade(trade)))) => {
            assert_eq!(text(trade.volume()), "5", "the oldest ones are gone");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(latest.dropped(), 5);
    let ticks = Latest::ROOM as u64 + 5;
    assert_eq!(latest.conflated(), ticks - 1);
    assert_eq!(changed(&mut latest), Some((price("1"), ticks)));
    let rest: Vec<_> = std::iter::from_fn(|| latest.poll_update()).collect();
    assert_eq!(rest.len(), Latest::ROOM - 1);
}

#[test]
fn trades_and_changes_of_a_slow_reader_are_told_by_turns() {
    let now = origin();
    let mut latest = Latest::new();
    let tell = |latest: &mut Latest, kind: &str| {
        let line = format!("{{\"type\":\"{kind}\",\"data\":{{\"i\":\"1\",\"m\":11}}}}");
        let message = crate::feed_sim::market_message(&line);
        latest.handle_event(Event::Message(message), now);
    };
    // For each update that is taken two more trades come.
    tell(&mut latest, "price");
    let mut changes = 0;
    for _ in 0..10 {
        tell(&mut latest, "trade");
        tell(&mut latest, "trade");
        let update = latest.poll_update();
        if matches!(update, Some(Update::Changed { .. })) {
            changes += 1;
            tell(&mut latest, "price");
        }
    }
    assert_eq!(changes, 5);
}

#[test]
fn the_end_is_told_last_and_known_at_once() {
    let mut sim = market();
    sim.subscribe(&price("1"));
    let mut sim = sim.up();
    sim.input("{\"type\":\"price\",\"data\":{\"i\":\"1\",\"m\":11}}\n");
    sim.input("{\"type\":\"trade\",\"data\":{\"i\":\"1\",\"m\":11}}\n");
    let mut latest = Latest::new();
    for event in sim.events() {
        latest.handle_event(event, sim.now);
    }
    let now = sim.now;
    sim.feed.close(now);
    sim.disconnected(None);
    for event in sim.events() {
        latest.handle_event(event, now);
    }
    let quote = latest.market().quote(&TradableId::new(11, "1"), now);
    assert_eq!(quote.state(), QuoteState::Stale(StaleReason::Closed));
    let told: Vec<_> = std::iter::from_fn(|| latest.poll_update()).collect();
    let last = told.len() - 1;
    for (index, update) in told.iter().enumerate() {
        let is_end = matches!(update, Update::Event(Event::Closed(_)));
        assert_eq!(is_end, index == last, "{told:?}");
    }
    assert!(
        told.iter()
            .any(|update| matches!(update, Update::Changed { .. }))
    );
}

#[test]
fn losses_that_nobody_reads_take_bounded_room() {
    let now = origin();
    let mut latest = Latest::new();
    for _ in 0..Latest::ROOM + 7 {
        let refused = Event::Refused {
            subscription: price("1"),
            message: String::new(),
        };
        latest.handle_event(refused, now);
    }
    assert_eq!(latest.dropped(), 7);
    let told = std::iter::from_fn(|| latest.poll_update()).count();
    assert_eq!(told, Latest::ROOM);
}

#[test]
fn what_is_forgotten_before_it_was_told_is_not_told() {
    let now = origin();
    let mut latest = Latest::new();
    let line = "{\"type\":\"price\",\"data\":{\"i\":\"1\",\"m\":11}}";
    for _ in 0..3 {
        let message = crate::feed_sim::market_message(line);
        latest.handle_event(Event::Message(message), now);
        latest.forget(&price("1"));
    }
    assert_eq!(changed(&mut latest), None);
    let trade = "{\"type\":\"trade\",\"data\":{\"i\":\"1\",\"m\":11}}";
    latest.handle_event(Event::Message(crate::feed_sim::market_message(trade)), now);
    let gone = Subscription::Trade(TradableId::new(11, "1"));
    latest.handle_event(Event::Unsubscribed(gone), now);
    assert_eq!(changed(&mut latest), None, "nor its trades");
    // Nor is a late tick; a full one begins anew.
    let late = crate::feed_sim::market_message(line);
    latest.handle_event(Event::Message(late.clone()), now);
    assert_eq!(changed(&mut latest), None);
    let MarketMessage::Price(tick) = late else {
        panic!("{late:?}");
    };
    let full = MarketMessage::Price(tick.into_full());
    latest.handle_event(Event::Message(full), now);
    assert_eq!(changed(&mut latest), Some((price("1"), 1)));
    assert_eq!(changed(&mut latest), None);
}

fn changed(latest: &mut Latest) -> Option<(Subscription, u64)> {
    match latest.poll_update()? {
        Update::Changed {
            subscription,
            ticks,
        } => Some((subscription, ticks)),
        other => panic!("{other:?}"),
    }
}

//! What market state costs the heap.

use std::time::Duration;

use nordnet_proto::{Market, MarketMessage};

use crate::clock;
use crate::feed_sim::market_message;

const INSTRUMENTS: i64 = 10_000;

/// A price and a book of each instrument.
fn ticks(number: i64) -> [MarketMessage; 2] {
    [("price", ""), ("depth", "1")].map(|(kind, level)| {
        let members = format!("\"bid{level}\":86.5,\"ask{level}\":86.52,\"ask_volume{level}\":10");
        market_message(&format!(
            "{{\"type\":\"{kind}\",\"data\":{{\"i\":\"{number}\",\"m\":11,{members}}}}}"
        ))
    })
}

#[test]
fn an_instrument_takes_at_most_600_bytes_and_its_ticks_none() {
    let now = clock::start();
    let messages: Vec<_> = (0..INSTRUMENTS).flat_map(ticks).collect();
    let mut market = Market::new();
    let mut merge_all = || {
        let merge = || messages.iter().for_each(|tick| market.merge(tick, now));
        allocation_counter::measure(merge)
    };
    let first = merge_all();
    let each = first.bytes_current / INSTRUMENTS;
    assert!((400..=600).contains(&each), "{each} bytes an instrument");
    assert_eq!(merge_all().count_total, 0);
}

#[test]
fn what_is_forgotten_leaves_its_room_to_newcomers() {
    let start = clock::start();
    let mut market = Market::new();
    let mut numbers = 0_i64..;
    let mut live_through = |count: usize| {
        for number in numbers.by_ref().take(count) {
            let now = start + Duration::from_secs(number.unsigned_abs());
            let [price, depth] = ticks(number);
            market.merge(&price, now);
            market.merge(&depth, now);
            if number >= 100 {
                let old = (number - 100).to_string();
                market.forget(&crate::feed_sim::price(&old));
                market.forget(&crate::feed_sim::depth(&old));
            }
        }
    };
    // Enough for what is remembered of them to come and go.
    live_through(400);
    let after = allocation_counter::measure(|| live_through(2_000));
    // The nodes of a tree are not always equally full.
    assert!(after.bytes_current.abs() < 8192, "memory grows: {after:?}");
    let now = start + Duration::from_secs(2_400);
    assert_eq!(market.quotes(now).count(), 100);
}

#[test]
fn what_is_remembered_of_the_forgotten_is_bounded_and_freed() {
    let now = clock::start();
    let mut market = Market::new();
    market.merge(&MarketMessage::Heartbeat, now);
    let mut forget = |numbers: std::ops::Range<i64>| {
        let forget = |number: i64| market.forget(&crate::feed_sim::price(&number.to_string()));
        allocation_counter::measure(|| numbers.for_each(forget)).bytes_current
    };
    let most = forget(0..20_000);
    assert!(most < 1 << 20, "{most} bytes");
    let more = forget(20_000..100_000);
    assert!(more.abs() < most / 4, "{more} bytes on top of {most}");
    let later = now + Duration::from_secs(60);
    let freed = allocation_counter::measure(|| market.merge(&MarketMessage::Heartbeat, later));
    assert_eq!(freed.bytes_current, -most - more);
}

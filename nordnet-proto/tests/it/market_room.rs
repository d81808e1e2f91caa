//! What market state costs the heap.

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
    let now = clock::start();
    let mut market = Market::new();
    let mut numbers = 0..;
    let mut live_through = |count: usize| {
        for number in numbers.by_ref().take(count) {
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
    live_through(200);
    let after = allocation_counter::measure(|| live_through(2_000));
    assert_eq!(after.bytes_current, 0, "memory grows");
    assert_eq!(market.quotes(now).count(), 100);
}

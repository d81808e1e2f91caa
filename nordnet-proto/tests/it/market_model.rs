//! A model of market state that keeps every member as a text, and what draws
//! changes to it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use nordnet_proto::market::{QuoteState, StaleReason};
use nordnet_proto::{Book, Decimal, Quote, Timestamp, Volume};
use proptest::prelude::*;

pub(crate) type Members = BTreeMap<String, String>;
pub(crate) type Changes = Vec<(String, Option<String>)>;

const PRICE: &str = "bid bid_volume ask ask_volume last last_volume open high low close vwap \
                     turnover turnover_volume ep paired imbalance extended_last";
const TIMES: [&str; 2] = ["tick_timestamp", "trade_timestamp"];
const SIDES: [&str; 2] = ["bid", "ask"];

/// What one instrument should look like.
#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    pub(crate) members: Members,
    pub(crate) heard: Option<Instant>,
    pub(crate) state: ModelState,
    /// Whether a tick has come since it was subscribed to, which need not be one
    /// that can be read.
    pub(crate) answered: bool,
    forgotten: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum ModelState {
    #[default]
    Waiting,
    Live,
    Lost,
    Refused,
    Malformed,
}

impl Model {
    pub(crate) fn forgotten() -> Self {
        Self {
            forgotten: true,
            ..Self::default()
        }
    }

    /// Whether only a full tick makes anything of it.
    pub(crate) const fn is_forgotten(&self) -> bool {
        self.forgotten && !self.answered
    }

    pub(crate) fn tell(&mut self, changes: &Changes, full: bool, now: Instant) {
        if full {
            self.members.clear();
            self.state = ModelState::Live;
        }
        for (name, value) in changes {
            match value {
                Some(value) => self.members.insert(name.clone(), value.clone()),
                None => self.members.remove(name),
            };
        }
        self.heard = Some(now);
        self.answered = true;
    }

    pub(crate) fn state(&self) -> QuoteState {
        let delayed = self.members.get("delayed").is_some_and(|code| code != "0");
        match self.state {
            ModelState::Waiting => QuoteState::Waiting,
            ModelState::Lost => QuoteState::Stale(StaleReason::Disconnected),
            ModelState::Refused => QuoteState::Stale(StaleReason::Refused),
            ModelState::Malformed => QuoteState::Stale(StaleReason::Malformed),
            ModelState::Live if delayed => QuoteState::Delayed,
            ModelState::Live => QuoteState::Live,
        }
    }

    pub(crate) fn age(&self, now: Instant) -> Option<Duration> {
        self.heard.map(|heard| now - heard)
    }

    /// What a book shows of the members: nothing of a level without a price.
    pub(crate) fn book(&self) -> Members {
        let mut shown = self.members.clone();
        for level in 1..=5 {
            for side in SIDES {
                if !self.members.contains_key(&format!("{side}{level}")) {
                    shown.remove(&format!("{side}_volume{level}"));
                    shown.remove(&format!("{side}_orders{level}"));
                }
            }
        }
        shown
    }
}

pub(crate) fn quote_members(quote: &Quote) -> Members {
    let numbers = [
        quote.bid(),
        bare(quote.bid_volume()),
        quote.ask(),
        bare(quote.ask_volume()),
        quote.last(),
        bare(quote.last_volume()),
        quote.open(),
        quote.high(),
        quote.low(),
        quote.close(),
        quote.vwap(),
        quote.turnover(),
        bare(quote.turnover_volume()),
        quote.ep(),
        bare(quote.paired()),
        bare(quote.imbalance()),
        quote.extended_last(),
    ];
    let mut members = Members::new();
    for (name, number) in PRICE.split_whitespace().zip(numbers) {
        members.extend(number.map(|number| (name.into(), number.to_string())));
    }
    let times = [quote.tick_timestamp(), quote.trade_timestamp()];
    for (name, time) in TIMES.into_iter().zip(times) {
        members.extend(time.map(|time| (name.into(), millis_text(time))));
    }
    members
}

fn bare(units: Option<Volume>) -> Option<Decimal> {
    units.map(Volume::get)
}

pub(crate) fn book_members(book: &Book) -> Members {
    let mut members = Members::new();
    for level in 1..=5 {
        for (side, shown) in SIDES.into_iter().zip([book.bid(level), book.ask(level)]) {
            let Some(shown) = shown else { continue };
            let mut put = |of, value| drop(members.insert(format!("{side}{of}{level}"), value));
            put("", shown.price.to_string());
            shown
                .volume
                .into_iter()
                .for_each(|number| put("_volume", number.to_string()));
            shown
                .orders
                .into_iter()
                .for_each(|count| put("_orders", count.to_string()));
        }
    }
    let time = book.tick_timestamp();
    members.extend(time.map(|time| (TIMES[0].into(), millis_text(time))));
    members
}

fn millis_text(time: Timestamp) -> String {
    time.as_millis().to_string()
}

fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => (0..1_000_000_i64, 0..5_u8).prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale).to_string()),
        1 => any::<i64>().prop_map(|mantissa| Decimal::new(mantissa, 18).to_string()),
    ]
}

fn value(name: &str) -> BoxedStrategy<Option<String>> {
    let text = if name == "delayed" {
        (0..3_u64).prop_map(|code| code.to_string()).boxed()
    } else if name.contains("timestamp") || name.contains("orders") {
        (0..4_000_000_000_u64)
            .prop_map(|count| count.to_string())
            .boxed()
    } else {
        number().boxed()
    };
    prop::option::weighted(0.8, text).boxed()
}

fn changes(names: Vec<String>) -> impl Strategy<Value = Changes> {
    prop::sample::subsequence(names, 0..8).prop_flat_map(|names| {
        let members = names
            .into_iter()
            .map(|name| (Just(name.clone()), value(&name)));
        members.collect::<Vec<_>>()
    })
}

pub(crate) fn price_changes() -> impl Strategy<Value = Changes> {
    let others = ["delayed", TIMES[0], TIMES[1]];
    changes(
        PRICE
            .split_whitespace()
            .chain(others)
            .map(Into::into)
            .collect(),
    )
}

pub(crate) fn depth_changes() -> impl Strategy<Value = Changes> {
    let mut names = vec![TIMES[0].into()];
    for level in 1..=5 {
        for side in SIDES {
            names.extend(["", "_volume", "_orders"].map(|of| format!("{side}{of}{level}")));
        }
    }
    changes(names)
}

//! Made-up recordings of the public feed, the same on every run.

#![allow(dead_code, reason = "each program takes a part of it")]

use std::fmt::Write as _;

/// What is in a recording.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// A market at work: changes of prices, of the book, some trades.
    Steady,
    /// The beginning of a day: full ticks.
    Open,
    /// Books that change.
    Depth,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::Steady, Self::Open, Self::Depth];
}

/// So many lines about so many instruments.
pub(crate) fn corpus(kind: Kind, lines: usize, instruments: u64) -> String {
    let mut market = Market {
        random: 0x4e4f_5244,
        instruments,
        time: 1_764_000_000_000,
    };
    let mut text = String::new();
    for _ in 0..lines {
        let dice = market.below(100);
        match kind {
            Kind::Steady if dice < 70 => market.price(&mut text, 4),
            Kind::Steady if dice < 92 => market.depth(&mut text, 5),
            Kind::Open if dice < 92 => market.price(&mut text, 17),
            Kind::Open => market.depth(&mut text, 30),
            Kind::Depth if dice < 92 => market.depth(&mut text, 7),
            Kind::Depth => market.price(&mut text, 4),
            Kind::Steady => market.trade(&mut text),
        }
    }
    text
}

/// The name of an instrument, as a program would subscribe to it.
pub(crate) fn identifier(instrument: u64) -> String {
    (100 + instrument * 7).to_string()
}

struct Market {
    random: u64,
    instruments: u64,
    time: u64,
}

const PRICE: [&str; 17] = [
    "bid",
    "bid_volume",
    "ask",
    "ask_volume",
    "last",
    "last_volume",
    "turnover_volume",
    "turnover",
    "vwap",
    "high",
    "low",
    "open",
    "close",
    "ep",
    "paired",
    "imbalance",
    "extended_last",
];

impl Market {
    fn price(&mut self, text: &mut String, members: usize) {
        self.head("price", text);
        let first = self.below(PRICE.len() as u64 - members as u64 + 1) as usize;
        for name in &PRICE[first..first + members] {
            self.member(name, text);
        }
        text.push_str("}}\n");
    }

    fn depth(&mut self, text: &mut String, members: usize) {
        self.head("depth", text);
        let first = self.below(30 - members as u64 + 1) as usize;
        for member in first..first + members {
            let side = ["bid", "ask"][member / 3 % 2];
            let of = ["", "_volume", "_orders"][member % 3];
            let name = format!("{side}{of}{}", 1 + member / 6);
            if of == "_orders" {
                let _ = write!(text, ",\"{name}\":{}", 1 + self.below(60));
            } else {
                self.member(&name, text);
            }
        }
        text.push_str("}}\n");
    }

    fn trade(&mut self, text: &mut String) {
        self.head("trade", text);
        self.member("price", text);
        self.member("volume", text);
        let id = self.below(1_000_000);
        let _ = writeln!(text, ",\"broker_buying\":\"AVA\",\"trade_id\":\"{id}\"}}}}");
    }

    fn head(&mut self, kind: &str, text: &mut String) {
        self.time += self.below(4);
        // Some are popular.
        let (a, b) = (self.below(self.instruments), self.below(self.instruments));
        let (name, time) = (identifier(a.min(b)), self.time);
        let stamp = if kind == "trade" { "trade" } else { "tick" };
        let _ = write!(
            text,
            "{{\"type\":\"{kind}\",\"data\":{{\"i\":\"{name}\",\"m\":11,\"{stamp}_timestamp\":{time}"
        );
    }

    fn member(&mut self, name: &str, text: &mut String) {
        let _ = write!(text, ",\"{name}\":");
        let number = 1 + self.below(40_000);
        let _ = match self.below(250) {
            0 => write!(text, "null"),
            _ if name.contains("volume") => write!(text, "{number}"),
            dice if dice % 8 == 0 => write!(text, "{}.0", number / 100),
            _ => write!(text, "{}.{:02}", number / 100, number % 100),
        };
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed >> 32) * limit) >> 32
    }
}

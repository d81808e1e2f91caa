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
    /// The lines of `Steady`, their members in any order behind the ids.
    Shuffled,
    /// The same with white space behind commas and colons.
    Spaced,
    /// The same with numbers as a JVM prints doubles.
    Jvm,
    /// The same with the member `id`, which nobody documents.
    Extra,
}

impl Kind {
    pub(crate) const ALL: [Self; 7] = [
        Self::Steady,
        Self::Open,
        Self::Depth,
        Self::Shuffled,
        Self::Spaced,
        Self::Jvm,
        Self::Extra,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Steady => "steady",
            Self::Open => "open",
            Self::Depth => "depth",
            Self::Shuffled => "shuffled",
            Self::Spaced => "spaced",
            Self::Jvm => "jvm",
            Self::Extra => "extra",
        }
    }
}

/// So many lines about so many instruments.
pub(crate) fn corpus(kind: Kind, lines: usize, instruments: u64) -> String {
    if !matches!(kind, Kind::Steady | Kind::Open | Kind::Depth) {
        let text = corpus(Kind::Steady, lines, instruments);
        let mut random = Random(0x4e4f_5244);
        return text
            .lines()
            .map(|line| rewritten(kind, line, &mut random) + "\n")
            .collect();
    }
    let mut market = Market {
        random: Random(0x4e4f_5244),
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
            _ => market.trade(&mut text),
        }
    }
    text
}

/// A line that says the same, or nearly, in another form. No text in it holds a
/// comma or a colon.
fn rewritten(kind: Kind, line: &str, random: &mut Random) -> String {
    const DATA: &str = "\"data\":{";
    if let Kind::Spaced = kind {
        return line.replace(',', ", ").replace(':', ": ");
    }
    let Some((head, data)) = line.split_once(DATA) else {
        return line.into();
    };
    let data = data.trim_end_matches('}');
    let mut members: Vec<String> = data.split(',').map(String::from).collect();
    match kind {
        Kind::Shuffled => {
            // What it is about stays in front.
            for last in (3..members.len()).rev() {
                members.swap(last, 2 + random.below(last as u64 - 1) as usize);
            }
        }
        Kind::Jvm => {
            for member in &mut members {
                *member = as_double(member);
            }
        }
        Kind::Extra => members.insert(2, "\"id\":16750901".into()),
        _ => {}
    }
    format!("{head}{DATA}{}}}}}", members.join(","))
}

/// The number of a member as a JVM prints a double, if it is a price or counts
/// units.
fn as_double(member: &str) -> String {
    let Some((name, number)) = member.split_once(':') else {
        return member.into();
    };
    let counts = name == "\"m\"" || name.contains("timestamp") || name.contains("orders");
    if counts || !number.starts_with(|digit: char| digit.is_ascii_digit()) {
        return member.into();
    }
    let at_least_one = |digits: &str| match digits.trim_end_matches('0') {
        "" => String::from("0"),
        digits => digits.into(),
    };
    let (whole, places) = number.split_once('.').unwrap_or((number, ""));
    if whole.len() < 8 {
        return format!("{name}:{whole}.{}", at_least_one(places));
    }
    let (first, rest) = whole.split_at(1);
    let digits = at_least_one(&[rest, places].concat());
    format!("{name}:{first}.{digits}E{}", rest.len())
}

/// The name of an instrument, as a program would subscribe to it.
pub(crate) fn identifier(instrument: u64) -> String {
    (100 + instrument * 7).to_string()
}

struct Market {
    random: Random,
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
            _ if name == "turnover" => write!(text, "{}.{:02}", number * 997, number % 100),
            dice if dice % 8 == 0 => write!(text, "{}.0", number / 100),
            _ => write!(text, "{}.{:02}", number / 100, number % 100),
        };
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.random.below(limit)
    }
}

struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed >> 32) * limit) >> 32
    }
}

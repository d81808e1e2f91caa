//! What the screen shows.

use std::time::Duration;

use nordnet_tokio::{Change, Decimal, PriceTick, Timestamp};

/// The best bid and ask and the last trade, merged from ticks.
#[derive(Default)]
pub(crate) struct Quote {
    time: Option<Timestamp>,
    bid: Option<Decimal>,
    bid_volume: Option<Decimal>,
    ask: Option<Decimal>,
    ask_volume: Option<Decimal>,
    last: Option<Decimal>,
    note: &'static str,
}

impl Quote {
    /// Takes what a tick changes. A full tick replaces everything.
    pub(crate) fn merge(&mut self, tick: &PriceTick) {
        if tick.is_full() {
            *self = Self::default();
        }
        tick.tick_timestamp().apply_to(&mut self.time);
        tick.bid().apply_to(&mut self.bid);
        tick.bid_volume().apply_to(&mut self.bid_volume);
        tick.ask().apply_to(&mut self.ask);
        tick.ask_volume().apply_to(&mut self.ask_volume);
        tick.last().apply_to(&mut self.last);
        self.note = match (tick.bid(), tick.ask()) {
            (Change::Cleared, _) => "bid withdrawn",
            (_, Change::Cleared) => "ask withdrawn",
            _ => "",
        };
    }

    pub(crate) fn ask(&self) -> Option<Decimal> {
        self.ask
    }

    /// Any price, for the tick table.
    pub(crate) fn price(&self) -> Option<Decimal> {
        self.last.or(self.ask).or(self.bid)
    }

    pub(crate) fn line(&self, symbol: &str) -> String {
        let time = self
            .time
            .map_or("--:--:--.---".into(), |time| time.time_of_day().to_string());
        let line = format!(
            "{time}  {symbol}  bid {}  ask {}  last {:<8}  {}",
            side(self.bid, self.bid_volume),
            side(self.ask, self.ask_volume),
            self.last.map_or("-".into(), |price| price.to_string()),
            self.note
        );
        line.trim_end().into()
    }
}

fn side(price: Option<Decimal>, volume: Option<Decimal>) -> String {
    let text = match (price, volume) {
        (Some(price), Some(volume)) => format!("{price} x {}", grouped(volume)),
        (Some(price), None) => price.to_string(),
        (None, _) => "-".into(),
    };
    format!("{text:<17}")
}

/// A number with a space between groups of three digits.
pub(crate) fn grouped(number: Decimal) -> String {
    let text = number.to_string();
    let (whole, fraction) = text
        .split_once('.')
        .map_or((&*text, None), |(w, f)| (w, Some(f)));
    let (sign, digits) = whole
        .strip_prefix('-')
        .map_or(("", whole), |digits| ("-", digits));
    let mut out = String::from(sign);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            out.push(' ');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction.filter(|fraction| fraction.bytes().any(|digit| digit != b'0'))
    {
        out = format!("{out}.{fraction}");
    }
    out
}

pub(crate) fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f32())
}

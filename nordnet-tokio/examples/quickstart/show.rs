//! What the screen shows.

use std::fmt;
use std::io::Write as _;
use std::time::Duration;

use crate::nordnet::{Change, Decimal, PriceTick, Timestamp, Volume};

/// Prints a line.
macro_rules! say {
    ($($text:tt)*) => {
        $crate::show::print(format_args!("{}\n", format_args!($($text)*)))
    };
}

/// Prints at once. A reader that has gone, as `head` does, ends the program.
pub(crate) fn print(text: fmt::Arguments<'_>) {
    let mut out = std::io::stdout();
    if out.write_fmt(text).and_then(|()| out.flush()).is_err() {
        std::process::exit(0);
    }
}

/// The best bid and ask and the last trade, merged from ticks.
#[derive(Default)]
pub(crate) struct Quote {
    time: Option<Timestamp>,
    bid: Option<Decimal>,
    bid_volume: Option<Volume>,
    ask: Option<Decimal>,
    ask_volume: Option<Volume>,
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
        let time = self.time.map(|time| time.time_of_day().to_string());
        let line = format!(
            "{}  {symbol}  bid {}  ask {}  last {:<8}  {}",
            time.as_deref().unwrap_or("--:--:--.---"),
            side(self.bid, self.bid_volume),
            side(self.ask, self.ask_volume),
            self.last
                .map_or_else(|| "-".into(), |price| format!("{price:.2}")),
            self.note
        );
        line.trim_end().into()
    }
}

fn side(price: Option<Decimal>, volume: Option<Volume>) -> String {
    let text = match (price, volume) {
        (Some(price), Some(volume)) => format!("{price:.2} x {}", grouped(volume.get(), 0)),
        (Some(price), None) => format!("{price:.2}"),
        (None, _) => "-".into(),
    };
    format!("{text:<15}")
}

/// A number with a space between groups of three digits.
pub(crate) fn grouped(number: Decimal, places: usize) -> String {
    let text = format!("{number:.places$}");
    let (whole, fraction) = text.split_at(text.find('.').unwrap_or(text.len()));
    let digits = whole.trim_start_matches('-');
    let mut out = whole[..whole.len() - digits.len()].to_string();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(digit);
    }
    out + fraction
}

pub(crate) fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f32())
}

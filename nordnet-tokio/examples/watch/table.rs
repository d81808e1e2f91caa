//! The screen of a terminal.

use std::fmt::{self, Write as _};
use std::io::{self, Write};
use std::sync::Arc;

use nordnet_tokio::flow::Listing;
use nordnet_tokio::market::{Book, QuoteState};
use nordnet_tokio::proto::{Rounding, Volume};
use nordnet_tokio::{Decimal, MarketWatch};

use super::Screen;

/// The columns of a line, at most: a line that the terminal wraps would make the table
/// higher than the number of lines that it moves up.
pub(crate) const WIDTH: usize = 79;

/// A table that is painted over itself.
pub(crate) struct Table<W> {
    out: W,
    /// How many lines the last frame had.
    height: usize,
    note: String,
}

impl<W: Write> Table<W> {
    pub(crate) const fn new(out: W) -> Self {
        Self {
            out,
            height: 0,
            note: String::new(),
        }
    }
}

impl<W: Write> Screen for Table<W> {
    fn paint(&mut self, stocks: &[Arc<Listing>], market: &MarketWatch) -> io::Result<()> {
        let text = frame(stocks, market, &self.note);
        let mut painted = String::new();
        if self.height > 0 {
            let _ = write!(painted, "\x1b[{}A", self.height);
        }
        for line in text.lines() {
            let _ = write!(painted, "\r\x1b[2K{}\r\n", cut(line));
        }
        self.height = text.lines().count();
        self.out.write_all(painted.as_bytes())?;
        self.out.flush()
    }

    fn note(&mut self, text: &str) -> io::Result<()> {
        // A text of the server must not move the cursor or begin a line.
        self.note = text.replace(char::is_control, " ");
        Ok(())
    }
}

/// As much of a line as fits.
pub(crate) fn cut(line: &str) -> &str {
    let mut width = 0;
    let end = line.find(|letter| {
        // A letter of another script may take two columns.
        width += if letter < '\u{300}' { 1 } else { 2 };
        width > WIDTH
    });
    end.map_or(line, |end| &line[..end])
}

/// One frame: the quotes, the book of the first listing, and the last note.
fn frame(stocks: &[Arc<Listing>], market: &MarketWatch, note: &str) -> String {
    let mut text = format!(
        "  {:<10} {:>9} {:>9} {:>9} {:>9} {:>9} {:>8} {:>7}\n",
        "", "bid", "volume", "ask", "volume", "last", "change", "age"
    );
    for stock in stocks {
        let quote = market.quote(stock);
        let mark = match quote.state() {
            QuoteState::Live => ' ',
            QuoteState::Delayed => 'D',
            QuoteState::Stale(_) => '!',
            QuoteState::Waiting => '.',
            _ => '?',
        };
        let change = quote.last().zip(quote.close());
        let change =
            change.and_then(|(last, close)| last.percent_change_from(close, 2, Rounding::HalfEven));
        let change = change.map(|percent| format!("{percent:+.2} %"));
        let age = quote.age().map(|age| format!("{:.1} s", age.as_secs_f32()));
        let _ = writeln!(
            text,
            "{mark} {:<10} {:>9} {:>9} {:>9} {:>9} {:>9} {:>8} {:>7}",
            stock.symbol(),
            price(quote.bid()),
            units(quote.bid_volume()),
            price(quote.ask()),
            units(quote.ask_volume()),
            price(quote.last()),
            dash(change),
            dash(age),
        );
    }
    if let Some(stock) = stocks.first() {
        let _ = writeln!(text);
        let book = market.book(stock);
        for level in 1..=Book::LEVELS {
            let (bid, ask) = (book.bid(level), book.ask(level));
            let _ = writeln!(
                text,
                "  {:<10} {:>9} {:>9} {:>9} {:>9}",
                if level == 1 { stock.symbol() } else { "" },
                units(bid.and_then(|bid| bid.volume)),
                price(bid.map(|bid| bid.price)),
                price(ask.map(|ask| ask.price)),
                units(ask.and_then(|ask| ask.volume)),
            );
        }
    }
    let _ = writeln!(text, "\n{note}");
    text
}

/// At least two places, so that the column is straight.
fn price(price: Option<Decimal>) -> String {
    dash(price.map(|price| format!("{price:.*}", usize::from(price.scale().max(2)))))
}

fn units(volume: Option<Volume>) -> String {
    dash(volume.map(Volume::normalized))
}

fn dash(value: Option<impl fmt::Display>) -> String {
    value.map_or_else(|| "-".into(), |value| value.to_string())
}

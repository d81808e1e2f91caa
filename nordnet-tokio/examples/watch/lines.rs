//! Quotes for other programs.

use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;

use nordnet_tokio::flow::Listing;
use nordnet_tokio::{MarketWatch, Quote};

use super::Screen;

/// One JSON object a line for each quote that differs from the one before.
pub(crate) struct Lines<W> {
    out: W,
    /// What was last written of each listing.
    written: Vec<String>,
}

impl<W: Write> Lines<W> {
    pub(crate) const fn new(out: W) -> Self {
        Self {
            out,
            written: Vec::new(),
        }
    }
}

impl<W: Write> Screen for Lines<W> {
    fn paint(&mut self, stocks: &[Arc<Listing>], market: &MarketWatch) -> io::Result<()> {
        self.written.resize_with(stocks.len(), String::new);
        for (stock, written) in stocks.iter().zip(&mut self.written) {
            let line = line(stock, &market.quote(stock));
            if line != *written {
                writeln!(self.out, "{line}")?;
                *written = line;
            }
        }
        self.out.flush()
    }

    fn note(&mut self, text: &str) -> io::Result<()> {
        // stderr may be a terminal.
        writeln!(io::stderr(), "{}", text.replace(char::is_control, " "))
    }
}

/// Numbers are written exactly as in the feed, missing values as `null`.
fn line(stock: &Listing, quote: &Quote) -> String {
    format!(
        concat!(
            r#"{{"symbol":{},"tradable":{},"state":{},"time":{},"bid":{},"bid_volume":{},"#,
            r#""ask":{},"ask_volume":{},"last":{},"spread":{},"mid":{}}}"#
        ),
        text(stock.symbol()),
        text(stock.id()),
        text(quote.state()),
        quote.tick_timestamp().map_or_else(|| "null".into(), text),
        null(quote.bid()),
        null(quote.bid_volume()),
        null(quote.ask()),
        null(quote.ask_volume()),
        null(quote.last()),
        null(quote.spread()),
        null(quote.mid()),
    )
}

fn null(number: Option<impl fmt::Display>) -> String {
    number.map_or_else(|| "null".into(), |number| number.to_string())
}

fn text(value: impl fmt::Display) -> String {
    let mut text = String::from('"');
    for letter in value.to_string().chars() {
        match letter {
            '"' | '\\' => text.extend(['\\', letter]),
            letter if letter.is_control() => {
                text.push_str(&format!("\\u{:04x}", u32::from(letter)));
            }
            letter => text.push(letter),
        }
    }
    text.push('"');
    text
}

//! Decodes a recording of the public feed and says how much was in it.
//!
//! ```text
//! decode FILE [--passes N] [--limit LINES] [--chunk BYTES] [--merge | --feed]
//! ```
//!
//! Reads the file into memory and pushes it through the line decoder and the
//! message decoder in chunks. `--merge` also merges into market state, `--feed`
//! goes through the whole feed machine.

use std::error::Error;
use std::time::Instant;

use nordnet_proto::{
    BadLine, Change, Decimal, Decoded, Event, FeedConfig, LineDecoder, LoggedIn, Market,
    MarketFeed, MarketMessage, Output, Server, SessionKey,
};

#[expect(
    clippy::disallowed_methods,
    reason = "a program may read files, the core may not"
)]
fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::read()?;
    let bytes = std::fs::read(&options.file)?;
    let bytes = first_lines(&bytes, options.limit);
    let mut tally = Tally::default();
    let mut market = Market::new();
    for _ in 0..options.passes {
        match options.way {
            Way::Feed => through_feed(bytes, options.chunk, &mut tally)?,
            Way::Decode => through_decoder(bytes, options.chunk, &mut tally, None)?,
            Way::Merge => through_decoder(bytes, options.chunk, &mut tally, Some(&mut market))?,
        }
    }
    for quote in market.quotes(origin()) {
        tally.change(quote.last().map_or(Change::Unchanged, Change::Set));
    }
    let Tally {
        messages,
        malformed,
        checksum,
    } = tally;
    println!("messages={messages} malformed={malformed} checksum={checksum:016x}");
    Ok(())
}

fn through_decoder(
    bytes: &[u8],
    chunk: usize,
    tally: &mut Tally,
    mut market: Option<&mut Market>,
) -> Result<(), Box<dyn Error>> {
    let mut lines = LineDecoder::new(FeedConfig::default().max_line);
    let now = origin();
    for chunk in bytes.chunks(chunk) {
        lines.push(chunk);
        while let Some(read) = &MarketMessage::next(&mut lines) {
            match read {
                Ok(Decoded::Message(message)) => {
                    tally.message(message);
                    if let Some(market) = &mut market {
                        market.merge(message, now);
                    }
                }
                Ok(_) => tally.messages += 1,
                Err(BadLine::Malformed(_)) => tally.malformed += 1,
                Err(error) => return Err(error.clone().into()),
            }
        }
    }
    Ok(())
}

fn through_feed(bytes: &[u8], chunk: usize, tally: &mut Tally) -> Result<(), Box<dyn Error>> {
    let now = origin();
    let server = Server::new("127.0.0.1", 443, true);
    let session = LoggedIn::new(SessionKey::new("bench"), server.clone(), server);
    let mut feed = MarketFeed::new(FeedConfig::default(), [0; 16]);
    feed.handle_login(Ok(session), now);
    let Some(Output::Connect { attempt, .. }) = feed.poll_output() else {
        return Err("the feed does not connect".into());
    };
    feed.handle_connected(attempt, now);
    feed.handle_transmitted(attempt, feed.transmit().len(), now);
    for chunk in bytes.chunks(chunk) {
        feed.handle_input(attempt, chunk, now);
        while let Some(Output::Event(event)) = &feed.poll_output() {
            match event {
                Event::Message(message) => tally.message(message),
                Event::Error { .. } | Event::Refused { .. } => tally.messages += 1,
                Event::Malformed(_) => tally.malformed += 1,
                Event::Connected { .. } | Event::Live { .. } => {}
                other => return Err(format!("the feed ended: {other:?}").into()),
            }
        }
    }
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "an origin for virtual time; it never passes"
)]
fn origin() -> Instant {
    Instant::now()
}

/// How much was read, and a checksum over the prices at the top of each message:
/// to sum up all members would cost as much as a third of reading them.
#[derive(Default)]
struct Tally {
    messages: u64,
    malformed: u64,
    checksum: u64,
}

impl Tally {
    fn message(&mut self, message: &MarketMessage) {
        self.messages += 1;
        match message {
            MarketMessage::Price(tick) => {
                self.change(tick.bid());
                self.change(tick.ask());
                self.change(tick.last());
            }
            MarketMessage::Depth(tick) => {
                let best = tick.level(1);
                self.change(best.bid);
                self.change(best.ask);
            }
            MarketMessage::Indicator(tick) => self.change(tick.last()),
            MarketMessage::Trade(trade) => {
                self.change(trade.price().map_or(Change::Cleared, Change::Set));
            }
            MarketMessage::TradingStatus(status) => {
                self.add(status.status().value().map_or(0, |text| text.len() as u64));
            }
            MarketMessage::News(news) => self.add(news.news_id.get().unsigned_abs()),
            _ => self.add(3),
        }
    }

    #[inline]
    fn change(&mut self, change: Change<Decimal>) {
        match change {
            Change::Unchanged => {}
            Change::Cleared => self.add(1),
            Change::Set(number) => {
                self.add(number.mantissa().unsigned_abs() ^ u64::from(number.scale()));
            }
        }
    }

    #[inline]
    fn add(&mut self, value: u64) {
        self.checksum = (self.checksum.rotate_left(5) ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

fn first_lines(bytes: &[u8], limit: Option<usize>) -> &[u8] {
    let Some(limit) = limit else { return bytes };
    let mut ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
    match limit.checked_sub(1).map(|last| ends.nth(last)) {
        None => &[],
        Some(None) => bytes,
        Some(Some((end, _))) => bytes.get(..=end).unwrap_or(bytes),
    }
}

struct Options {
    file: String,
    passes: usize,
    limit: Option<usize>,
    chunk: usize,
    way: Way,
}

#[derive(Clone, Copy)]
enum Way {
    Decode,
    Merge,
    Feed,
}

impl Options {
    #[expect(clippy::disallowed_methods, reason = "a program has arguments")]
    fn read() -> Result<Self, Box<dyn Error>> {
        let mut options = Self {
            file: String::new(),
            passes: 1,
            limit: None,
            chunk: 16_384,
            way: Way::Decode,
        };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut number = || -> Result<usize, Box<dyn Error>> {
                let number = arguments.next().ok_or("a number is missing")?;
                Ok(number.parse()?)
            };
            match argument.as_str() {
                "--passes" => options.passes = number()?,
                "--limit" => options.limit = Some(number()?),
                "--chunk" => options.chunk = number()?.max(1),
                "--merge" => options.way = Way::Merge,
                "--feed" => options.way = Way::Feed,
                file => options.file = file.into(),
            }
        }
        if options.file.is_empty() {
            return Err("usage: decode FILE [--passes N] [--limit LINES] [--chunk BYTES] [--merge | --feed]".into());
        }
        Ok(options)
    }
}

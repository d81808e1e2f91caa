//! Decodes a recording of the public feed and says how much was in it.
//!
//! ```text
//! decode FILE [--passes N] [--limit LINES] [--chunk BYTES] [--merge | --feed]
//! ```
//!
//! Reads the file into memory and pushes it through the line decoder and the
//! message decoder in chunks. `--merge` also keeps the last value of every
//! member, `--feed` goes through the whole feed machine.

use std::collections::BTreeMap;
use std::error::Error;
use std::time::Instant;

use nordnet_proto::{
    BadLine, Change, Decimal, Decoded, DepthTick, Event, FeedConfig, LineDecoder, LoggedIn,
    MarketFeed, MarketMessage, Output, PriceTick, Server, SessionKey, TradableId,
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
    let mut book = Book::default();
    for _ in 0..options.passes {
        match options.way {
            Way::Feed => through_feed(bytes, options.chunk, &mut tally)?,
            Way::Decode => through_decoder(bytes, options.chunk, &mut tally, None)?,
            Way::Merge => through_decoder(bytes, options.chunk, &mut tally, Some(&mut book))?,
        }
    }
    book.add_to(&mut tally);
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
    mut book: Option<&mut Book>,
) -> Result<(), Box<dyn Error>> {
    let mut lines = LineDecoder::new(FeedConfig::default().max_line);
    for chunk in bytes.chunks(chunk) {
        lines.push(chunk);
        while let Some(read) = &MarketMessage::next(&mut lines) {
            match read {
                Ok(Decoded::Message(message)) => {
                    tally.message(message);
                    if let Some(book) = &mut book {
                        book.merge(message);
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
                Event::Connected { .. } => {}
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

/// The last value of every member of every tradable.
#[derive(Default)]
struct Book {
    prices: BTreeMap<TradableId, [Option<Decimal>; 17]>,
    depths: BTreeMap<TradableId, [Option<Decimal>; 30]>,
}

impl Book {
    fn merge(&mut self, message: &MarketMessage) {
        match message {
            MarketMessage::Price(tick) => {
                let kept = match self.prices.get_mut(tick.tradable()) {
                    Some(kept) => kept,
                    None => self.prices.entry(tick.tradable().clone()).or_default(),
                };
                price_members(tick, |number, change| change.apply_to(&mut kept[number]));
            }
            MarketMessage::Depth(tick) => {
                let kept = match self.depths.get_mut(tick.tradable()) {
                    Some(kept) => kept,
                    None => self.depths.entry(tick.tradable().clone()).or_default(),
                };
                depth_members(tick, |number, change| change.apply_to(&mut kept[number]));
            }
            _ => {}
        }
    }

    fn add_to(&self, tally: &mut Tally) {
        let prices = self.prices.values().flatten();
        for number in prices.chain(self.depths.values().flatten()).flatten() {
            tally.change(Change::Set(*number));
        }
    }
}

/// Shows every member, by its number.
#[inline(always)]
fn price_members(tick: &PriceTick, mut show: impl FnMut(usize, Change<Decimal>)) {
    show(0, tick.bid());
    show(1, tick.bid_volume());
    show(2, tick.ask());
    show(3, tick.ask_volume());
    show(4, tick.last());
    show(5, tick.last_volume());
    show(6, tick.open());
    show(7, tick.high());
    show(8, tick.low());
    show(9, tick.close());
    show(10, tick.vwap());
    show(11, tick.turnover());
    show(12, tick.turnover_volume());
    show(13, tick.ep());
    show(14, tick.paired());
    show(15, tick.imbalance());
    show(16, tick.extended_last());
}

#[inline(always)]
fn depth_members(tick: &DepthTick, mut show: impl FnMut(usize, Change<Decimal>)) {
    for number in 0..DepthTick::LEVELS {
        let level = tick.level(number + 1);
        show(6 * number, level.bid);
        show(6 * number + 1, level.ask);
        show(6 * number + 2, level.bid_volume);
        show(6 * number + 3, level.ask_volume);
        show(6 * number + 4, level.bid_orders.map(Decimal::from));
        show(6 * number + 5, level.ask_orders.map(Decimal::from));
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

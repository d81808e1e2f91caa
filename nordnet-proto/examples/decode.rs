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
    Change, Decimal, Decoded, DepthTick, Event, FeedConfig, IndicatorTick, LineDecoder, LoggedIn,
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
        while let Some(line) = lines.next_line() {
            match line? {
                b"" => {}
                line => match MarketMessage::decode(line) {
                    Ok(Decoded::Message(message)) => {
                        tally.message(&message);
                        if let Some(book) = &mut book {
                            book.merge(&message);
                        }
                    }
                    Ok(_) => tally.messages += 1,
                    Err(_) => tally.malformed += 1,
                },
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
        while let Some(Output::Event(event)) = feed.poll_output() {
            match event {
                Event::Message(message) => tally.message(&message),
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

/// How much was read, and a checksum that touches every member.
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
            MarketMessage::Price(tick) => price_members(tick).for_each(|it| self.change(it)),
            MarketMessage::Depth(tick) => depth_members(tick).for_each(|it| self.change(it)),
            MarketMessage::Indicator(tick) => {
                indicator_members(tick).for_each(|it| self.change(it));
            }
            MarketMessage::Trade(trade) => {
                self.change(trade.price().map_or(Change::Cleared, Change::Set));
                self.change(trade.volume().map_or(Change::Cleared, Change::Set));
            }
            MarketMessage::TradingStatus(status) => {
                self.add(status.status().value().map_or(0, |text| text.len() as u64));
            }
            MarketMessage::News(news) => self.add(news.news_id.get().unsigned_abs()),
            _ => self.add(3),
        }
    }

    fn change(&mut self, change: Change<Decimal>) {
        match change {
            Change::Unchanged => {}
            Change::Cleared => self.add(1),
            Change::Set(number) => {
                let number = number.normalized();
                self.add(number.mantissa().unsigned_abs());
                self.add(u64::from(number.scale()));
            }
        }
    }

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
                price_members(tick)
                    .zip(kept)
                    .for_each(|(change, kept)| change.apply_to(kept));
            }
            MarketMessage::Depth(tick) => {
                let kept = match self.depths.get_mut(tick.tradable()) {
                    Some(kept) => kept,
                    None => self.depths.entry(tick.tradable().clone()).or_default(),
                };
                depth_members(tick)
                    .zip(kept)
                    .for_each(|(change, kept)| change.apply_to(kept));
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

fn price_members(tick: &PriceTick) -> impl Iterator<Item = Change<Decimal>> {
    [
        tick.bid(),
        tick.bid_volume(),
        tick.ask(),
        tick.ask_volume(),
        tick.last(),
        tick.last_volume(),
        tick.open(),
        tick.high(),
        tick.low(),
        tick.close(),
        tick.vwap(),
        tick.turnover(),
        tick.turnover_volume(),
        tick.ep(),
        tick.paired(),
        tick.imbalance(),
        tick.extended_last(),
    ]
    .into_iter()
}

fn depth_members(tick: &DepthTick) -> impl Iterator<Item = Change<Decimal>> {
    tick.levels().flat_map(|level| {
        [
            level.bid,
            level.ask,
            level.bid_volume,
            level.ask_volume,
            level.bid_orders.map(Decimal::from),
            level.ask_orders.map(Decimal::from),
        ]
    })
}

fn indicator_members(tick: &IndicatorTick) -> impl Iterator<Item = Change<Decimal>> {
    [tick.last(), tick.high(), tick.low(), tick.close()].into_iter()
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

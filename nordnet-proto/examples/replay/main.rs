//! Replays a recorded feed through the core: no socket, no clock, no thread.
//!
//! ```text
//! cargo run --example replay [FILE]
//! ```
//!
//! This is what a game loop, an `io_uring` reactor or a replay tool starts from.
//! The feed is told what happens and asked what it wants, and time is what
//! the loop says it is: fifteen seconds of recording take none.
//!
//! Each line of the file is a time in milliseconds and a line as it came. A time
//! alone is the end of the stream: the feed then waits, connects and subscribes
//! again by itself. The recording beside this file was made with `nordnet-sim`.

use std::io::Write;
use std::time::{Duration, Instant};

use nordnet_proto::{
    Attempt, Decimal, Event, FeedConfig, LoggedIn, MarketFeed, MarketMessage, Output, Server,
    SessionKey, Subscription, TradableId,
};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[expect(
    clippy::disallowed_methods,
    reason = "a program may read files, and an `Instant` can be made in no other way"
)]
fn main() -> Result<()> {
    let recording = match std::env::args_os().nth(1) {
        Some(file) => std::fs::read_to_string(file)?,
        None => include_str!("recording.txt").into(),
    };
    replay(&recording, Instant::now(), &mut std::io::stdout().lock())
}

/// Plays a recording whose first millisecond is `start`.
pub(crate) fn replay(recording: &str, start: Instant, out: &mut impl Write) -> Result<()> {
    let mut records = recording.lines().map(|line| Record::read(line, start));
    let mut next = records.next().transpose()?;
    let mut screen = Screen::new(start, out);

    let mut now = start;
    let mut feed = MarketFeed::new(FeedConfig::default(), [7; 16]); // the seed of its jitter
    for name in ["101", "no-such"] {
        feed.subscribe(Subscription::Price(TradableId::new(11, name)), now);
    }
    let server = Server::new("recording", 0, false);
    let logged_in = LoggedIn::new(SessionKey::new("none"), server.clone(), server);
    let mut connection: Option<Attempt> = None;

    loop {
        // What has happened, and what is asked for. All of it stands until it
        // is answered, here or at any later time.
        while let Some(output) = feed.poll_output() {
            match output {
                Output::Event(Event::Closed(reason)) => return screen.say(now, &reason),
                Output::Event(event) => screen.show(now, &event)?,
                Output::Login { .. } => feed.handle_login(Ok(logged_in.clone()), now),
                Output::Connect { attempt, .. } => {
                    connection = Some(attempt);
                    feed.handle_connected(attempt, now);
                }
                Output::Disconnect => {
                    if let Some(attempt) = connection.take() {
                        feed.handle_disconnected(attempt, None, now);
                    }
                }
            }
        }
        // What is to be written. A socket may take less of it.
        if let (Some(attempt), bytes @ [_, ..]) = (connection, feed.transmit()) {
            let count = bytes.len();
            screen.say(now, &format_args!("{count} bytes written"))?;
            feed.handle_transmitted(attempt, count, now);
            continue;
        }
        // Time moves on to what comes next: a record, or a timer of the feed.
        match (&next, feed.poll_timeout()) {
            (None, _) => feed.close(now),
            (Some(record), Some(timer)) if timer <= record.at => {
                now = timer;
                feed.handle_timeout(now);
            }
            (Some(record), _) => {
                now = record.at;
                if let Some(attempt) = connection {
                    feed.handle_input(attempt, &record.bytes, now);
                }
                next = records.next().transpose()?;
            }
        }
    }
}

/// Something that came; no bytes are the end of the stream.
struct Record {
    at: Instant,
    bytes: Vec<u8>,
}

impl Record {
    fn read(line: &str, start: Instant) -> Result<Self> {
        let (millis, text) = line.split_once(' ').unwrap_or((line, ""));
        let mut bytes = text.as_bytes().to_vec();
        if !bytes.is_empty() {
            bytes.push(b'\n');
        }
        let at = start + Duration::from_millis(millis.parse()?);
        Ok(Self { at, bytes })
    }
}

/// Shows each event, with the time of the recording.
struct Screen<'a, W> {
    start: Instant,
    bid: Option<Decimal>,
    ask: Option<Decimal>,
    out: &'a mut W,
}

impl<'a, W: Write> Screen<'a, W> {
    const fn new(start: Instant, out: &'a mut W) -> Self {
        let (bid, ask) = (None, None);
        Self {
            start,
            bid,
            ask,
            out,
        }
    }

    fn show(&mut self, now: Instant, event: &Event<MarketMessage>) -> Result<()> {
        match event {
            Event::Message(MarketMessage::Price(tick)) => {
                if tick.is_full() {
                    (self.bid, self.ask) = (None, None);
                }
                tick.bid().apply_to(&mut self.bid);
                tick.ask().apply_to(&mut self.ask);
                let text =
                    |side: Option<Decimal>| side.map_or_else(|| "-".into(), |it| it.to_string());
                let (bid, ask) = (text(self.bid), text(self.ask));
                self.say(now, &format_args!("bid {bid}  ask {ask}"))
            }
            Event::Message(_) => Ok(()),
            Event::Connected { after_gap: None } => self.say(now, &"connected"),
            Event::Connected {
                after_gap: Some(gap),
            } => self.say(now, &format_args!("connected again, after {gap}")),
            Event::Live { .. } => self.say(now, &"live"),
            Event::Disconnected(lost) => self.say(now, lost),
            Event::Refused {
                subscription,
                message,
            } => self.say(now, &format_args!("{subscription} refused: {message}")),
            Event::Error { message, .. } => self.say(now, &format_args!("error: {message}")),
            other => self.say(now, &format_args!("{other:?}")),
        }
    }

    fn say(&mut self, now: Instant, what: &dyn std::fmt::Display) -> Result<()> {
        let seconds = (now - self.start).as_secs_f32();
        Ok(writeln!(self.out, "{seconds:7.3} s  {what}")?)
    }
}

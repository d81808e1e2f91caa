//! A connection between the feed's driver and the server.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// How a stream ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    InGoodOrder,
    Reset,
}

/// The stream from the server, as it is under way.
pub(crate) struct Link {
    under_way: VecDeque<(Instant, Vec<u8>)>,
    /// When the last of it arrives: nothing overtakes.
    last: Instant,
    end: Option<(Instant, End)>,
    /// How many bytes get through before the stream ends.
    pub(crate) cut: Option<(usize, End)>,
    /// Nothing gets through any more.
    pub(crate) dead: bool,
    /// Nothing gets through before this.
    pub(crate) stalled_until: Instant,
    pub(crate) delay: Duration,
    /// The wait before each single byte.
    pub(crate) drip: Option<Duration>,
}

impl Link {
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            under_way: VecDeque::new(),
            last: now,
            end: None,
            cut: None,
            dead: false,
            stalled_until: now,
            delay: Duration::ZERO,
            drip: None,
        }
    }

    /// When the last byte under way arrives.
    pub(crate) const fn last_arrival(&self) -> Instant {
        self.last
    }

    /// Takes what the server sends. When it arrives.
    pub(crate) fn send(&mut self, bytes: &[u8], now: Instant) -> Option<Instant> {
        if self.dead || self.end.is_some() {
            return None;
        }
        let mut bytes = bytes;
        let mut end = None;
        if let Some((left, how)) = &mut self.cut {
            if bytes.len() >= *left {
                bytes = &bytes[..*left];
                end = Some(*how);
            }
            *left -= bytes.len();
        }
        let at = (now + self.delay).max(self.last).max(self.stalled_until);
        self.last = at;
        if let Some(pause) = self.drip {
            for byte in bytes {
                self.last += pause;
                self.under_way.push_back((self.last, vec![*byte]));
            }
        } else if !bytes.is_empty() {
            self.under_way.push_back((at, bytes.to_vec()));
        }
        if let Some(how) = end {
            self.end = Some((self.last, how));
        }
        Some(self.next().unwrap_or(at))
    }

    /// Ends the stream behind what is under way. When that arrives.
    pub(crate) fn end(&mut self, how: End, now: Instant) -> Option<Instant> {
        if self.dead || self.end.is_some() {
            return None;
        }
        let at = self.last.max(now + self.delay).max(self.stalled_until);
        self.end = Some((at, how));
        Some(at)
    }

    /// When something arrives next.
    pub(crate) fn next(&self) -> Option<Instant> {
        let bytes = self.under_way.front().map(|(at, _)| *at);
        bytes.or_else(|| self.end.map(|(at, _)| at))
    }

    /// Whether more is there than any reader takes at once.
    pub(crate) fn is_flooded(&self) -> bool {
        let first = self.under_way.front();
        first.is_some_and(|(_, bytes)| bytes.len() > 64 * 1024)
    }

    /// Takes up to so many of the bytes that have arrived.
    pub(crate) fn read(&mut self, most: usize, now: Instant) -> Vec<u8> {
        let mut read = Vec::new();
        while let Some((at, bytes)) = self.under_way.front_mut() {
            if *at > now || read.len() >= most {
                break;
            }
            let count = bytes.len().min(most - read.len());
            read.extend(bytes.drain(..count));
            if bytes.is_empty() {
                self.under_way.pop_front();
            }
        }
        read
    }

    /// The end, once all before it was read.
    pub(crate) fn ended(&self, now: Instant) -> Option<End> {
        let (at, how) = self.end?;
        (self.under_way.is_empty() && at <= now).then_some(how)
    }
}

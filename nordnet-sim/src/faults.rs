//! Faults that strike at random, for a client that runs for hours.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// Declares a family of faults with their names and what they do.
macro_rules! faults {
    ($(#[$doc:meta])* $family:ident { $($fault:ident = $name:literal, $about:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum $family {
            $($fault,)*
        }

        impl $family {
            const ALL: &'static [(Self, &'static str)] = &[$((Self::$fault, $name),)*];
            const ABOUT: &'static [(&'static str, &'static str)] = &[$(($name, $about),)*];

            pub(crate) fn name(self) -> &'static str {
                match self {
                    $(Self::$fault => $name,)*
                }
            }
        }
    };
}

faults! {
    /// What can strike a request, in the order in which it is drawn for.
    RequestFault {
        Unauthorized = "401", "refused as if without a session";
        TooMany = "429", "refused as one too many, with a `Retry-After` or not";
        Failed = "500", "answered with 500, processed or not";
        Unavailable = "503", "refused, with a `Retry-After` in seconds, as a date, or not at all";
        Page = "html", "answered with 502 and a page, processed or not";
        Empty = "empty", "processed, and answered with nothing in it";
        WrongType = "type", "processed, and answered as `text/plain`";
        Redirect = "redirect", "sent elsewhere with 301, 302, 307 or 308, unprocessed";
        Garbage = "garbage", "answered with what is not HTTP, unprocessed";
        Dropped = "dropped", "not processed, the connection is closed";
        Lost = "lost", "processed, but the connection is closed instead of a reply";
        Reset = "reset", "processed or not, the connection is reset";
        Never = "never", "processed or not, there is never a reply";
        Torn = "torn", "processed, and the reply breaks off somewhere";
        Late = "late", "processed, and answered three seconds later";
        Slow = "slow", "processed, and the reply comes byte by byte";
        Huge = "huge", "processed, and 16 MiB of spaces follow the reply";
        Chunked = "chunked", "processed, and the reply comes in chunks";
        Interim = "interim", "processed, and a 103 comes before the reply";
    }
}

faults! {
    /// What can strike a feed connection in a second.
    FeedFault {
        Cut = "cut", "closed, in order, without TLS's farewell or with a reset";
        Stall = "stall", "silent for 5 to 20 seconds, then all of it comes";
        HalfOpen = "halfopen", "still there, but nothing ever comes and nothing is read";
        Junk = "junk", "sent a line that is no message";
        Long = "long", "sent 2 MiB without an end of line";
        Partial = "partial", "sent half a line, then closed";
    }
}

/// How often things go wrong by themselves. The default is never.
///
/// Parsed from a text such as `503=0.05,lost=0.01,cut=0.01,delay=200ms`: names
/// of [`REQUESTS`](Self::REQUESTS) and [`FEEDS`](Self::FEEDS) with a probability
/// from 0 to 1 with at most six places, and `delay` with the time that every
/// reply is held back (`200ms`, `1s`). The draws follow the seed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    requests: [u32; RequestFault::ALL.len()],
    feeds: [u32; FeedFault::ALL.len()],
    pub(crate) delay: Duration,
}

impl Faults {
    /// What may strike each request: a name, and what becomes of the request.
    pub const REQUESTS: &'static [(&'static str, &'static str)] = RequestFault::ABOUT;

    /// What may strike each feed connection in each second: a name, and what
    /// becomes of the connection.
    pub const FEEDS: &'static [(&'static str, &'static str)] = FeedFault::ABOUT;

    /// Draws for a request; `strikes` is asked with millionths.
    pub(crate) fn request(&self, strikes: impl FnMut(u32) -> bool) -> Option<RequestFault> {
        draw(RequestFault::ALL, &self.requests, strikes)
    }

    /// Draws for a second of a feed connection.
    pub(crate) fn feed(&self, strikes: impl FnMut(u32) -> bool) -> Option<FeedFault> {
        draw(FeedFault::ALL, &self.feeds, strikes)
    }

    /// Returns where the chance of a name stands.
    fn chance(&mut self, name: &str) -> Option<&mut u32> {
        let request = RequestFault::ALL
            .iter()
            .position(|(_, known)| *known == name);
        let feed = FeedFault::ALL.iter().position(|(_, known)| *known == name);
        match (request, feed) {
            (Some(place), _) => self.requests.get_mut(place),
            (_, Some(place)) => self.feeds.get_mut(place),
            _ => None,
        }
    }
}

/// Nothing is drawn for what cannot happen, so that a new kind of fault leaves
/// the others where they were.
fn draw<T: Copy>(
    all: &[(T, &str)],
    chances: &[u32],
    mut strikes: impl FnMut(u32) -> bool,
) -> Option<T> {
    let mut possible = all.iter().zip(chances).filter(|(_, chance)| **chance > 0);
    let struck = possible.find(|(_, chance)| strikes(**chance));
    struck.map(|((fault, _), _)| *fault)
}

impl FromStr for Faults {
    type Err = UnknownFault;

    fn from_str(text: &str) -> Result<Self, UnknownFault> {
        let mut faults = Self::default();
        for part in text.split(',').filter(|part| !part.is_empty()) {
            let unknown = || UnknownFault(part.to_owned());
            let (name, value) = part.split_once('=').ok_or_else(unknown)?;
            match name.trim() {
                "delay" => faults.delay = time(value).ok_or_else(unknown)?,
                name => {
                    let chance = faults.chance(name).ok_or_else(unknown)?;
                    *chance = probability(value).ok_or_else(unknown)?;
                }
            }
        }
        Ok(faults)
    }
}

/// A fault text names something that does not exist, or a value out of range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownFault(String);

impl fmt::Display for UnknownFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown fault `{}`; known are", self.0)?;
        for (name, _) in Faults::REQUESTS.iter().chain(Faults::FEEDS) {
            write!(f, " {name}=P,")?;
        }
        f.write_str(" delay=TIME (P from 0 to 1 with six places at most, TIME as 200ms or 1s)")
    }
}

impl std::error::Error for UnknownFault {}

/// Reads a probability as millionths.
fn probability(text: &str) -> Option<u32> {
    let text = text.trim();
    let (units, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if fraction.len() > 6 || !digits(units) || !digits(fraction) {
        return None;
    }
    let millionths = format!("{units}{fraction:0<6}").parse().ok()?;
    (millionths <= 1_000_000).then_some(millionths)
}

fn time(text: &str) -> Option<Duration> {
    let text = text.trim();
    match text.strip_suffix("ms") {
        Some(number) => number.parse().ok().map(Duration::from_millis),
        None => text
            .strip_suffix('s')?
            .parse()
            .ok()
            .map(Duration::from_secs),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_probabilities_and_a_delay() {
        let faults: Faults = "503=0.05,lost=0.000001,cut=1,delay=200ms".parse().unwrap();
        let drawn_for = |faults: &Faults| {
            let mut chances = Vec::new();
            faults.request(|chance| {
                chances.push(chance);
                false
            });
            chances
        };
        assert_eq!(drawn_for(&faults), [50_000, 1]);
        assert_eq!(
            faults.feed(|chance| chance == 1_000_000),
            Some(FeedFault::Cut)
        );
        assert_eq!(
            faults.request(|chance| chance == 1),
            Some(RequestFault::Lost)
        );
        assert_eq!(faults.delay, Duration::from_millis(200));
    }

    #[test]
    fn knows_every_fault_by_its_name() {
        let known = UnknownFault(String::new()).to_string();
        for (_, name) in RequestFault::ALL {
            let faults: Faults = format!("{name}=1").parse().unwrap();
            assert!(faults.request(|_| true).is_some() && faults.feed(|_| true).is_none());
            assert!(known.contains(&format!(" {name}=P")));
        }
        for (_, name) in FeedFault::ALL {
            let faults: Faults = format!("{name}=1").parse().unwrap();
            assert!(faults.feed(|_| true).is_some() && faults.request(|_| true).is_none());
        }
    }

    #[test]
    fn refuses_the_unknown_and_the_impossible() {
        for text in [
            "504=0.1",
            "503",
            "503=2",
            "503=-1",
            "cut=.0000001",
            "delay=5",
        ] {
            assert!(text.parse::<Faults>().is_err(), "{text}");
        }
    }
}

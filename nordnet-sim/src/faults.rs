//! Faults that strike at random, for a client that runs for hours.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// How often things go wrong by themselves. The default is never.
///
/// Parsed from a text such as `503=0.05,lost=0.01,delay=200ms`:
///
/// | name | meaning |
/// |---|---|
/// | `429=P` | a request is refused as one too many, unprocessed |
/// | `503=P` | a request is refused with `Retry-After: 1`, unprocessed |
/// | `lost=P` | a request is processed, but the connection is closed instead of a reply |
/// | `cut=P` | each second, a feed connection is closed |
/// | `delay=TIME` | every reply is held back that long (`200ms`, `1s`) |
///
/// `P` is a probability from 0 to 1 with at most six places. The draws follow
/// the seed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    pub(crate) too_many: u32,
    pub(crate) unavailable: u32,
    pub(crate) lost: u32,
    pub(crate) cut: u32,
    pub(crate) delay: Duration,
}

impl FromStr for Faults {
    type Err = UnknownFault;

    fn from_str(text: &str) -> Result<Self, UnknownFault> {
        let mut faults = Self::default();
        for part in text.split(',').filter(|part| !part.is_empty()) {
            let unknown = || UnknownFault(part.to_owned());
            let (name, value) = part.split_once('=').ok_or_else(unknown)?;
            let millionths = || probability(value).ok_or_else(unknown);
            match name.trim() {
                "429" => faults.too_many = millionths()?,
                "503" => faults.unavailable = millionths()?,
                "lost" => faults.lost = millionths()?,
                "cut" => faults.cut = millionths()?,
                "delay" => faults.delay = time(value).ok_or_else(unknown)?,
                _ => return Err(unknown()),
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
        write!(
            f,
            "unknown fault `{}`; known are 429=P, 503=P, lost=P, cut=P (P from 0 to 1), delay=TIME (200ms, 1s)",
            self.0
        )
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
        assert_eq!(
            (faults.unavailable, faults.lost, faults.cut),
            (50_000, 1, 1_000_000)
        );
        assert_eq!(faults.delay, Duration::from_millis(200));
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

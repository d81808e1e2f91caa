//! The outer object of a line, its envelope, in the tight and in the loose tier.

use super::super::message::MarketMessage;
use super::super::slots::Tick;
use super::object;
use super::scan::Scanner;
use super::skip;

const fn word(text: &[u8; 8]) -> u64 {
    u64::from_le_bytes(*text)
}

const BEGIN: u64 = word(b"{\"type\":");
const PRICE: u64 = word(b"\"price\",");
const DEPTH: u64 = word(b"\"depth\",");
const TRADE: u64 = word(b"\"trade\",");
const TRADING: u64 = word(b"\"trading");
const INDICATOR: u64 = word(b"\"indicat");
const DATA: u64 = word(b"\"data\":{");
const HEARTBEAT: &[u8] = b"{\"type\":\"heartbeat\",\"data\":{}}";

/// Reads a tick in the form in which programs write JSON: type, then data,
/// nothing else, and no white space, into a heartbeat. The place behind it, where
/// the line has to end; nothing stands before it that ends a line.
#[inline(always)]
pub(in crate::feed) fn tight(lines: &[u8], message: &mut MarketMessage) -> Option<u32> {
    let scanner = &Scanner::new(lines)?;
    if scanner.word(0) != BEGIN {
        return None;
    }
    macro_rules! data {
        ($kind:ident, $at:literal) => {{
            // A heartbeat has nothing to drop, which the compiler does not see.
            std::mem::forget(std::mem::replace(
                message,
                MarketMessage::$kind(Tick::empty()),
            ));
            let MarketMessage::$kind(tick) = message else {
                return None;
            };
            let after = object::read::<_, false>(scanner, $at, tick)?;
            (scanner.byte(after) == b'}').then_some(after + 1)
        }};
    }
    match scanner.word(8) {
        PRICE if scanner.word(16) == DATA => data!(Price, 24),
        DEPTH if scanner.word(16) == DATA => data!(Depth, 24),
        TRADE if scanner.word(16) == DATA => data!(Trade, 24),
        TRADING if scanner.starts_with(16, b"_status\",\"data\":{") => data!(TradingStatus, 33),
        INDICATOR if scanner.starts_with(16, b"or\",\"data\":{") => data!(Indicator, 28),
        _ => scanner.starts_with(0, HEARTBEAT).then(|| {
            *message = MarketMessage::Heartbeat;
            HEARTBEAT.len() as u32
        }),
    }
}

/// Reads a tick wherever its members stand and whatever white space is between
/// them; whether that is what the line is. If not, the message means nothing.
#[inline(never)]
pub(in crate::feed) fn loose(line: &[u8], message: &mut MarketMessage) -> bool {
    loosely(line, message).is_some()
}

fn loosely(line: &[u8], message: &mut MarketMessage) -> Option<()> {
    let scanner = &Scanner::new(line)?;
    let mut at = scanner.skip_space(0);
    if scanner.byte(at) != b'{' {
        return None;
    }
    let (mut kind, mut data) = (None, Data::None);
    loop {
        at = scanner.skip_space(at + 1);
        let (name, after) = name(scanner, at)?;
        at = scanner.skip_space(after);
        if scanner.byte(at) != b':' {
            return None;
        }
        at = scanner.skip_space(at + 1);
        match (name, data, kind) {
            (Name::Type, _, None) => {
                let (found, after) = Kind::at(scanner, at)?;
                kind = Some(found);
                at = after;
            }
            (Name::Data, Data::None, Some(kind)) => {
                data = Data::Read;
                at = kind.read(scanner, at, message)?;
            }
            (Name::Data, Data::None, None) => {
                data = Data::At(at);
                at = skip::value(scanner, at)?;
            }
            (Name::Type | Name::Data, ..) => return None,
            (Name::Other, ..) => at = skip::value(scanner, at)?,
        }
        at = scanner.skip_space(at);
        match scanner.byte(at) {
            b',' => {}
            b'}' => break,
            _ => return None,
        }
    }
    match (data, kind?) {
        (Data::Read, _) => {}
        (Data::At(at), kind) => {
            kind.read(scanner, at, message)?;
        }
        (Data::None, Kind::Heartbeat) => *message = MarketMessage::Heartbeat,
        (Data::None, _) => return None,
    }
    scanner.ends_at(scanner.skip_space(at + 1)).then_some(())
}

/// The data as far as it was met.
#[derive(Clone, Copy)]
enum Data {
    None,
    /// It stands before its type, and has been passed over.
    At(u32),
    Read,
}

#[derive(Clone, Copy)]
enum Kind {
    Price,
    Depth,
    Trade,
    TradingStatus,
    Indicator,
    Heartbeat,
}

impl Kind {
    /// The type that a text names, and the place behind it.
    fn at(scanner: &Scanner<'_>, at: u32) -> Option<(Self, u32)> {
        let kinds = [
            (b"\"price\"".as_slice(), Self::Price),
            (b"\"depth\"", Self::Depth),
            (b"\"trade\"", Self::Trade),
            (b"\"trading_status\"", Self::TradingStatus),
            (b"\"indicator\"", Self::Indicator),
            (b"\"heartbeat\"", Self::Heartbeat),
        ];
        let named = |(name, _): &&(&[u8], Self)| scanner.starts_with(at, name);
        let (name, kind) = kinds.iter().find(named)?;
        Some((*kind, at + name.len() as u32))
    }

    /// Reads the data; the place behind it.
    fn read(self, scanner: &Scanner<'_>, at: u32, message: &mut MarketMessage) -> Option<u32> {
        if let Self::Heartbeat = self {
            *message = MarketMessage::Heartbeat;
            return skip::value(scanner, at);
        }
        if scanner.byte(at) != b'{' {
            return None;
        }
        macro_rules! data {
            ($kind:ident) => {{
                *message = MarketMessage::$kind(Tick::empty());
                match message {
                    MarketMessage::$kind(tick) => object::read::<_, true>(scanner, at + 1, tick),
                    _ => None,
                }
            }};
        }
        match self {
            Self::Price => data!(Price),
            Self::Depth => data!(Depth),
            Self::Trade => data!(Trade),
            Self::TradingStatus => data!(TradingStatus),
            Self::Indicator => data!(Indicator),
            Self::Heartbeat => None,
        }
    }
}

enum Name {
    Type,
    Data,
    Other,
}

/// The name of a member, without escapes, and the place behind it.
fn name(scanner: &Scanner<'_>, at: u32) -> Option<(Name, u32)> {
    let six = scanner.word(at) & (u64::MAX >> 16);
    if six == word(b"\"type\"\0\0") {
        return Some((Name::Type, at + 6));
    }
    if six == word(b"\"data\"\0\0") {
        return Some((Name::Data, at + 6));
    }
    if scanner.byte(at) != b'"' {
        return None;
    }
    let text = scanner.text(at + 1)?;
    (!text.is_escaped).then_some((Name::Other, text.after))
}

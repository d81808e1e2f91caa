//! What a client says on a feed.

use std::fmt;

use super::config::GetState;
use crate::id::{Identifier, IndicatorMarket, NewsSourceId, TradableId};
use crate::session_key::SessionKey;

/// Something to be told about on the public feed.
///
/// ```
/// use nordnet_proto::{Subscription, TradableId};
///
/// let ericsson = Subscription::Price(TradableId::new(11, "101"));
/// assert_eq!(ericsson.to_string(), "price 11:101");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Subscription {
    /// Best bid and ask, last trade and the figures of the day.
    Price(TradableId),
    /// Up to five levels of the order book.
    Depth(TradableId),
    /// Every trade on the market.
    Trade(TradableId),
    /// Whether the tradable is being traded.
    TradingStatus(TradableId),
    /// The value of an index.
    Indicator(IndicatorId),
    /// The items of one news source.
    News(NewsSourceId),
}

/// An index on the feed. Its market is a text, unlike that of a tradable.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IndicatorId {
    /// The market, such as `SSE`.
    pub market: IndicatorMarket,
    /// The identifier within the market, such as `OMXS30`.
    pub identifier: Identifier,
}

/// One command, for programs that write to a feed by themselves.
///
/// ```
/// use nordnet_proto::{Command, NewsSourceId, Subscription};
///
/// let mut line = Vec::new();
/// Command::Subscribe(&Subscription::News(NewsSourceId::new(2))).encode(&mut line);
/// assert_eq!(line, b"{\"cmd\":\"subscribe\",\"args\":{\"t\":\"news\",\"s\":2}}\n");
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Command<'a> {
    /// The first command of every connection.
    Login {
        /// The key of the session.
        key: &'a SessionKey,
        /// The service, `NEXTAPI`.
        service: &'a str,
        /// What the private feed is asked to tell at once.
        get_state: Option<GetState>,
    },
    /// Asks to be told; on the public feed only.
    Subscribe(&'a Subscription),
    /// Asks not to be told any more; on the public feed only.
    Unsubscribe(&'a Subscription),
}

impl Command<'_> {
    /// Appends the command and its line feed.
    ///
    /// A login holds the session key: wipe the buffer after use.
    pub fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Login {
                key,
                service,
                get_state,
            } => {
                out.extend_from_slice(b"{\"cmd\":\"login\",\"args\":{\"session_key\":");
                push_string(out, key.expose());
                out.extend_from_slice(b",\"service\":");
                push_string(out, service);
                if let Some(state) = get_state {
                    push_get_state(out, *state);
                }
            }
            Self::Subscribe(subscription) => {
                out.extend_from_slice(b"{\"cmd\":\"subscribe\",\"args\":{");
                push_subscription(out, subscription);
            }
            Self::Unsubscribe(subscription) => {
                out.extend_from_slice(b"{\"cmd\":\"unsubscribe\",\"args\":{");
                push_subscription(out, subscription);
            }
        }
        out.extend_from_slice(b"}}\n");
    }

    /// No fewer bytes than [`Command::encode`] appends.
    pub(crate) fn max_len(&self) -> usize {
        const FRAME: usize = 128;
        const ESCAPED: usize = 6;
        let texts = match self {
            Self::Login { key, service, .. } => key.expose().len() + service.len(),
            Self::Subscribe(subscription) | Self::Unsubscribe(subscription) => match subscription {
                Subscription::Price(id)
                | Subscription::Depth(id)
                | Subscription::Trade(id)
                | Subscription::TradingStatus(id) => id.identifier.as_bytes().len(),
                Subscription::Indicator(id) => {
                    id.market.as_str().len() + id.identifier.as_str().len()
                }
                Subscription::News(_) => 0,
            },
        };
        FRAME + ESCAPED * texts
    }
}

impl Subscription {
    /// The type as it stands on the wire, such as `trading_status`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Price(_) => "price",
            Self::Depth(_) => "depth",
            Self::Trade(_) => "trade",
            Self::TradingStatus(_) => "trading_status",
            Self::Indicator(_) => "indicator",
            Self::News(_) => "news",
        }
    }

    /// Whether its first message is a full one and later ones hold changes.
    #[must_use]
    pub const fn has_full_tick(&self) -> bool {
        !matches!(self, Self::Trade(_) | Self::News(_))
    }
}

impl IndicatorId {
    /// Joins a market and an identifier within it.
    #[must_use]
    pub fn new(market: impl AsRef<str>, identifier: impl AsRef<str>) -> Self {
        Self {
            market: IndicatorMarket::new(market),
            identifier: Identifier::new(identifier),
        }
    }
}

impl From<&Self> for IndicatorId {
    fn from(id: &Self) -> Self {
        id.clone()
    }
}

impl fmt::Display for IndicatorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}:{}", self.market, self.identifier))
    }
}

impl fmt::Display for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.kind())?;
        match self {
            Self::Price(id) | Self::Depth(id) | Self::Trade(id) | Self::TradingStatus(id) => {
                fmt::Display::fmt(id, f)
            }
            Self::Indicator(id) => fmt::Display::fmt(id, f),
            Self::News(source) => fmt::Display::fmt(source, f),
        }
    }
}

fn push_subscription(out: &mut Vec<u8>, subscription: &Subscription) {
    out.extend_from_slice(b"\"t\":\"");
    out.extend_from_slice(subscription.kind().as_bytes());
    match subscription {
        Subscription::Price(id)
        | Subscription::Depth(id)
        | Subscription::Trade(id)
        | Subscription::TradingStatus(id) => {
            out.extend_from_slice(b"\",\"m\":");
            push_integer(out, id.market.get());
            out.extend_from_slice(b",\"i\":");
            push_text(out, id.identifier.as_bytes());
        }
        Subscription::Indicator(id) => {
            out.extend_from_slice(b"\",\"m\":");
            push_string(out, id.market.as_str());
            out.extend_from_slice(b",\"i\":");
            push_text(out, id.identifier.as_bytes());
        }
        Subscription::News(source) => {
            out.extend_from_slice(b"\",\"s\":");
            push_integer(out, source.get());
        }
    }
}

fn push_get_state(out: &mut Vec<u8>, state: GetState) {
    out.extend_from_slice(b",\"get_state\":{\"deleted_orders\":");
    out.extend_from_slice(if state.deleted_orders {
        b"true"
    } else {
        b"false"
    });
    out.extend_from_slice(b",\"days\":");
    push_integer(out, i64::from(state.days));
    out.push(b'}');
}

pub(crate) fn push_string(out: &mut Vec<u8>, text: &str) {
    push_text(out, text.as_bytes());
}

/// Writes the bytes of a text as a string.
fn push_text(out: &mut Vec<u8>, text: &[u8]) {
    let is_plain = |byte: &u8| *byte >= 0x20 && *byte != b'"' && *byte != b'\\';
    out.push(b'"');
    if text.iter().all(is_plain) {
        out.extend_from_slice(text);
    } else {
        text.iter().for_each(|byte| push_escaped(out, *byte));
    }
    out.push(b'"');
}

fn push_escaped(out: &mut Vec<u8>, byte: u8) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    match byte {
        b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
        b'\n' => out.extend_from_slice(b"\\n"),
        b'\r' => out.extend_from_slice(b"\\r"),
        b'\t' => out.extend_from_slice(b"\\t"),
        // The low four bits of a byte below 0x20 are within the table.
        0..0x20 => {
            out.extend_from_slice(b"\\u00");
            out.extend_from_slice(&[b'0' + (byte >> 4), HEX[usize::from(byte & 15)]]);
        }
        _ => out.push(byte),
    }
}

fn push_integer(out: &mut Vec<u8>, number: i64) {
    // Nineteen digits at most.
    let mut digits = [0; 19];
    let mut begin = digits.len();
    let mut rest = number.unsigned_abs();
    for place in digits.iter_mut().rev() {
        // A remainder of ten fits a byte.
        *place = b'0' + (rest % 10) as u8;
        begin -= 1;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if number < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(digits.get(begin..).unwrap_or_default());
}

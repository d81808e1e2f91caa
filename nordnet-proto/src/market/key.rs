//! Keys: ids as words, which are compared and hashed in a few steps.

use crate::feed::{IndicatorId, Subscription};
use crate::id::{Identifier, MarketId, TradableId};

/// Three words that stand for an id and for no other.
pub(super) type Words = [u64; 3];

/// An id that rows are found by.
pub(super) trait Key: Clone + Ord {
    /// The words, if the id fits them. The highest byte of the last one is not
    /// 255.
    fn words(&self) -> Option<Words>;
}

/// A key that gives its id back.
pub(super) trait ReversibleKey: Key {
    fn from_words(words: Words) -> Option<Self>;
}

impl Key for TradableId {
    #[inline]
    fn words(&self) -> Option<Words> {
        let [head, tail] = self.identifier.words()?;
        Some([self.market.get().cast_unsigned(), head, tail])
    }
}

impl ReversibleKey for TradableId {
    fn from_words([market, head, tail]: Words) -> Option<Self> {
        Some(Self {
            market: MarketId::new(market.cast_signed()),
            identifier: Identifier::from_words([head, tail]),
        })
    }
}

/// There are few of them.
impl Key for IndicatorId {
    fn words(&self) -> Option<Words> {
        None
    }
}

impl ReversibleKey for IndicatorId {
    fn from_words(_: Words) -> Option<Self> {
        None
    }
}

impl Key for Subscription {
    /// The second byte of the last word has room for the kind: see
    /// [`Identifier::words`].
    fn words(&self) -> Option<Words> {
        let of = |id: &TradableId, kind: u64| {
            let [market, head, tail] = id.words()?;
            Some([market, head, tail ^ kind << 8])
        };
        match self {
            Self::Price(id) => of(id, 1),
            Self::Depth(id) => of(id, 2),
            Self::Trade(id) => of(id, 3),
            Self::TradingStatus(id) => of(id, 4),
            Self::Indicator(_) => None,
            Self::News(source) => Some([source.get().cast_unsigned(), 0, 5 << 8]),
        }
    }
}

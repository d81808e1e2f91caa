//! Indices and commodities: what moves with the market but is not traded.

use crate::fixed::Fixed;
use crate::rng::Rng;

use super::clock::MINUTE;
use super::listings::Kind;
use super::market::Instrument;

/// An index, or a commodity that belongs to no market here.
#[derive(Debug)]
pub(crate) struct Index {
    pub(crate) market: &'static str,
    pub(crate) identifier: &'static str,
    pub(crate) name: &'static str,
    pub(crate) isin: &'static str,
    pub(crate) currency: &'static str,
    /// Empty for a commodity.
    pub(crate) country: &'static str,
    /// The level in the morning, in hundredths.
    level: i64,
    /// The market of the shares it is made of; none for a commodity.
    members: Option<i64>,
    /// How many of them, at most.
    most: usize,
    /// By how many minutes it is delayed for the customer.
    pub(crate) delay: i64,
}

impl Index {
    pub(crate) const fn level(&self) -> Fixed {
        Fixed::from_ten_thousandths(self.level * 100)
    }

    pub(crate) fn entity_type(&self) -> &'static str {
        if self.members.is_some() {
            "INDEX"
        } else {
            "COMMODITY"
        }
    }
}

#[rustfmt::skip]
pub(crate) const INDICES: [Index; 8] = [
    index("SSE", "OMXS30", "OMX Stockholm 30", "SE0000337842", "SEK", "SE", 274_318, 11, 30),
    index("CSE", "OMXC25", "OMX Copenhagen 25", "DK0060775369", "DKK", "DK", 168_455, 14, 25),
    Index { delay: 15, ..index("OSE", "OSEBX", "Oslo Børs Benchmark Index", "NO0007035327", "NOK", "NO", 151_207, 15, 60) },
    index("HEX", "OMXH25", "OMX Helsinki 25", "FI0008900212", "EUR", "FI", 489_930, 24, 25),
    index("OSE", "OBX", "Oslo Børs OBX Index", "NO0007035376", "NOK", "NO", 142_611, 15, 25),
    index("SSE", "OMXSPI", "OMX Stockholm All-Share", "SE0000744195", "SEK", "SE", 104_876, 11, 100),
    index("SSE", "FNSESEKPI", "First North Sweden", "", "SEK", "SE", 14_390, 12, 100),
    Index { members: None, ..index("COM", "BRENT", "Brentolja", "", "USD", "", 7_140, 0, 0) },
];

#[expect(clippy::too_many_arguments, reason = "a row of a table")]
const fn index(
    market: &'static str,
    identifier: &'static str,
    name: &'static str,
    isin: &'static str,
    currency: &'static str,
    country: &'static str,
    level: i64,
    members: i64,
    most: usize,
) -> Index {
    Index {
        market,
        identifier,
        name,
        isin,
        currency,
        country,
        level,
        members: Some(members),
        most,
        delay: 0,
    }
}

/// Returns the place of the index with this identifier.
pub(crate) fn index_named(identifier: &str) -> Option<usize> {
    INDICES
        .iter()
        .position(|index| index.identifier == identifier)
}

/// The day of an index.
#[derive(Debug)]
pub(crate) struct Indicator {
    pub(crate) index: &'static Index,
    pub(crate) last: Fixed,
    pub(crate) high: Fixed,
    pub(crate) low: Fixed,
    pub(crate) close: Fixed,
    pub(crate) ticked_at: i64,
    /// What it is made of, with the prices in the morning.
    members: Vec<(usize, Fixed)>,
    rng: Rng,
}

impl Indicator {
    pub(crate) fn all(market: &[Instrument], seed: u64, at: i64) -> Vec<Self> {
        let indicator = |index: &'static Index| {
            let mut rng = Rng::new(seed, index.level as u64);
            let mut off = |low, high| Fixed::from_ten_thousandths(rng.between(low, high) * 100);
            let last = index.level();
            let wide = (index.level / 300).max(2);
            let members = market.iter().enumerate().filter(|(_, one)| {
                one.listing.kind == Kind::Share
                    && Some(one.listing.venue.market_id) == index.members
            });
            Self {
                index,
                last,
                high: last + off(wide / 9, wide),
                low: last - off(wide / 9, wide),
                close: last + off(-wide, wide),
                ticked_at: at - index.delay * MINUTE,
                members: members
                    .map(|(place, one)| (place, one.last()))
                    .take(index.most)
                    .collect(),
                rng,
            }
        };
        INDICES.iter().map(indicator).collect()
    }

    /// Follows the members, each with the same weight; a commodity wanders.
    pub(crate) fn step(&mut self, market: &[Instrument], at: i64) {
        self.last = if self.members.is_empty() {
            let step = (self.index.level / 3000).max(1);
            self.last + Fixed::from_ten_thousandths(self.rng.between(-step, step) * 100)
        } else {
            let ratio = |(place, start): &(usize, Fixed)| {
                let now = market.get(*place).map_or(*start, Instrument::last);
                i128::from(now.ten_thousandths()) * 1_000_000
                    / i128::from(start.ten_thousandths().max(1))
            };
            let sum: i128 = self.members.iter().map(ratio).sum();
            let mean = sum / self.members.len() as i128;
            let hundredths = i128::from(self.index.level) * mean / 1_000_000;
            Fixed::from_ten_thousandths(i64::try_from(hundredths * 100).unwrap_or(i64::MAX))
        };
        self.high = self.high.max(self.last);
        self.low = self.low.min(self.last);
        self.ticked_at = at;
    }
}

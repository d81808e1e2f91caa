//! What can be traded: a small, believable part of the Nordic markets.

use crate::fixed::Fixed;
use crate::rng::Rng;

/// Where things are traded.
#[derive(Debug)]
pub(crate) struct Venue {
    pub(crate) market_id: i64,
    pub(crate) name: &'static str,
    pub(crate) country: &'static str,
    pub(crate) mic: &'static str,
    pub(crate) currency: &'static str,
    pub(crate) tick_size_id: i64,
    /// Opening and closing time in minutes after midnight in Stockholm.
    pub(crate) hours: (i64, i64),
}

pub(crate) const VENUES: [Venue; 4] = [
    Venue {
        market_id: 11,
        name: "Nasdaq Stockholm",
        country: "SE",
        mic: "XSTO",
        currency: "SEK",
        tick_size_id: 5012,
        hours: (540, 1050),
    },
    Venue {
        market_id: 14,
        name: "Nasdaq Copenhagen",
        country: "DK",
        mic: "XCSE",
        currency: "DKK",
        tick_size_id: 5014,
        hours: (540, 1020),
    },
    Venue {
        market_id: 15,
        name: "Oslo Børs",
        country: "NO",
        mic: "XOSL",
        currency: "NOK",
        tick_size_id: 5015,
        hours: (540, 985),
    },
    Venue {
        market_id: 24,
        name: "Nasdaq Helsinki",
        country: "FI",
        mic: "XHEL",
        currency: "EUR",
        tick_size_id: 5024,
        hours: (540, 1050),
    },
];

/// Price steps by price range.
#[derive(Debug)]
pub(crate) struct TickTable {
    pub(crate) id: i64,
    pub(crate) ranges: &'static [TickRange],
}

/// One range of a [`TickTable`], both ends included.
#[derive(Debug)]
pub(crate) struct TickRange {
    pub(crate) from: Fixed,
    pub(crate) to: Fixed,
    pub(crate) tick: Fixed,
    pub(crate) decimals: i64,
}

/// Makes a range from ten-thousandths.
const fn range(from: i64, to: i64, tick: i64, decimals: i64) -> TickRange {
    TickRange {
        from: Fixed::from_ten_thousandths(from),
        to: Fixed::from_ten_thousandths(to),
        tick: Fixed::from_ten_thousandths(tick),
        decimals,
    }
}

const TOP: i64 = 9_999_990_000;

pub(crate) const TICK_TABLES: [TickTable; 4] = [
    TickTable {
        id: 5012,
        ranges: &[
            range(0, 499_900, 100, 2),
            range(500_000, 999_800, 200, 2),
            range(1_000_000, TOP, 500, 2),
        ],
    },
    TickTable {
        id: 5014,
        ranges: &[
            range(0, 999_500, 500, 2),
            range(1_000_000, 4_999_000, 1000, 1),
            range(5_000_000, TOP, 5000, 1),
        ],
    },
    TickTable {
        id: 5015,
        ranges: &[
            range(0, 499_900, 100, 2),
            range(500_000, 999_500, 500, 2),
            range(1_000_000, TOP, 1000, 1),
        ],
    },
    TickTable {
        id: 5024,
        ranges: &[
            range(0, 49_995, 5, 4),
            range(50_000, 199_980, 20, 3),
            range(200_000, TOP, 100, 2),
        ],
    },
];

impl TickTable {
    /// Returns the price step at this price.
    pub(crate) fn tick_at(&self, price: Fixed) -> Fixed {
        let range = self.ranges.iter().rev().find(|range| range.from <= price);
        range
            .or_else(|| self.ranges.first())
            .map_or(Fixed::from_units(1), |range| range.tick)
    }

    /// Says whether orders may carry this price.
    pub(crate) fn allows(&self, price: Fixed) -> bool {
        let within = |range: &&TickRange| range.from <= price && price <= range.to;
        price > Fixed::ZERO
            && self.ranges.iter().find(within).is_some_and(|range| {
                (price - range.from).ten_thousandths() % range.tick.ten_thousandths() == 0
            })
    }

    /// Moves a price by whole steps, never below one step above zero.
    pub(crate) fn shift(&self, price: Fixed, steps: i64) -> Fixed {
        let mut price = price;
        for _ in 0..steps.unsigned_abs() {
            price = if steps > 0 {
                price + self.tick_at(price)
            } else {
                // Just below the start of a range the finer step of the range below holds.
                price - self.tick_at(price - Fixed::from_ten_thousandths(1))
            };
        }
        price.max(self.tick_at(Fixed::ZERO))
    }
}

/// A security and the one venue it is traded on.
#[derive(Clone, Debug)]
pub(crate) struct Listing {
    pub(crate) instrument_id: i64,
    pub(crate) identifier: String,
    pub(crate) symbol: String,
    pub(crate) name: String,
    pub(crate) isin: String,
    pub(crate) sector: &'static str,
    pub(crate) lot: i64,
    /// The price that the simulated market keeps around.
    pub(crate) price: Fixed,
    pub(crate) venue: &'static Venue,
    pub(crate) ticks: &'static TickTable,
}

impl Listing {
    /// Returns the key `market:identifier`.
    pub(crate) fn tradable(&self) -> String {
        format!("{}:{}", self.venue.market_id, self.identifier)
    }

    pub(crate) fn currency(&self) -> &'static str {
        self.venue.currency
    }
}

/// Market, identifier, symbol, name, ISIN, sector, lot, price in ten-thousandths.
type Row = (
    i64,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    i64,
    i64,
);

#[rustfmt::skip]
const ROWS: [Row; 16] = [
    (11, "101", "ERIC B", "Ericsson B", "SE0000108656", "IT_TELECOM", 1, 865_200),
    (11, "366", "VOLV B", "Volvo B", "SE0000115446", "INDUSTRY", 1, 3_162_000),
    (11, "992", "HM B", "Hennes & Mauritz B", "SE0000106270", "CONSUMER", 1, 1_523_500),
    (11, "5095", "TELIA", "Telia Company", "SE0000667925", "IT_TELECOM", 1, 342_100),
    (11, "281", "SEB A", "SEB A", "SE0000148884", "FINANCE", 1, 1_784_000),
    (11, "120", "SWED A", "Swedbank A", "SE0000242455", "FINANCE", 1, 2_623_000),
    (11, "161", "INVE B", "Investor B", "SE0015811963", "FINANCE", 1, 3_001_000),
    (11, "3966", "ATCO A", "Atlas Copco A", "SE0017486889", "INDUSTRY", 1, 1_745_500),
    (11, "4928", "SAND", "Sandvik", "SE0000667891", "INDUSTRY", 1, 2_201_000),
    (15, "1301", "EQNR", "Equinor", "NO0010096985", "ENERGY", 1, 2_654_000),
    (15, "1045", "DNB", "DNB Bank", "NO0010161896", "FINANCE", 1, 2_487_000),
    (15, "1102", "NHY", "Norsk Hydro", "NO0005052605", "COMMODITIES", 10, 645_500),
    (14, "1158", "NOVO B", "Novo Nordisk B", "DK0062498333", "HEALTH", 1, 4_121_000),
    (14, "1207", "DSV", "DSV", "DK0060079531", "INDUSTRY", 1, 15_385_000),
    (24, "1520", "NOKIA", "Nokia", "FI0009000681", "IT_TELECOM", 1, 42_505),
    (24, "1533", "KNEBV", "KONE", "FI0009013403", "INDUSTRY", 1, 518_400),
];

/// More would need more digits in their made-up keys.
const MOST_LISTINGS: usize = 10_000;

/// Returns `count` listings: the known ones, then made-up ones in Stockholm.
pub(crate) fn listings(count: usize, seed: u64) -> Vec<Listing> {
    let known = ROWS.iter().filter_map(|&row| {
        let (market, identifier, symbol, name, isin, sector, lot, price) = row;
        let venue = VENUES.iter().find(|venue| venue.market_id == market)?;
        Some(Listing {
            instrument_id: 16_000_000
                + 1_000_000 * (market - 11) / 2
                + 100_000
                + identifier.parse::<i64>().ok()?,
            identifier: identifier.to_owned(),
            symbol: symbol.to_owned(),
            name: name.to_owned(),
            isin: isin.to_owned(),
            sector,
            lot,
            price: Fixed::from_ten_thousandths(price),
            venue,
            ticks: tick_table(venue),
        })
    });
    let mut rng = Rng::new(seed, 0x1157);
    let made_up = (1..).map(|number: i64| {
        let venue = &VENUES[0];
        Listing {
            instrument_id: 17_000_000 + number,
            identifier: (900_000 + number).to_string(),
            symbol: format!("SIM {number}"),
            name: format!("Simulated {number}"),
            isin: with_check_digit(&format!("SE00990{:04}", number % 10_000)),
            sector: "INDUSTRY",
            lot: 1,
            price: Fixed::from_units(rng.between(20, 900)),
            venue,
            ticks: tick_table(venue),
        }
    });
    known
        .chain(made_up)
        .take(count.min(MOST_LISTINGS))
        .collect()
}

fn tick_table(venue: &Venue) -> &'static TickTable {
    let table = TICK_TABLES
        .iter()
        .find(|table| table.id == venue.tick_size_id);
    table.unwrap_or(&TICK_TABLES[0])
}

/// Completes the first eleven characters of an ISIN.
fn with_check_digit(body: &str) -> String {
    let digits: Vec<u32> = body
        .chars()
        .filter_map(|c| c.to_digit(36))
        .flat_map(|value| {
            if value < 10 {
                vec![value]
            } else {
                vec![value / 10, value % 10]
            }
        })
        .collect();
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(index, digit)| match index % 2 {
            0 => digit * 2 / 10 + digit * 2 % 10,
            _ => *digit,
        })
        .sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn fixed(text: &str) -> Fixed {
        text.parse().unwrap()
    }

    #[test]
    fn every_listing_is_sound() {
        let all = listings(40, 1);
        assert_eq!(all.len(), 40);
        for listing in &all {
            assert_eq!(
                with_check_digit(&listing.isin[..11]),
                listing.isin,
                "{}",
                listing.symbol
            );
            assert!(listing.ticks.allows(listing.price), "{}", listing.symbol);
        }
        let ids: BTreeSet<_> = all.iter().map(|listing| listing.instrument_id).collect();
        assert_eq!(ids.len(), 40);
        assert_eq!(
            (all[0].instrument_id, all[0].tradable().as_str()),
            (16_100_101, "11:101")
        );
    }

    #[test]
    fn prices_keep_to_the_steps_of_their_range() {
        let table = &TICK_TABLES[0];
        for price in ["0.01", "49.99", "50", "86.52", "99.98", "100", "316.2"] {
            assert!(table.allows(fixed(price)), "{price}");
        }
        for price in [
            "0", "-1", "49.995", "50.01", "86.53", "99.99", "100.01", "1000000",
        ] {
            assert!(!table.allows(fixed(price)), "{price}");
        }
    }

    #[test]
    fn steps_cross_from_range_to_range() {
        let table = &TICK_TABLES[0];
        assert_eq!(table.shift(fixed("49.98"), 3), fixed("50.02"));
        assert_eq!(table.shift(fixed("50.02"), -3), fixed("49.98"));
        assert_eq!(table.shift(fixed("99.98"), 2), fixed("100.05"));
        assert_eq!(table.shift(fixed("0.02"), -5), fixed("0.01"));
    }
}

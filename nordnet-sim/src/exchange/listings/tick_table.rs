//! Price steps by price range.

use crate::fixed::Fixed;

/// Price steps by price range.
#[derive(Debug)]
pub(crate) struct TickTable {
    pub(crate) id: i64,
    pub(crate) ranges: &'static [TickRange],
}

/// One range of a [`TickTable`], both ends included.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TickRange {
    pub(crate) from: Fixed,
    pub(crate) to: Fixed,
    pub(crate) tick: Fixed,
    pub(crate) decimals: i64,
}

/// Above any price, in ten-thousandths.
const TOP: i64 = 10_000_000_000;

/// Makes a range that ends a step below where the next one begins, from
/// ten-thousandths.
const fn range(from: i64, next: i64, tick: i64) -> TickRange {
    let mut decimals = 4;
    let mut rest = tick;
    while decimals > 0 && rest % 10 == 0 {
        rest /= 10;
        decimals -= 1;
    }
    TickRange {
        from: Fixed::from_ten_thousandths(from),
        to: Fixed::from_ten_thousandths(next - tick),
        tick: Fixed::from_ten_thousandths(tick),
        decimals,
    }
}

/// The `index`th number of 1, 2, 5, 10, 20, 50, and so on.
const fn one_two_five(index: i64) -> i64 {
    let mut power = 1;
    let mut left = index / 3;
    while left > 0 {
        power *= 10;
        left -= 1;
    }
    power
        * match index % 3 {
            0 => 1,
            1 => 2,
            _ => 5,
        }
}

const RANGES: usize = 19;

/// Makes a column of the table that all of Europe shares (Commission Delegated
/// Regulation 2017/588), from 1 for the least to 6 for the most liquid shares.
const fn liquidity_band(band: i64) -> [TickRange; RANGES] {
    let mut ranges = [range(0, 1000, 1); RANGES];
    let mut index = 0;
    while index < RANGES {
        let at = index as i64;
        // The second range begins at 0.1, the ninth number of the series.
        let from = if at == 0 { 0 } else { one_two_five(8 + at) };
        let next = if at + 1 == RANGES as i64 {
            TOP
        } else {
            one_two_five(9 + at)
        };
        let step = 3 + at - band;
        ranges[index] = range(from, next, one_two_five(if step < 0 { 0 } else { step }));
        index += 1;
    }
    ranges
}

const fn band(number: i64, ranges: &'static [TickRange; RANGES]) -> TickTable {
    TickTable {
        id: 5007 + number,
        ranges,
    }
}

pub(crate) const TICK_TABLES: [TickTable; 9] = [
    band(1, &liquidity_band(1)),
    band(2, &liquidity_band(2)),
    band(3, &liquidity_band(3)),
    band(4, &liquidity_band(4)),
    band(5, &liquidity_band(5)),
    band(6, &liquidity_band(6)),
    // Funds and certificates traded like shares.
    TickTable {
        id: 5030,
        ranges: &[range(0, 1_000_000, 100), range(1_000_000, TOP, 500)],
    },
    // Options.
    TickTable {
        id: 5040,
        ranges: &[
            range(0, 40_000, 100),
            range(40_000, 80_000, 500),
            range(80_000, TOP, 1000),
        ],
    },
    // Shares in funds, by their net asset value.
    TickTable {
        id: 5900,
        ranges: &[range(0, TOP, 1)],
    },
];

/// Returns the table of this number; tables are known where listings are made.
pub(crate) fn tick_table(id: i64) -> &'static TickTable {
    let table = TICK_TABLES.iter().find(|table| table.id == id);
    table.unwrap_or(&TICK_TABLES[0])
}

impl TickTable {
    /// Returns the range that a price falls into.
    pub(crate) fn range_at(&self, price: Fixed) -> Option<&'static TickRange> {
        let begun = self.ranges.partition_point(|range| range.from <= price);
        self.ranges.get(begun.saturating_sub(1))
    }

    /// Returns the price step at this price.
    pub(crate) fn tick_at(&self, price: Fixed) -> Fixed {
        self.range_at(price)
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
        let lowest = self.ranges.first().map_or(price, |range| range.tick);
        // Mostly it stays within a range.
        let below = Fixed::from_ten_thousandths(1);
        if let Some(range) = self.range_at(if steps > 0 { price } else { price - below }) {
            let before_last = price + range.tick.times(steps - steps.signum());
            if before_last <= range.to && before_last > range.from {
                return (price + range.tick.times(steps)).max(lowest);
            }
        }
        let mut price = price;
        for _ in 0..steps.unsigned_abs() {
            price = if steps > 0 {
                price + self.tick_at(price)
            } else {
                // Just below the start of a range the finer step of the range below holds.
                price - self.tick_at(price - below)
            };
        }
        price.max(lowest)
    }

    /// Returns the nearest price at or below a value that orders may carry,
    /// at least one step above zero.
    pub(crate) fn floor(&self, value: Fixed) -> Fixed {
        let Some(range) = self.range_at(value) else {
            return value;
        };
        let above = (value - range.from)
            .ten_thousandths()
            .rem_euclid(range.tick.ten_thousandths());
        let price = (value - Fixed::from_ten_thousandths(above)).min(range.to);
        price.max(self.tick_at(Fixed::ZERO))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixed(text: &str) -> Fixed {
        text.parse().unwrap()
    }

    #[test]
    fn bands_are_those_of_the_regulation() {
        let tick = |band: usize, price: &str| TICK_TABLES[band - 1].tick_at(fixed(price));
        for (price, ticks) in [
            (
                "0.05",
                ["0.0005", "0.0002", "0.0001", "0.0001", "0.0001", "0.0001"],
            ),
            (
                "1.5",
                ["0.01", "0.005", "0.002", "0.001", "0.0005", "0.0002"],
            ),
            ("86.52", ["0.5", "0.2", "0.1", "0.05", "0.02", "0.01"]),
            ("600", ["5", "2", "1", "0.5", "0.2", "0.1"]),
            ("12345", ["100", "50", "20", "10", "5", "2"]),
            ("70000", ["500", "200", "100", "50", "20", "10"]),
        ] {
            for (band, expected) in (1..).zip(ticks) {
                assert_eq!(tick(band, price), fixed(expected), "band {band} at {price}");
            }
        }
    }

    #[test]
    fn ranges_join_without_a_hole() {
        for table in &TICK_TABLES {
            assert_eq!(table.ranges[0].from, Fixed::ZERO);
            for pair in table.ranges.windows(2) {
                assert_eq!(pair[0].to + pair[0].tick, pair[1].from, "{}", table.id);
            }
        }
    }

    #[test]
    fn prices_keep_to_the_steps_of_their_range() {
        let table = tick_table(5012);
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
        let table = tick_table(5012);
        assert_eq!(table.shift(fixed("49.98"), 3), fixed("50.02"));
        assert_eq!(table.shift(fixed("50.02"), -3), fixed("49.98"));
        assert_eq!(table.shift(fixed("99.98"), 2), fixed("100.05"));
        assert_eq!(table.shift(fixed("0.0002"), -5), fixed("0.0001"));
        for table in &TICK_TABLES {
            for range in table.ranges {
                for off in -12..=12_i64 {
                    let mut price = range.from.max(range.tick);
                    for _ in 0..12 {
                        price = table.shift(price, off.signum());
                    }
                    let step = |price, _| table.shift(price, off.signum());
                    let walked = (0..off.abs()).fold(price, step);
                    assert_eq!(table.shift(price, off), walked, "{price} by {off}");
                }
            }
        }
        assert_eq!(table.floor(fixed("86.5399")), fixed("86.52"));
        assert_eq!(table.floor(fixed("99.99")), fixed("99.98"));
        assert_eq!(table.floor(fixed("-3")), fixed("0.0001"));
    }
}

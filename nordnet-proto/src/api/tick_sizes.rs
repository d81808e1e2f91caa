//! Tick tables: which prices an order may have.

use serde::{Deserialize, Serialize};

use super::Side;
use super::reads::{reads_all, reads_some};
use crate::decimal::Decimal;
use crate::id::TickSizeId;
use crate::lenient_int;

reads_all! {
    /// `GET /tick_sizes`: all tick tables.
    ListTickSizes, "list_tick_sizes" => TickSizeTable, "tick_sizes"
}

reads_some! {
    /// `GET /tick_sizes/{tick_size_id}`: some tick tables. Those that do not
    /// exist are left out; the list is empty if none does.
    ///
    /// ```
    /// use nordnet_proto::api::{GetTickSizes, Tradable};
    ///
    /// /// The table of the prices that an order may have.
    /// fn ticks(tradable: &Tradable) -> GetTickSizes {
    ///     GetTickSizes::of(tradable.tick_size_id)
    /// }
    /// ```
    GetTickSizes of TickSizeId, "get_tick_sizes" => TickSizeTable, "tick_sizes", list
}

/// The ticks of a range of prices each; schema `TicksizeTable`.
///
/// A table is read as a whole or not at all: with a range missing, the prices
/// in it would be rounded to the wrong tick.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TickSizeTable {
    /// The number of the table.
    #[serde(rename = "tick_size_id")]
    pub id: TickSizeId,
    /// The ranges.
    #[serde(
        rename = "ticks",
        default,
        deserialize_with = "crate::response::or_default"
    )]
    pub intervals: Vec<TickSizeInterval>,
}

/// The tick of one range of prices; schema `TicksizeInterval`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TickSizeInterval {
    /// The lower end.
    pub from_price: Decimal,
    /// The upper end; whether it belongs to the range is not documented.
    pub to_price: Decimal,
    /// The step between prices.
    pub tick: Decimal,
    /// Places after the point.
    #[serde(deserialize_with = "lenient_int::required")]
    pub decimals: i64,
}

/// A range begins at its lower end and goes on to where the next one begins;
/// the last one goes on for ever. How ranges join is not documented.
impl TickSizeTable {
    /// The tick that holds at a price: that of the last range which begins at
    /// or below it. `None` below all ranges.
    ///
    /// ```
    /// use nordnet_proto::api::TickSizeTable;
    ///
    /// let table: TickSizeTable = serde_json::from_str(r#"{"tick_size_id":5012,"ticks":[
    ///     {"from_price":0.0,"to_price":49.99,"tick":0.01,"decimals":2},
    ///     {"from_price":50.0,"to_price":99.98,"tick":0.02,"decimals":2}]}"#)?;
    /// assert_eq!(table.tick_at("86.52".parse()?), Some("0.02".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn tick_at(&self, price: Decimal) -> Option<Decimal> {
        self.intervals
            .iter()
            .filter(|interval| interval.from_price <= price)
            .max_by_key(|interval| interval.from_price)
            .map(|interval| interval.tick)
    }

    /// Whether an order may have this price: a whole number of ticks.
    #[must_use]
    pub fn is_on_tick(&self, price: Decimal) -> bool {
        self.tick_at(price)
            .is_some_and(|tick| price.is_multiple_of(tick))
    }

    /// The nearest price that an order may have and that is no worse for whoever
    /// places it: not above the price for a buyer, not below it for a seller.
    ///
    /// `None` where there is no such price, and for a side that this version
    /// does not know.
    ///
    /// ```
    /// # use nordnet_proto::api::TickSizeTable;
    /// use nordnet_proto::api::Side;
    ///
    /// # let table: TickSizeTable = serde_json::from_str(r#"{"tick_size_id":5012,"ticks":[
    /// #     {"from_price":0.0,"to_price":49.99,"tick":0.01,"decimals":2},
    /// #     {"from_price":50.0,"to_price":99.98,"tick":0.02,"decimals":2}]}"#)?;
    /// assert_eq!(table.round("86.53".parse()?, &Side::Buy), Some("86.52".parse()?));
    /// assert_eq!(table.round("86.53".parse()?, &Side::Sell), Some("86.54".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn round(&self, price: Decimal, side: &Side) -> Option<Decimal> {
        match side {
            Side::Buy => self.round_down(price),
            Side::Sell => self.round_up(price),
            Side::Other(_) => None,
        }
    }

    /// The highest price on a tick that is not above a price.
    #[must_use]
    pub fn round_down(&self, price: Decimal) -> Option<Decimal> {
        self.ranges().into_iter().rev().find_map(|range| {
            let down = match range.until {
                Some(until) if until <= price => multiple(until, range.tick, |until, tick| {
                    (until - 1).div_euclid(tick)
                }),
                _ => multiple(price, range.tick, i128::div_euclid),
            };
            down.filter(|down| *down >= range.from)
        })
    }

    /// The lowest price on a tick that is not below a price.
    #[must_use]
    pub fn round_up(&self, price: Decimal) -> Option<Decimal> {
        self.ranges().into_iter().find_map(|range| {
            let up = multiple(price.max(range.from), range.tick, |price, tick| {
                -(-price).div_euclid(tick)
            });
            up.filter(|up| range.until.is_none_or(|until| *up < until))
        })
    }

    /// The ranges from the lowest to the highest, each with its end.
    fn ranges(&self) -> Vec<Range> {
        let mut ranges: Vec<_> = self
            .intervals
            .iter()
            .map(|interval| Range {
                from: interval.from_price,
                until: None,
                tick: interval.tick,
            })
            .collect();
        ranges.sort_by_key(|range| range.from);
        let ends: Vec<_> = ranges.iter().skip(1).map(|next| next.from).collect();
        for (range, end) in ranges.iter_mut().zip(ends) {
            range.until = Some(end);
        }
        ranges
    }
}

/// From here on, up to there but not there, prices have this tick.
struct Range {
    from: Decimal,
    until: Option<Decimal>,
    tick: Decimal,
}

/// As many ticks as `count` makes of a price and a tick in the same unit.
fn multiple(price: Decimal, tick: Decimal, count: impl Fn(i128, i128) -> i128) -> Option<Decimal> {
    if !tick.is_positive() {
        return None;
    }
    let scale = price.scale().max(tick.scale());
    // Eighteen places on top of 64 bits stay within 128.
    let widened = |number: Decimal| {
        i128::from(number.mantissa()) * 10_i128.pow(u32::from(scale - number.scale()))
    };
    let ticks = i64::try_from(count(widened(price), widened(tick))).ok()?;
    tick.checked_mul(Decimal::from(ticks))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    /// The table that most Swedish shares have, its ranges out of order.
    fn table() -> TickSizeTable {
        serde_json::from_str(
            r#"{"tick_size_id":5012,"ticks":[
            {"from_price":50.0,"to_price":99.98,"tick":0.02,"decimals":2},
            {"from_price":0.0,"to_price":49.99,"tick":0.01,"decimals":2.0},
            {"from_price":100.0,"to_price":99999,"tick":0.05,"decimals":2}]}"#,
        )
        .unwrap()
    }

    #[test]
    fn rounds_at_the_edges_of_the_ranges() {
        for (price, down, up) in [
            ("0", "0", "0"),
            ("0.001", "0", "0.01"),
            ("49.98", "49.98", "49.98"),
            ("49.99", "49.99", "49.99"),
            ("49.991", "49.99", "50"),
            ("50", "50", "50"),
            ("50.00", "50", "50"),
            ("50.01", "50", "50.02"),
            ("99.98", "99.98", "99.98"),
            ("99.981", "99.98", "100"),
            ("99.99", "99.98", "100"),
            ("100", "100", "100"),
            ("100.01", "100", "100.05"),
            ("99999", "99999", "99999"),
            ("99999.01", "99999", "99999.05"),
        ] {
            let (table, price) = (table(), decimal(price));
            assert_eq!(
                table.round(price, &Side::Buy),
                Some(decimal(down)),
                "{price}"
            );
            assert_eq!(
                table.round(price, &Side::Sell),
                Some(decimal(up)),
                "{price}"
            );
            assert_eq!(table.is_on_tick(price), down == up, "{price}");
        }
    }

    #[test]
    fn below_all_ranges_there_is_only_up() {
        let table = table();
        assert_eq!(table.round_down(decimal("-0.01")), None);
        assert_eq!(table.round_up(decimal("-0.01")), Some(decimal("0")));
        assert!(!table.is_on_tick(decimal("-0.01")));
        assert_eq!(table.round(decimal("1"), &Side::from("LEND")), None);
    }

    #[test]
    fn a_range_that_begins_between_two_ticks_is_rounded_into_the_next_one() {
        let table: TickSizeTable = serde_json::from_str(
            r#"{"tick_size_id":1,"ticks":[
            {"from_price":0,"to_price":9.97,"tick":0.03,"decimals":2},
            {"from_price":10,"to_price":20,"tick":0.3,"decimals":2}]}"#,
        )
        .unwrap();
        assert_eq!(table.round_down(decimal("10.1")), Some(decimal("9.99")));
        assert_eq!(table.round_up(decimal("9.995")), Some(decimal("10.2")));
        assert!(!table.is_on_tick(decimal("10")));
    }

    #[test]
    fn a_table_without_ticks_rounds_nothing() {
        let ticks = |ticks: &str| -> TickSizeTable {
            serde_json::from_str(&format!(r#"{{"tick_size_id":1,"ticks":{ticks}}}"#)).unwrap()
        };
        let zero = r#"[{"from_price":0,"to_price":1,"tick":0,"decimals":0}]"#;
        let huge = r#"[{"from_price":0,"to_price":1,"tick":1e-18,"decimals":0}]"#;
        for table in [ticks("[]"), ticks("null"), ticks(zero), ticks(huge)] {
            assert_eq!(table.round_down(decimal("9223372036854775807")), None);
            assert_eq!(table.round_up(decimal("9223372036854775807")), None);
        }
    }
}

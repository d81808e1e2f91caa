//! How a tick finds its row.

use super::Market;
use super::key::Key;
use super::state::{FIRST, Generation, LONG_AGO, Row, Stamp, Stamped};
use super::table::Table;
use super::tombstones::Tombstones;
use crate::feed::Subscription;

impl Market {
    /// Whether there is a row for what is told of a subscription.
    pub(super) fn knows(&self, subscription: &Subscription) -> bool {
        match subscription {
            Subscription::Price(id) => self.quotes.get(id).is_some(),
            Subscription::Depth(id) => self.books.get(id).is_some(),
            Subscription::TradingStatus(id) => self.statuses.get(id).is_some(),
            Subscription::Indicator(id) => self.indicators.get(id).is_some(),
            Subscription::Trade(_) | Subscription::News(_) => false,
        }
    }
}

/// Merges a tick, and says whether it was full.
#[inline]
pub(super) fn merge<R: Row<T>, T>(row: &mut R, tick: &T, full: bool, stamp: Stamp) -> bool {
    if full {
        row.clear();
        row.set_generation(stamp.generation);
    }
    row.merge(tick);
    row.set_heard(stamp.heard);
    full
}

/// As [`merge`], of an id that is long, rare or new.
pub(super) fn merge_new<I: Key, R: Row<T>, T>(
    table: &mut Table<I, R>,
    tombstones: &mut Tombstones,
    of: fn(I) -> Subscription,
    id: &I,
    tick: &T,
    full: bool,
    stamp: Stamp,
) -> bool {
    let row = newcomer(table, tombstones, of, id, full, stamp.heard);
    row.is_some_and(|row| merge(row, tick, full, stamp))
}

/// The row of an id, a new one if there is none; but none for a late tick of
/// what was forgotten.
pub(super) fn newcomer<'a, I: Key, R: Default>(
    table: &'a mut Table<I, R>,
    tombstones: &mut Tombstones,
    of: fn(I) -> Subscription,
    id: &I,
    full: bool,
    now: u64,
) -> Option<&'a mut R> {
    let enters = full
        || tombstones.is_empty()
        || table.get(id).is_some()
        || tombstones.admits(&of(id.clone()), now);
    if enters { table.entry(id) } else { None }
}

/// Keeps rows stale when the numbers of connections begin anew.
pub(super) fn age<I: Key, R: Stamped + Default>(table: &mut Table<I, R>) {
    for row in table.rows_mut() {
        if row.stamp().generation >= FIRST {
            row.set_generation(LONG_AGO);
        }
    }
}

/// Says of a row why it is stale.
pub(super) fn mark(row: Option<&mut impl Stamped>, why: Generation) {
    if let Some(row) = row {
        row.set_generation(why);
    }
}

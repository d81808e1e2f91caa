//! How a tick finds its row.

use super::Market;
use super::forgotten::Forgotten;
use super::name::Name;
use super::shelf::Shelf;
use super::state::{Epoch, FIRST, LONG_AGO, Row, Stamp, Stamped};
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
        row.set_epoch(stamp.epoch);
    }
    row.merge(tick);
    row.set_heard(stamp.heard);
    full
}

/// As [`merge`], of an id that is long, rare or new.
pub(super) fn merge_new<I: Name, R: Row<T>, T>(
    shelf: &mut Shelf<I, R>,
    forgotten: &mut Forgotten,
    of: fn(I) -> Subscription,
    id: &I,
    tick: &T,
    full: bool,
    stamp: Stamp,
) -> bool {
    let row = newcomer(shelf, forgotten, of, id, full, stamp.heard);
    row.is_some_and(|row| merge(row, tick, full, stamp))
}

/// The row of an id, a new one if there is none; but none for a late tick of
/// what was forgotten.
pub(super) fn newcomer<'a, I: Name, R: Default>(
    shelf: &'a mut Shelf<I, R>,
    forgotten: &mut Forgotten,
    of: fn(I) -> Subscription,
    id: &I,
    full: bool,
    now: u64,
) -> Option<&'a mut R> {
    let enters = full
        || forgotten.is_empty()
        || shelf.get(id).is_some()
        || forgotten.admits(&of(id.clone()), now);
    if enters { shelf.entry(id) } else { None }
}

/// Keeps rows stale when the numbers of connections begin anew.
pub(super) fn age<I: Name, R: Stamped + Default>(shelf: &mut Shelf<I, R>) {
    for row in shelf.rows_mut() {
        if row.stamp().epoch >= FIRST {
            row.set_epoch(LONG_AGO);
        }
    }
}

/// Says of a row why it is stale.
pub(super) fn mark(row: Option<&mut impl Stamped>, why: Epoch) {
    if let Some(row) = row {
        row.set_epoch(why);
    }
}

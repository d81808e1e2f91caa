//! How a tick finds its row.

use super::forgotten::Forgotten;
use super::name::Name;
use super::shelf::Shelf;
use super::state::{FIRST, LONG_AGO, REFUSED, Row, Stamp, Stamped};
use crate::feed::Subscription;

/// Merges a tick, and says whether it was full.
#[inline]
pub(super) fn merge<I: Name, R: Row<T>, T>(
    shelf: &mut Shelf<I, R>,
    forgotten: &mut Forgotten,
    of: fn(I) -> Subscription,
    id: &I,
    tick: &T,
    full: bool,
    stamp: Stamp,
) -> bool {
    let row = match shelf.known(id) {
        Some(row) => row,
        None => match newcomer(shelf, forgotten, of, id, full, stamp.heard) {
            Some(row) => row,
            None => return false,
        },
    };
    if full {
        row.clear();
        row.set_epoch(stamp.epoch);
    }
    row.merge(tick);
    row.set_heard(stamp.heard);
    full
}

/// The row of an id that is long or has none; none for a late tick of what was
/// forgotten.
#[inline(never)]
fn newcomer<'a, I: Name, R: Default>(
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

pub(super) fn mark_refused<I: Name, R: Stamped + Default>(shelf: &mut Shelf<I, R>, id: &I) {
    if let Some(row) = shelf.entry(id) {
        row.set_epoch(REFUSED);
    }
}

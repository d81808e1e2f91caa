//! Listings that need not be asked for again.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Listing, ListingKey};

/// How long a listing is good: its calendar changes by the day, all else more
/// seldom.
const LIFETIME: Duration = Duration::from_secs(3600);

/// The listings that a session has found, by every key that they were found by.
#[derive(Debug, Default)]
pub(crate) struct ListingCache {
    known: BTreeMap<ListingKey, (Arc<Listing>, Instant)>,
}

impl ListingCache {
    pub(super) fn get(&self, key: &ListingKey, now: Instant) -> Option<Arc<Listing>> {
        let (listing, since) = self.known.get(key)?;
        let is_good = now.saturating_duration_since(*since) < LIFETIME;
        is_good.then(|| Arc::clone(listing))
    }

    /// Keeps a listing under the key that it was found by, and under its own.
    pub(super) fn put(&mut self, key: ListingKey, listing: &Arc<Listing>, now: Instant) {
        for key in [key, listing.id().into()] {
            self.known.insert(key, (Arc::clone(listing), now));
        }
    }
}

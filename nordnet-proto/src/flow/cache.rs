//! What need not be asked for again.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::listings::{Listing, ListingKey};

/// How long a listing is good: its calendar changes by the day, all else more
/// seldom.
const LIFETIME: Duration = Duration::from_secs(3600);

/// What the flows of one client have found: a flow does not ask for it again
/// within the hour.
///
/// Keep one beside the [`Session`](crate::Session) of a client, and give it to
/// each [`Flow::poll`](super::Flow::poll). An empty one is correct, too: it only
/// makes for more calls.
#[derive(Debug, Default)]
pub struct FlowCache {
    /// By every key that they were found by.
    listings: BTreeMap<ListingKey, (Arc<Listing>, Instant)>,
}

impl FlowCache {
    /// A cache that holds nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    pub(super) fn listing(&self, key: &ListingKey, now: Instant) -> Option<Arc<Listing>> {
        let (listing, since) = self.listings.get(key)?;
        let is_good = now.saturating_duration_since(*since) < LIFETIME;
        is_good.then(|| Arc::clone(listing))
    }

    /// Keeps a listing under the key that it was found by, and under its own.
    pub(super) fn keep_listing(&mut self, key: ListingKey, listing: &Arc<Listing>, now: Instant) {
        for key in [key, listing.id().into()] {
            self.listings.insert(key, (Arc::clone(listing), now));
        }
    }
}

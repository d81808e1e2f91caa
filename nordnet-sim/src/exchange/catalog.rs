//! Finding instruments by their keys.

use std::collections::BTreeMap;

use super::Exchange;
use super::listings::Listing;
use super::market::Instrument;

/// Where in the market a key leads to. Listings never come or go.
#[derive(Debug)]
pub(crate) struct Catalog {
    by_market: BTreeMap<i64, BTreeMap<String, usize>>,
    /// All listings of a security, that on its home market first.
    by_id: BTreeMap<i64, Vec<usize>>,
    /// The same security may be listed in several countries.
    by_isin: BTreeMap<String, Vec<usize>>,
}

impl Catalog {
    pub(crate) fn new(market: &[Instrument]) -> Self {
        let mut catalog = Self {
            by_market: BTreeMap::new(),
            by_id: BTreeMap::new(),
            by_isin: BTreeMap::new(),
        };
        for (index, instrument) in market.iter().enumerate() {
            let listing = &instrument.listing;
            let identifiers = catalog.by_market.entry(listing.venue.market_id);
            identifiers
                .or_default()
                .insert(listing.identifier.clone(), index);
            let venues = catalog.by_id.entry(listing.instrument_id);
            venues.or_default().push(index);
            let twins = catalog.by_isin.entry(listing.isin.clone());
            twins.or_default().push(index);
        }
        catalog
    }
}

impl Exchange {
    /// Finds an instrument by the two parts of its tradable key.
    pub(super) fn instrument_at(&self, market: i64, identifier: &str) -> Option<usize> {
        let identifiers = self.catalog.by_market.get(&market)?;
        identifiers.get(identifier).copied()
    }

    /// Finds an instrument by `market:identifier`.
    pub(super) fn instrument_named(&self, tradable: &str) -> Option<usize> {
        let (market, identifier) = tradable_key(tradable)?;
        self.instrument_at(market, identifier)
    }

    pub(super) fn instrument_numbered(&self, id: i64) -> Option<usize> {
        self.listings_of(id).first().copied()
    }

    /// Returns all listings of a security, that on its home market first.
    pub(super) fn listings_of(&self, id: i64) -> &[usize] {
        self.catalog.by_id.get(&id).map_or(&[], Vec::as_slice)
    }

    pub(super) fn instrument_by_isin(
        &self,
        isin: &str,
        currency: &str,
        market: i64,
    ) -> Option<usize> {
        let fits = |index: &usize| {
            let listing = &self.market[*index].listing;
            listing.currency() == currency && listing.venue.market_id == market
        };
        let twins = self.catalog.by_isin.get(isin)?;
        twins.iter().copied().find(fits)
    }

    /// Returns the listings in the order of their index.
    pub(super) fn listings(&self) -> impl Iterator<Item = (usize, &Listing)> {
        let listings = self.market.iter().map(|one| &one.listing);
        listings.enumerate()
    }
}

/// Takes `market:identifier` apart.
pub(crate) fn tradable_key(text: &str) -> Option<(i64, &str)> {
    let (market, identifier) = text.split_once(':')?;
    let market = market.parse().ok()?;
    (!identifier.is_empty()).then_some((market, identifier))
}

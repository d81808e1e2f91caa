//! Listings: what is needed to know of an instrument to order it.

mod call;
mod key;
mod listing;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use call::{Ask, Told};
pub use call::{ListingAnswer, ListingCall};
pub use key::ListingKey;
pub use listing::{Listing, NotListed, NotListedReason};

use super::{Flow, FlowCache, FlowStep};
use crate::api::{Instrument, TickSizeTable, Tradable, TradableInfo};
use crate::error::Error;
use crate::id::{InstrumentId, Isin, TickSizeId, TradableId};

/// How many keys are asked for in one call; the longest list that the server
/// takes is not documented.
const BATCH: usize = 50;

/// Finds listings: a flow that looks up instruments, how they are traded, and
/// their tick tables, in as few calls as it can.
///
/// What a client has found in the last hour is not asked for again. It gives a
/// result for each key, in the order of the keys; collect them to stop at the
/// first that is not there:
///
/// ```
/// use std::sync::Arc;
///
/// use nordnet_proto::flow::{FindListings, Listing, ListingKey, NotListed};
///
/// let keys = ["11:101", "XSTO:VOLV B", "SE0000148884"];
/// let keys = keys.into_iter().map(str::parse).collect::<Result<Vec<ListingKey>, _>>()?;
/// let flow = FindListings::of_all(keys); // for `run` of a client
///
/// fn all(found: Vec<Result<Arc<Listing>, NotListed>>) -> Result<Vec<Arc<Listing>>, NotListed> {
///     found.into_iter().collect()
/// }
/// # let _ = (flow, all);
/// # Ok::<(), nordnet_proto::ParseIdError>(())
/// ```
///
/// ```text
///  Names ──▶ Instruments ──▶ Trading ──▶ Ticks ──▶ done
///  (search)   (by number,    (order types,
///              or tradable)   calendar)
/// ```
#[derive(Debug)]
#[must_use = "a flow does nothing unless it is run"]
pub struct FindListings {
    keys: Vec<ListingKey>,
    /// Those that the cache does not have.
    wanted: BTreeSet<ListingKey>,
    found: BTreeMap<ListingKey, Result<Arc<Listing>, NotListed>>,
    stage: Stage,
    asks: VecDeque<Ask>,
    instruments: BTreeMap<InstrumentId, Instrument>,
    candidates: BTreeSet<InstrumentId>,
    info: BTreeMap<TradableId, TradableInfo>,
    ticks: BTreeMap<TickSizeId, Arc<TickSizeTable>>,
    failed: Option<Error>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Begin,
    Names,
    Instruments,
    Trading,
    Ticks,
}

impl FindListings {
    /// Finds the listing of one key.
    pub fn of(key: impl Into<ListingKey>) -> Self {
        Self::of_all([key])
    }

    /// Finds the listings of several keys; without keys it asks for nothing.
    pub fn of_all(keys: impl IntoIterator<Item = impl Into<ListingKey>>) -> Self {
        Self {
            keys: keys.into_iter().map(Into::into).collect(),
            wanted: BTreeSet::new(),
            found: BTreeMap::new(),
            stage: Stage::Begin,
            asks: VecDeque::new(),
            instruments: BTreeMap::new(),
            candidates: BTreeSet::new(),
            info: BTreeMap::new(),
            ticks: BTreeMap::new(),
            failed: None,
        }
    }

    /// Goes on to the next stage; `None` after the last one.
    fn advance(&mut self, cache: &mut FlowCache, now: Instant) -> Option<Stage> {
        match self.stage {
            Stage::Begin => {
                for key in &self.keys {
                    match cache.listing(key, now) {
                        Some(listing) => {
                            self.found.insert(key.clone(), Ok(listing));
                        }
                        None => {
                            self.wanted.insert(key.clone());
                        }
                    }
                }
                for key in &self.wanted {
                    match key {
                        ListingKey::Tradable(_) => {}
                        ListingKey::Symbol { symbol, .. } => {
                            self.asks.push_back(Ask::Everywhere(symbol.clone()));
                        }
                        ListingKey::Isin(isin) => {
                            self.asks.push_back(Ask::Everywhere(isin.to_string()));
                        }
                    }
                }
                Some(Stage::Names)
            }
            Stage::Names => {
                let tradables = self.wanted.iter().filter_map(|key| match key {
                    ListingKey::Tradable(tradable) => Some(tradable.clone()),
                    _ => None,
                });
                push(&mut self.asks, tradables, Ask::Tradables);
                let candidates = self.candidates.iter().copied();
                push(&mut self.asks, candidates, Ask::Instruments);
                Some(Stage::Instruments)
            }
            Stage::Instruments => {
                let ids: BTreeSet<_> = self.resolved().map(Tradable::id).collect();
                push(&mut self.asks, ids, Ask::Info);
                Some(Stage::Trading)
            }
            Stage::Trading => {
                let tables = self.resolved().map(|tradable| tradable.tick_size_id);
                let ids: BTreeSet<_> = tables.collect();
                push(&mut self.asks, ids, Ask::Ticks);
                Some(Stage::Ticks)
            }
            Stage::Ticks => None,
        }
    }

    fn take(&mut self, ask: &Ask, told: Told) {
        match told {
            Told::Everywhere(groups) => {
                let hits = groups.into_iter().flat_map(|group| group.results);
                let ids: Vec<_> = hits.filter_map(|hit| hit.instrument_id).collect();
                if let (true, Ask::Everywhere(text)) = (ids.is_empty(), ask)
                    && self.wanted.contains(&ListingKey::Isin(Isin::new(text)))
                {
                    self.asks.push_front(Ask::Stocks(text.clone()));
                }
                self.candidates.extend(ids);
            }
            Told::Stocks(page) => {
                let rows = page.results.into_iter();
                let ids = rows.filter_map(|row| row.instrument_info?.instrument_id);
                self.candidates.extend(ids);
            }
            Told::Instruments(instruments) => {
                let instruments = instruments.into_iter();
                self.instruments
                    .extend(instruments.map(|one| (one.instrument_id, one)));
            }
            Told::Info(info) => {
                let info = info.into_iter();
                self.info.extend(info.map(|info| (info.id(), info)));
            }
            Told::Ticks(tables) => {
                let tables = tables.into_iter();
                self.ticks
                    .extend(tables.map(|table| (table.id, Arc::new(table))));
            }
        }
        // Zero is the number of all that cannot be traded.
        self.candidates.remove(&InstrumentId::new(0));
    }

    /// The tradables of the wanted keys that name one.
    fn resolved(&self) -> impl Iterator<Item = &Tradable> {
        let found = self.wanted.iter().filter_map(|key| self.resolve(key).ok());
        found.map(|(_, tradable)| tradable)
    }

    fn resolve(&self, key: &ListingKey) -> Result<(&Instrument, &Tradable), NotListedReason> {
        let meant: Vec<_> = self
            .instruments
            .values()
            .filter_map(|instrument| Some((instrument, meant_by(key, instrument)?)))
            .collect();
        match *meant {
            [] => Err(NotListedReason::Unknown),
            [one] => Ok(one),
            ref several => {
                let keys = several.iter().map(|(_, tradable)| tradable.id());
                Err(NotListedReason::Ambiguous(keys.collect()))
            }
        }
    }

    fn listing(&self, key: &ListingKey) -> Result<Arc<Listing>, NotListed> {
        let listing = self.resolve(key).and_then(|(instrument, tradable)| {
            let info = self.info.get(&tradable.id());
            let ticks = self.ticks.get(&tradable.tick_size_id);
            let (info, ticks) = info.zip(ticks).ok_or(NotListedReason::NotTraded)?;
            Ok(Arc::new(Listing {
                instrument: instrument.clone(),
                tradable: tradable.clone(),
                info: info.clone(),
                ticks: Arc::clone(ticks),
            }))
        });
        listing.map_err(|reason| NotListed {
            key: key.clone(),
            reason,
        })
    }

    fn finish(
        &mut self,
        cache: &mut FlowCache,
        now: Instant,
    ) -> Vec<Result<Arc<Listing>, NotListed>> {
        for key in std::mem::take(&mut self.wanted) {
            let listing = self.listing(&key);
            if let Ok(listing) = &listing {
                cache.keep_listing(key.clone(), listing, now);
            }
            self.found.insert(key, listing);
        }
        self.keys
            .iter()
            .filter_map(|key| self.found.get(key).cloned())
            .collect()
    }
}

impl Flow for FindListings {
    type Call = ListingCall;
    type Output = Vec<Result<Arc<Listing>, NotListed>>;

    fn poll(&mut self, cache: &mut FlowCache, now: Instant) -> FlowStep<ListingCall, Self::Output> {
        loop {
            if let Some(error) = self.failed.take() {
                return FlowStep::Done(Err(error));
            }
            if let Some(ask) = self.asks.front() {
                return FlowStep::Call(ListingCall(ask.clone()));
            }
            match self.advance(cache, now) {
                Some(stage) => self.stage = stage,
                None => return FlowStep::Done(Ok(self.finish(cache, now))),
            }
        }
    }

    fn handle_response(&mut self, response: Result<ListingAnswer, Error>) {
        let Some(ask) = self.asks.pop_front() else {
            return;
        };
        match response {
            Ok(ListingAnswer(told)) => self.take(&ask, told),
            // Whether one bad key fails a whole call is not documented: each is
            // asked for by itself, and the one that is refused is not there.
            Err(Error::Refused(refusal)) if matches!(refusal.status, 400 | 404) => {
                for one in ask.split() {
                    self.asks.push_front(one);
                }
            }
            Err(error) => self.failed = Some(error),
        }
    }
}

/// The tradable of an instrument that a key means.
fn meant_by<'a>(key: &ListingKey, instrument: &'a Instrument) -> Option<&'a Tradable> {
    let mut tradables = instrument.tradables.iter();
    match key {
        ListingKey::Tradable(id) => tradables.find(|tradable| tradable.id() == *id),
        ListingKey::Symbol { mic, symbol } => tradables
            .find(|tradable| tradable.mic == *mic)
            .filter(|_| instrument.symbol.eq_ignore_ascii_case(symbol)),
        ListingKey::Isin(isin) => tradables
            .min_by_key(|tradable| tradable.display_order)
            .filter(|_| instrument.isin_code.as_ref() == Some(isin)),
    }
}

/// Asks about some keys, in calls that are not too long.
fn push<T>(
    asks: &mut VecDeque<Ask>,
    keys: impl IntoIterator<Item = T>,
    ask: impl Fn(Vec<T>) -> Ask,
) {
    let mut keys = keys.into_iter();
    loop {
        let batch: Vec<_> = keys.by_ref().take(BATCH).collect();
        if batch.is_empty() {
            return;
        }
        asks.push_back(ask(batch));
    }
}

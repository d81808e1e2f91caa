//! The calls that listings are found by.

use http::Method;

use crate::api::{
    GetInstruments, GetTickSizes, GetTradableInfo, HitGroup, Instrument, LookupInstruments, Page,
    SearchMain, SearchSpace, SearchStocks, Stock, StockGroup, TickSizeTable, TradableInfo,
};
use crate::endpoint::{Endpoint, InSession, Observe, Safety, Target};
use crate::error::Error;
use crate::failure::Failure;
use crate::id::{InstrumentId, TickSizeId, TradableId};
use crate::request::HttpResponse;
use crate::response::List;

/// How many hits of a search are looked at.
const HITS: u16 = 25;

/// A call of [`FindListings`](super::FindListings).
#[derive(Clone, Debug)]
pub struct ListingCall(pub(super) Ask);

/// What is asked for.
#[derive(Clone, Debug)]
pub(super) enum Ask {
    /// A search over everything.
    Everywhere(String),
    /// A search in stocks, which is known to look at ISINs.
    Stocks(String),
    Tradables(Vec<TradableId>),
    Instruments(Vec<InstrumentId>),
    Info(Vec<TradableId>),
    Ticks(Vec<TickSizeId>),
}

impl Ask {
    /// The same question for each key by itself; nothing if it is about one.
    pub(super) fn split(self) -> Vec<Self> {
        fn each<T>(keys: Vec<T>, ask: impl Fn(Vec<T>) -> Ask) -> Vec<Ask> {
            match keys.len() {
                0 | 1 => Vec::new(),
                _ => keys.into_iter().map(|key| ask(vec![key])).collect(),
            }
        }
        match self {
            Self::Everywhere(_) | Self::Stocks(_) => Vec::new(),
            Self::Tradables(keys) => each(keys, Self::Tradables),
            Self::Instruments(keys) => each(keys, Self::Instruments),
            Self::Info(keys) => each(keys, Self::Info),
            Self::Ticks(keys) => each(keys, Self::Ticks),
        }
    }
}

/// The answer to a [`ListingCall`].
#[derive(Debug)]
pub struct ListingAnswer(pub(super) Told);

#[derive(Debug)]
pub(super) enum Told {
    Everywhere(List<HitGroup>),
    Stocks(Page<Stock>),
    Instruments(List<Instrument>),
    Info(List<TradableInfo>),
    Ticks(List<TickSizeTable>),
}

/// Does the same with the call that stands behind a question.
macro_rules! with_call {
    ($ask:expr, |$call:ident, $told:ident| $do:expr) => {
        match $ask {
            Ask::Everywhere(text) => {
                let $call = SearchMain::new(text)
                    .space(SearchSpace::Instruments)
                    .limit(HITS);
                let $told = Told::Everywhere;
                $do
            }
            Ask::Stocks(text) => {
                let $call = SearchStocks::new()
                    .text(text)
                    .groups([StockGroup::Instrument])
                    .limit(HITS);
                let $told = Told::Stocks;
                $do
            }
            Ask::Tradables(keys) => {
                let $call = LookupInstruments::by_tradables(keys);
                let $told = Told::Instruments;
                $do
            }
            Ask::Instruments(keys) => {
                let $call = GetInstruments::of_all(keys.iter().copied());
                let $told = Told::Instruments;
                $do
            }
            Ask::Info(keys) => {
                let $call = GetTradableInfo::of_all(keys.iter().cloned());
                let $told = Told::Info;
                $do
            }
            Ask::Ticks(keys) => {
                let $call = GetTickSizes::of_all(keys.iter().copied());
                let $told = Told::Ticks;
                $do
            }
        }
    };
}

impl Endpoint for ListingCall {
    /// Errors name the call that stands behind it.
    const OPERATION: &'static str = "find_listings";
    const METHOD: Method = Method::GET;
    const SAFETY: Safety = Safety::Read;
    type Auth = InSession;
    type Access = Observe;
    type Response = ListingAnswer;

    fn target(&self, target: &mut Target) {
        with_call!(&self.0, |call, _told| call.target(target));
    }

    fn settle(&self, answer: Result<HttpResponse, Failure>) -> Result<ListingAnswer, Error> {
        with_call!(&self.0, |call, told| call.settle(answer).map(told)).map(ListingAnswer)
    }
}

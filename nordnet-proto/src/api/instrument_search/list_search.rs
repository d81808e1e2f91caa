//! The searches that differ in their rows only.

use std::fmt;
use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{BullBear, KnockOut, Page, Stock};
use crate::api::reads::reads;
use crate::closed_enum::closed_enum;
use crate::endpoint::{Endpoint, Target};
use crate::id::AttributeId;

/// `GET /instrument_search/query/stocklist`: a search for stocks.
///
/// It may give up to twice as many rows as its limit: a stock is told again
/// for each of its tradables.
///
/// ```
/// use nordnet_proto::api::{SearchStocks, SortOrder, StockGroup};
///
/// let call = SearchStocks::new()
///     .text("eric")
///     .groups([StockGroup::Instrument, StockGroup::Price])
///     .sort("diff_pct", SortOrder::Descending)
///     .limit(20);
/// # let _ = call;
/// ```
pub type SearchStocks = ListSearch<Stocks>;

/// `GET /instrument_search/query/bullbearlist`: a search for bull and bear
/// certificates.
///
/// Prices are live only with the rights to them, and each live answer counts as
/// a look at the market's data. So it is with [`SearchMiniFutures`] and
/// [`SearchUnlimitedTurbos`].
pub type SearchBullBear = ListSearch<BullBears>;

/// `GET /instrument_search/query/minifuturelist`: a search for mini futures.
pub type SearchMiniFutures = ListSearch<MiniFutures>;

/// `GET /instrument_search/query/unlimitedturbolist`: a search for unlimited
/// turbos.
pub type SearchUnlimitedTurbos = ListSearch<UnlimitedTurbos>;

/// A search in one list of instruments, by its aliases: [`SearchStocks`],
/// [`SearchBullBear`], [`SearchMiniFutures`] and [`SearchUnlimitedTurbos`].
///
/// It gives one [`Page`]; [`Pages`](crate::flow::Pages) goes through all of
/// them.
#[derive(Clone, Debug)]
#[must_use]
pub struct ListSearch<L> {
    filters: Option<String>,
    text: Option<String>,
    sort: Option<(AttributeId, SortOrder)>,
    limit: u16,
    offset: u32,
    groups: Vec<StockGroup>,
    attributes: Vec<AttributeId>,
    list: PhantomData<fn() -> L>,
}

impl<L: Searched> ListSearch<L> {
    const DEFAULT_LIMIT: u16 = 50;

    /// Searches the whole list, by name.
    pub fn new() -> Self {
        Self {
            filters: None,
            text: None,
            sort: None,
            limit: Self::DEFAULT_LIMIT,
            offset: 0,
            groups: Vec::new(),
            attributes: Vec::new(),
            list: PhantomData,
        }
    }

    /// Only what meets a filter, such as `nordnet_markets=true` for the house
    /// brand; more of its grammar is not documented.
    pub fn filter(mut self, expression: impl Into<String>) -> Self {
        self.filters = Some(expression.into());
        self
    }

    /// Only what has a text in its name, its symbol or its ISIN.
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = Some(text.into());
        self
    }

    /// Sorts by an attribute instead of the name.
    pub fn sort(mut self, attribute: impl Into<AttributeId>, order: SortOrder) -> Self {
        self.sort = Some((attribute.into(), order));
        self
    }

    /// Asks for another number of rows than 50.
    pub const fn limit(mut self, rows: u16) -> Self {
        self.limit = rows;
        self
    }

    /// Passes over some rows; at most 2³¹ − 1 of them.
    pub const fn offset(mut self, rows: u32) -> Self {
        self.offset = if rows > i32::MAX.unsigned_abs() {
            i32::MAX.unsigned_abs()
        } else {
            rows
        };
        self
    }

    pub(crate) const fn limit_and_offset(&self) -> (u16, u32) {
        (self.limit, self.offset)
    }
}

impl ListSearch<Stocks> {
    /// Asks for some groups of attributes.
    pub fn groups(mut self, groups: impl IntoIterator<Item = StockGroup>) -> Self {
        self.groups = groups.into_iter().collect();
        self
    }

    /// Asks for some attributes.
    pub fn attributes(
        mut self,
        attributes: impl IntoIterator<Item = impl Into<AttributeId>>,
    ) -> Self {
        self.attributes = attributes.into_iter().map(Into::into).collect();
        self
    }
}

impl<L: Searched> Endpoint for ListSearch<L> {
    reads!(L::OPERATION => Page<L::Row>);

    fn target(&self, target: &mut Target) {
        target.segment("instrument_search").segment("query");
        target
            .segment(L::LIST)
            .query_optional("apply_filters", self.filters.as_ref())
            .query_list("attribute_groups", &self.groups)
            .query_list("attributes", &self.attributes)
            .query_optional("free_text_search", self.text.as_ref());
        if self.limit != Self::DEFAULT_LIMIT {
            target.query("limit", self.limit);
        }
        if self.offset != 0 {
            target.query("offset", self.offset);
        }
        // Two of the lists have no order of their own, and pages need one.
        if let Some((attribute, order)) = &self.sort {
            target.query("sort_attribute", attribute);
            target.query("sort_order", order);
        } else if !L::SORTS_BY_NAME {
            target.query("sort_attribute", "name");
            target.query("sort_order", SortOrder::Ascending);
        }
    }
}

impl<L: Searched> Default for ListSearch<L> {
    fn default() -> Self {
        Self::new()
    }
}

/// A list that can be searched; sealed.
pub trait Searched: Clone + fmt::Debug + Send + sealed::Sealed + 'static {
    /// One row of it.
    type Row: Serialize + DeserializeOwned + Send + 'static;
    /// The name of the call.
    const OPERATION: &'static str;
    /// The list in the address of the call.
    const LIST: &'static str;
    /// Whether its rows are sorted by name if nothing else is asked for.
    const SORTS_BY_NAME: bool;
}

/// Stocks.
#[derive(Clone, Debug)]
pub enum Stocks {}

/// Bull and bear certificates.
#[derive(Clone, Debug)]
pub enum BullBears {}

/// Mini futures.
#[derive(Clone, Debug)]
pub enum MiniFutures {}

/// Unlimited turbos.
#[derive(Clone, Debug)]
pub enum UnlimitedTurbos {}

impl Searched for Stocks {
    type Row = Stock;
    const OPERATION: &'static str = "search_stocks";
    const LIST: &'static str = "stocklist";
    const SORTS_BY_NAME: bool = true;
}

impl Searched for BullBears {
    type Row = BullBear;
    const OPERATION: &'static str = "search_bull_bear";
    const LIST: &'static str = "bullbearlist";
    const SORTS_BY_NAME: bool = true;
}

impl Searched for MiniFutures {
    type Row = KnockOut;
    const OPERATION: &'static str = "search_mini_futures";
    const LIST: &'static str = "minifuturelist";
    const SORTS_BY_NAME: bool = false;
}

impl Searched for UnlimitedTurbos {
    type Row = KnockOut;
    const OPERATION: &'static str = "search_unlimited_turbos";
    const LIST: &'static str = "unlimitedturbolist";
    const SORTS_BY_NAME: bool = false;
}

mod sealed {
    #[expect(unnameable_types, reason = "that nobody can name it is what seals")]
    pub trait Sealed {}
    impl Sealed for super::Stocks {}
    impl Sealed for super::BullBears {}
    impl Sealed for super::MiniFutures {}
    impl Sealed for super::UnlimitedTurbos {}
}

closed_enum! {
    /// A direction to sort in.
    SortOrder {
        /// The smallest first.
        Ascending = "asc",
        /// The largest first.
        Descending = "desc",
    }
}

closed_enum! {
    /// The groups of attributes that a search for stocks can return. They are
    /// not those that [`SearchAttributes`](super::SearchAttributes) takes.
    StockGroup {
        /// Documents.
        Document = "DOCUMENT_INFO",
        /// The exchange.
        Exchange = "EXCHANGE_INFO",
        /// Past returns.
        HistoricalReturn = "HISTORICAL_RETURN_INFO",
        /// The instrument.
        Instrument = "INSTRUMENT_INFO",
        /// Ratios of valuation.
        KeyRatios = "KEY_RATIOS_INFO",
        /// Prices.
        Price = "PRICE_INFO",
        /// The market.
        Market = "MARKET_INFO",
        /// Events of the company.
        Company = "COMPANY_INFO",
        /// Who holds it.
        Statistical = "STATISTICAL_INFO",
    }
}

//! What lists can be searched, sorted and filtered by.

use serde::{Deserialize, Serialize};

use crate::api::reads::reads;
use crate::api::sparse::sparse;
use crate::closed_enum::closed_enum;
use crate::decimal::Decimal;
use crate::endpoint::{Endpoint, Target};
use crate::id::AttributeId;
use crate::lenient_int;
use crate::response::{self, List};

/// `GET /instrument_search/attributes`: by what lists can be sorted and
/// filtered, and what they can return.
///
/// Some attributes are of lists that no call searches.
///
/// ```
/// use nordnet_proto::api::{EntityType, SearchAttributes};
///
/// let call = SearchAttributes::new()
///     .entity(EntityType::Stocks)
///     .only_filterable()
///     .expand(["market_sub_id"]);
/// # let _ = call;
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct SearchAttributes {
    filters: Option<String>,
    groups: Vec<AttributeGroup>,
    entity: Option<EntityType>,
    expand: Vec<AttributeId>,
    minmax: Vec<AttributeId>,
    only_filterable: bool,
    only_returnable: bool,
    only_sortable: bool,
}

impl SearchAttributes {
    /// Asks for all attributes.
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts only what meets a filter, such as `nordnet_markets=true`; more of
    /// its grammar is not documented.
    pub fn filter(mut self, expression: impl Into<String>) -> Self {
        self.filters = Some(expression.into());
        self
    }

    /// Only attributes of some groups.
    pub fn groups(mut self, groups: impl IntoIterator<Item = AttributeGroup>) -> Self {
        self.groups = groups.into_iter().collect();
        self
    }

    /// Only attributes of one kind of list.
    pub const fn entity(mut self, entity: EntityType) -> Self {
        self.entity = Some(entity);
        self
    }

    /// Also tells the values that some attributes can be filtered by.
    pub fn expand(mut self, attributes: impl IntoIterator<Item = impl Into<AttributeId>>) -> Self {
        self.expand = attributes.into_iter().map(Into::into).collect();
        self
    }

    /// Also tells the lowest and the highest value of some attributes.
    pub fn minmax(mut self, attributes: impl IntoIterator<Item = impl Into<AttributeId>>) -> Self {
        self.minmax = attributes.into_iter().map(Into::into).collect();
        self
    }

    /// Only attributes that can be filtered by.
    pub const fn only_filterable(mut self) -> Self {
        self.only_filterable = true;
        self
    }

    /// Only attributes that can be returned.
    pub const fn only_returnable(mut self) -> Self {
        self.only_returnable = true;
        self
    }

    /// Only attributes that can be sorted by.
    pub const fn only_sortable(mut self) -> Self {
        self.only_sortable = true;
        self
    }
}

impl Endpoint for SearchAttributes {
    reads!("search_attributes" => Attributes);

    fn target(&self, target: &mut Target) {
        target.segment("instrument_search").segment("attributes");
        target
            .query_optional("apply_filters", self.filters.as_ref())
            .query_list("attribute_group", &self.groups)
            .query_optional("entity_type", self.entity)
            .query_list("expand", &self.expand)
            .query_list("minmax", &self.minmax)
            .query_optional("only_filterable", self.only_filterable.then_some(true))
            .query_optional("only_returnable", self.only_returnable.then_some(true))
            .query_optional("only_sortable", self.only_sortable.then_some(true));
    }
}

closed_enum! {
    /// The groups of attributes. They are not named as the members of rows
    /// are.
    AttributeGroup {
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
        /// Options.
        Option = "OPTION_INFO",
        /// Underlyings.
        Underlying = "UNDERLYING_INFO",
        /// Funds.
        Fund = "FUND_INFO",
        /// Leverage and risk of knock-out products.
        PriceKo = "PRICE_KO_INFO",
        /// Derivatives.
        Derivative = "DERIVATIVE_INFO",
        /// Exchange-traded products.
        Etp = "ETP_INFO",
        /// Levels of knock-out products.
        Ko = "KO_INFO",
        /// Certificates.
        Certificates = "CERTIFICATES_INFO",
        /// Who holds it.
        Statistical = "STATISTICAL_INFO",
        /// Events of the company.
        Company = "COMPANY_INFO",
        /// The phase of trading.
        Status = "STATUS_INFO",
    }
}

closed_enum! {
    /// The kinds of lists. Five of them can be searched.
    EntityType {
        /// Stocks.
        Stocks = "STOCKLIST",
        /// Options.
        Options = "OPTIONLIST",
        /// Futures and forwards.
        FutureForwards = "FUTUREFORWARDLIST",
        /// Bull and bear certificates.
        BullBears = "BULLBEARLIST",
        /// Mini futures.
        MiniFutures = "MINIFUTURELIST",
        /// Unlimited turbos.
        UnlimitedTurbos = "UNLIMITEDTURBOLIST",
        /// Warrants.
        Warrants = "WARRANTLIST",
        /// Assets.
        Assets = "ASSET",
        /// Funds.
        Funds = "FUNDLIST",
        /// Danish investment funds.
        DanishInvestFunds = "DANISHINVESTFUNDLIST",
        /// Exchange-traded funds.
        Etfs = "ETFLIST",
    }
}

/// What lists can be searched by; schema `AttributeResults`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Attributes {
    /// The attributes.
    #[serde(
        default,
        deserialize_with = "response::or_default",
        skip_serializing_if = "<[_]>::is_empty"
    )]
    pub attributes: List<Attribute>,
    /// How many attributes the server says there are.
    #[serde(deserialize_with = "lenient_int::required")]
    pub attributes_count: i64,
}

sparse! {
    /// One attribute; schema `AttributeResult`.
    Attribute {
        /// Its key.
        id: AttributeId,
        /// Its name.
        name: String,
        /// Whether lists can be filtered by it.
        filterable: bool,
        /// Whether lists can return it.
        returnable: bool,
        /// Whether lists can be sorted by it.
        sortable: bool,
        /// How to filter by it.
        filter_details: FilterDetails,
        /// The lowest value, if it was asked for.
        min: Decimal,
        /// The highest value, if it was asked for.
        max: Decimal,
    }
}

sparse! {
    /// How to filter by an attribute; schema `FilterDetails`.
    FilterDetails {
        /// The key of the attribute.
        attribute: AttributeId,
        /// Attributes that contain this one, as a market does its segments.
        parent_filters: List<AttributeId>,
        /// Whether the values are told only if they are asked for.
        requires_expand: bool,
        /// The values that it takes.
        values: List<FilterValue>,
    }
}

sparse! {
    /// A value that an attribute can be filtered by; schema `FilterVal`.
    FilterValue {
        /// The value to send.
        id: String,
        /// Its name, which may be translated.
        name: String,
        /// How many instruments or tradables have it.
        #[serde(default, deserialize_with = "lenient_int::optional")]
        count: i64,
    }
}

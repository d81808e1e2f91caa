//! Leveraged products on an underlying.

use serde::{Deserialize, Serialize};

use super::{Instrument, MarketView};
use crate::api::reads::reads;
use crate::closed_enum::closed_enum;
use crate::endpoint::{Endpoint, Target};
use crate::id::{Currency, InstrumentGroupCode, InstrumentId, InstrumentTypeCode, IssuerId};
use crate::lenient_int;
use crate::response::List;
use crate::time::Date;

/// Which leveraged products on an underlying to look for: all of them, or those
/// that meet every condition that is set.
///
/// ```
/// use nordnet_proto::InstrumentId;
/// use nordnet_proto::api::{Direction, LeverageQuery, ListLeverages};
///
/// let ericsson = InstrumentId::new(16100101);
/// let bulls = LeverageQuery::on(ericsson).direction(Direction::Up).currency("SEK");
/// let call = ListLeverages::new(bulls);
/// # let _ = call;
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct LeverageQuery {
    underlying: InstrumentId,
    currency: Option<Currency>,
    expiration_date: Option<Date>,
    group: Option<InstrumentGroupCode>,
    kind: Option<InstrumentTypeCode>,
    issuer: Option<IssuerId>,
    direction: Option<Direction>,
}

impl LeverageQuery {
    /// All products on an underlying.
    pub const fn on(underlying: InstrumentId) -> Self {
        Self {
            underlying,
            currency: None,
            expiration_date: None,
            group: None,
            kind: None,
            issuer: None,
            direction: None,
        }
    }

    /// Only those in a currency.
    pub fn currency(mut self, currency: impl Into<Currency>) -> Self {
        self.currency = Some(currency.into());
        self
    }

    /// Only those that expire on a day.
    pub const fn expiring(mut self, date: Date) -> Self {
        self.expiration_date = Some(date);
        self
    }

    /// Only those of a group.
    pub fn group(mut self, group: impl Into<InstrumentGroupCode>) -> Self {
        self.group = Some(group.into());
        self
    }

    /// Only those of a type.
    pub fn kind(mut self, kind: impl Into<InstrumentTypeCode>) -> Self {
        self.kind = Some(kind.into());
        self
    }

    /// Only those of an issuer.
    pub const fn issuer(mut self, issuer: IssuerId) -> Self {
        self.issuer = Some(issuer);
        self
    }

    /// Only those that gain when the underlying moves in a direction.
    pub const fn direction(mut self, direction: Direction) -> Self {
        self.direction = Some(direction);
        self
    }

    fn write(&self, target: &mut Target, segments: &[&str]) {
        target.segment("instruments").segment(self.underlying);
        for segment in segments {
            target.segment(segment);
        }
        target
            .query_optional("currency", self.currency.as_ref())
            .query_optional("expiration_date", self.expiration_date)
            .query_optional("instrument_group_type", self.group.as_ref())
            .query_optional("instrument_type", self.kind.as_ref())
            .query_optional("issuer_id", self.issuer)
            .query_optional("market_view", self.direction);
    }
}

closed_enum! {
    /// Where the underlying has to move for a product to gain.
    Direction {
        /// It has to fall.
        Down = "D",
        /// It has to rise.
        Up = "U",
    }
}

/// `GET /instruments/{instrument_id}/leverages`: leveraged products on an
/// underlying, such as warrants. Empty if there are none.
#[derive(Clone, Debug)]
pub struct ListLeverages {
    query: LeverageQuery,
}

impl ListLeverages {
    /// Lists the products that a query is about.
    #[must_use]
    pub const fn new(query: LeverageQuery) -> Self {
        Self { query }
    }
}

impl Endpoint for ListLeverages {
    reads!("list_leverages" => List<Instrument>);

    fn target(&self, target: &mut Target) {
        self.query.write(target, &["leverages"]);
    }
}

/// `GET /instruments/{instrument_id}/leverages/filters`: by which values a
/// query can be narrowed and still find something.
#[derive(Clone, Debug)]
pub struct GetLeverageFilters {
    query: LeverageQuery,
}

impl GetLeverageFilters {
    /// Asks for the values that go together with a query.
    #[must_use]
    pub const fn new(query: LeverageQuery) -> Self {
        Self { query }
    }
}

impl Endpoint for GetLeverageFilters {
    reads!("get_leverage_filters" => LeverageFilter);

    fn target(&self, target: &mut Target) {
        self.query.write(target, &["leverages", "filters"]);
    }
}

/// The values by which leveraged products can be narrowed; schema
/// `LeverageFilter`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LeverageFilter {
    /// Currencies.
    pub currencies: List<Currency>,
    /// Days on which products expire: presumably each is a
    /// [`Date`](crate::Date), which is not documented.
    pub expiration_dates: List<String>,
    /// Groups of types.
    pub instrument_group_types: List<InstrumentGroupCode>,
    /// Types.
    pub instrument_types: List<InstrumentTypeCode>,
    /// Issuers.
    pub issuers: List<Issuer>,
    /// Directions.
    #[serde(rename = "market_view")]
    pub market_views: List<MarketView>,
    /// How many products the query finds.
    #[serde(deserialize_with = "lenient_int::required")]
    pub no_of_instruments: i64,
}

/// An issuer of leveraged products; schema `Issuer`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Issuer {
    /// Its number.
    #[serde(rename = "issuer_id")]
    pub id: IssuerId,
    /// Its name.
    pub name: String,
}

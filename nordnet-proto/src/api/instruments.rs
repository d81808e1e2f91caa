//! Instruments: what can be held and traded.

mod instrument;
mod leverages;
mod trades;

use serde::{Deserialize, Serialize};

pub use instrument::{
    Instrument, KeyInformationDocuments, MarketView, PriceType, Tradable, Underlying,
};
pub use leverages::{
    Direction, GetLeverageFilters, Issuer, LeverageFilter, LeverageQuery, ListLeverages,
};
pub use trades::{InstrumentTrades, ListInstrumentTrades, MarketTrade, TradeCount};

use super::reads::{reads, reads_all, reads_some};
use crate::closed_enum::closed_enum;
use crate::endpoint::{Endpoint, Target};
use crate::error::Error;
use crate::id::{Currency, InstrumentId, InstrumentTypeCode, Isin, MarketId, TradableId};
use crate::response::List;

reads_some! {
    /// `GET /instruments/{instrument_id}`: some instruments by Nordnet's
    /// number. Those that do not exist are left out; the list is empty if none
    /// does.
    ///
    /// ```
    /// use nordnet_proto::InstrumentId;
    /// use nordnet_proto::api::GetInstruments;
    ///
    /// let one = GetInstruments::of(InstrumentId::new(16100101));
    /// let two = GetInstruments::of_all([16100101, 16100366].map(InstrumentId::new));
    /// # let _ = (one, two);
    /// ```
    GetInstruments of InstrumentId, "get_instruments" => Instrument, "instruments", list
}

/// `GET /instruments/lookup/{lookup_type}/{lookup}`: instruments by exact key.
/// Those that do not exist are left out; the list is empty if none does.
///
/// ```
/// use nordnet_proto::api::{Instrument, LookupInstruments};
/// use nordnet_proto::{Config, Country, SessionKey, TradableId, to_request};
///
/// # let (config, key) = (Config::new(Country::Sweden), SessionKey::new("5d1f7c0e"));
/// let call = LookupInstruments::by_tradable(TradableId::new(11, "101"));
/// let (request, _) = to_request(call, &config, &key)?;
/// assert_eq!(
///     request.uri().path(),
///     "/api/2/instruments/lookup/market_id_identifier/11:101"
/// );
///
/// // An element of the response has all its tradables:
/// fn on_market(instrument: &Instrument, market: i64) -> Option<TradableId> {
///     let mut ids = instrument.tradables.iter().map(|tradable| tradable.id());
///     ids.find(|id| id.market.get() == market)
/// }
/// # Ok::<(), nordnet_proto::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct LookupInstruments {
    keys: Keys,
}

#[derive(Clone, Debug)]
enum Keys {
    Tradables(Vec<TradableId>),
    Isins(Vec<(Isin, Currency, MarketId)>),
}

impl LookupInstruments {
    /// Looks one instrument up by market and identifier.
    #[must_use]
    pub fn by_tradable(tradable: impl Into<TradableId>) -> Self {
        Self::by_tradables([tradable])
    }

    /// Looks instruments up by market and identifier. None at all is an error
    /// when the call is sent.
    pub fn by_tradables(tradables: impl IntoIterator<Item = impl Into<TradableId>>) -> Self {
        Self {
            keys: Keys::Tradables(tradables.into_iter().map(Into::into).collect()),
        }
    }

    /// Looks one instrument up by ISIN, currency and market.
    #[must_use]
    pub fn by_isin(isin: &Isin, currency: &Currency, market: MarketId) -> Self {
        Self::by_isins([(isin.clone(), currency.clone(), market)])
    }

    /// Looks instruments up by ISIN, currency and market. None at all is an
    /// error when the call is sent.
    pub fn by_isins(keys: impl IntoIterator<Item = (Isin, Currency, MarketId)>) -> Self {
        Self {
            keys: Keys::Isins(keys.into_iter().collect()),
        }
    }
}

impl Endpoint for LookupInstruments {
    reads!("lookup_instruments" => List<Instrument>);

    fn target(&self, target: &mut Target) {
        target.segment("instruments").segment("lookup");
        match &self.keys {
            Keys::Tradables(keys) => {
                target.segment("market_id_identifier").tradables(keys);
            }
            Keys::Isins(keys) => {
                if keys.iter().any(|(isin, currency, _)| {
                    isin.as_str().is_empty() || currency.as_str().is_empty()
                }) {
                    target.refuse(Error::BadIdentifier);
                }
                target.segment("isin_code_currency_market_id").list(
                    keys.iter()
                        .map(|(isin, currency, market)| format!("{isin}:{currency}:{market}")),
                );
            }
        }
    }
}

reads_all! {
    /// `GET /instruments/types`: all types of instruments.
    ListInstrumentTypes, "list_instrument_types" => InstrumentType, "instruments"/"types"
}

reads_some! {
    /// `GET /instruments/types/{instrument_type}`: some types of instruments.
    /// Those that do not exist are left out; the list is empty if none does.
    GetInstrumentTypes of InstrumentTypeCode, "get_instrument_types" => InstrumentType,
        "instruments"/"types", list
}

/// `GET /instruments/underlyings/{derivative_type}/{currency}`: instruments
/// that have derivatives of a kind. Empty if there are none.
#[derive(Clone, Debug)]
pub struct ListUnderlyings {
    kind: DerivativeKind,
    currency: Currency,
}

impl ListUnderlyings {
    /// Lists what derivatives of a kind and a currency derive from. The
    /// underlying itself may trade in another currency.
    pub fn of(kind: DerivativeKind, currency: impl Into<Currency>) -> Self {
        Self {
            kind,
            currency: currency.into(),
        }
    }
}

impl Endpoint for ListUnderlyings {
    reads!("list_underlyings" => List<Instrument>);

    fn target(&self, target: &mut Target) {
        target
            .segment("instruments")
            .segment("underlyings")
            .segment(self.kind)
            .segment(&self.currency);
    }
}

closed_enum! {
    /// A kind of derivatives.
    DerivativeKind {
        /// Leveraged products, warrants included.
        Leverage = "leverage",
        /// Pairs of options.
        OptionPair = "option_pair",
    }
}

reads_some! {
    /// `GET /instruments/validation/suitability/{instrument_id}`: whether the
    /// customer may trade them.
    ///
    /// Refused with a 403 to a session that belongs to no customer.
    CheckInstrumentSuitability of InstrumentId, "check_instrument_suitability" => InstrumentEligibility,
        "instruments"/"validation"/"suitability", list
}

/// The code of a type with its name; schema `InstrumentType`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InstrumentType {
    /// The code.
    #[serde(rename = "instrument_type")]
    pub code: InstrumentTypeCode,
    /// The name in the language of the request.
    pub name: String,
}

/// Whether the customer may trade an instrument; schema
/// `InstrumentEligibility`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InstrumentEligibility {
    /// The instrument.
    pub instrument_id: InstrumentId,
    /// Whether the customer may.
    pub eligible: bool,
}

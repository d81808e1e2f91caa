//! Instruments: what can be held and traded.

use http::Method;
use serde::Deserialize;

use crate::answer::{self, List};
use crate::decimal::Decimal;
use crate::endpoint::{Endpoint, InSession, Observe, Safety, Target};
use crate::error::Error;
use crate::failure::Failure;
use crate::id::{Currency, Identifier, InstrumentId, Isin, MarketId, Mic, TickSizeId, TradableId};
use crate::open_enum::open_enum;
use crate::request::HttpResponse;
use crate::time::Date;

/// `GET /instruments/lookup/{lookup_type}/{lookup}`: instruments by exact key.
#[derive(Clone, Debug)]
pub struct LookupInstruments {
    kind: &'static str,
    keys: Vec<String>,
}

impl LookupInstruments {
    /// Looks instruments up by market and identifier.
    pub fn by_tradable<'a>(tradables: impl IntoIterator<Item = &'a TradableId>) -> Self {
        Self {
            kind: "market_id_identifier",
            keys: tradables.into_iter().map(ToString::to_string).collect(),
        }
    }

    /// Looks one instrument up by ISIN, currency and market.
    #[must_use]
    pub fn by_isin(isin: &Isin, currency: &Currency, market: MarketId) -> Self {
        Self {
            kind: "isin_code_currency_market_id",
            keys: vec![format!("{isin}:{currency}:{market}")],
        }
    }
}

impl Endpoint for LookupInstruments {
    const METHOD: Method = Method::GET;
    const SAFETY: Safety = Safety::Read;
    type Auth = InSession;
    type Access = Observe;
    type Response = List<Instrument>;

    fn target(&self, target: &mut Target) {
        target.segment("instruments").segment("lookup");
        target.segment(self.kind).list(&self.keys);
    }

    fn settle(&self, answer: Result<HttpResponse, Failure>) -> Result<List<Instrument>, Error> {
        answer::list(answer)
    }
}

/// Master data of a security; schema `Instrument`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Instrument {
    /// Nordnet's number; 0 marks one that cannot be traded and is no key.
    pub instrument_id: InstrumentId,
    /// The ticker for display, such as `ERIC B`.
    pub symbol: String,
    /// The name.
    pub name: String,
    /// The trading currency.
    pub currency: Currency,
    /// The code of its type.
    pub instrument_type: String,
    /// The broad group above the type.
    pub instrument_group_type: Option<String>,
    /// The asset class; values are not documented.
    pub asset_class: Option<String>,
    /// The ISIN.
    pub isin_code: Option<Isin>,
    /// Where it trades; empty when it cannot be traded.
    #[serde(default, deserialize_with = "answer::or_default")]
    pub tradables: Vec<Tradable>,
    /// What it derives its value from.
    #[serde(default, deserialize_with = "answer::or_default")]
    pub underlyings: Vec<Underlying>,
    /// How prices are quoted.
    pub price_type: Option<PriceType>,
    /// The contract multiplier.
    pub multiplier: Option<Decimal>,
    /// The count of securities in issue.
    pub number_of_securities: Option<Decimal>,
    /// How much of the value can be borrowed, in percent.
    pub pawn_percentage: Option<Decimal>,
    /// The margin requirement, in percent.
    pub margin_percentage: Option<Decimal>,
    /// The leverage, in percent.
    pub leverage_percentage: Option<Decimal>,
    /// The strike of options and warrants.
    pub strike_price: Option<Decimal>,
    /// The last day of instruments that expire.
    pub expiration_date: Option<Date>,
    /// The direction of a leveraged product.
    pub market_view: Option<MarketView>,
    /// The yearly fee; the unit is not documented, presumably percent.
    pub total_fee: Option<Decimal>,
    /// How dividends are handled; values are not documented.
    pub dividend_policy: Option<String>,
    /// The sector.
    pub sector: Option<String>,
    /// The group of the sector.
    pub sector_group: Option<String>,
    /// The MiFID II class; codes are not documented.
    pub mifid2_category: Option<i64>,
    /// The SFDR article of a fund: 6, 8 or 9.
    pub sfdr_article: Option<i64>,
    /// A link to a brochure.
    pub brochure_url: Option<String>,
    /// A link to the prospectus.
    pub prospectus_url: Option<String>,
    /// Links to key information documents.
    pub key_information_documents: Option<KeyInformationDocuments>,
}

/// An instrument on one market; schema `Tradable`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Tradable {
    /// The market.
    #[serde(rename = "market_id")]
    pub market: MarketId,
    /// The identifier within the market.
    pub identifier: Identifier,
    /// The market by its ISO code.
    pub mic: Mic,
    /// The table of its ticks.
    pub tick_size_id: TickSizeId,
    /// The smallest tradable unit.
    pub lot_size: Decimal,
    /// The unit of quoted prices: a currency, `GBX` for pence, `%` for bonds.
    pub price_unit: String,
    /// The place in a list for display; lower comes first.
    pub display_order: i64,
}

impl Tradable {
    /// The key that is quoted and ordered.
    #[must_use]
    pub fn id(&self) -> TradableId {
        TradableId {
            market: self.market,
            identifier: self.identifier.clone(),
        }
    }
}

/// An underlying instrument in short; schema `UnderlyingInfo`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Underlying {
    /// Nordnet's number.
    pub instrument_id: InstrumentId,
    /// The ISIN.
    pub isin_code: Isin,
    /// The ticker.
    pub symbol: String,
}

/// Links to key information documents.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct KeyInformationDocuments {
    /// The combined edition.
    pub url_for_combined: Option<String>,
    /// The edition for a long holding.
    pub url_for_long: Option<String>,
    /// The edition for a short holding.
    pub url_for_short: Option<String>,
}

open_enum! {
    /// How prices are quoted.
    PriceType {
        /// In currency.
        MonetaryAmount = "monetary_amount",
        /// In percent of nominal.
        Percentage = "percentage",
        /// As a yield.
        Yield = "yield",
    }
}

open_enum! {
    /// The direction of a leveraged product.
    MarketView {
        /// Gains when the underlying rises.
        Up = "U",
        /// Gains when the underlying falls.
        Down = "D",
    }
}

//! Master data of instruments.

use serde::{Deserialize, Serialize};

use crate::api::sparse::sparse;
use crate::decimal::Decimal;
use crate::id::{
    Currency, Identifier, InstrumentGroupCode, InstrumentId, InstrumentTypeCode, Isin, MarketId,
    Mic, TickSizeId, TradableId,
};
use crate::lenient_int;
use crate::open_enum::open_enum;
use crate::response::{self, List};
use crate::time::Date;
use crate::volume::Volume;

sparse! {
    /// Master data of a security; schema `Instrument`.
    Instrument always {
        /// Nordnet's number; 0 marks one that cannot be traded and is no key.
        instrument_id: InstrumentId,
        /// The ticker for display, such as `ERIC B`.
        symbol: String,
        /// The name.
        name: String,
        /// The trading currency.
        currency: Currency,
        /// The code of its type.
        instrument_type: InstrumentTypeCode,
        /// Where it trades; empty when it cannot be traded.
        #[serde(
            default,
            deserialize_with = "response::or_default",
            skip_serializing_if = "<[_]>::is_empty"
        )]
        tradables: List<Tradable>,
        /// What it derives its value from.
        #[serde(
            default,
            deserialize_with = "response::or_default",
            skip_serializing_if = "<[_]>::is_empty"
        )]
        underlyings: List<Underlying>,
    } sometimes {
        /// The broad group above the type.
        instrument_group_type: InstrumentGroupCode,
        /// The asset class; values are not documented.
        asset_class: String,
        /// The ISIN.
        isin_code: Isin,
        /// How prices are quoted.
        price_type: PriceType,
        /// The contract multiplier.
        multiplier: Decimal,
        /// The count of securities in issue.
        number_of_securities: Volume,
        /// How much of the value can be borrowed, in percent.
        pawn_percentage: Decimal,
        /// The margin requirement, in percent.
        margin_percentage: Decimal,
        /// The leverage, in percent.
        leverage_percentage: Decimal,
        /// The strike of options and warrants.
        strike_price: Decimal,
        /// The last day of instruments that expire.
        expiration_date: Date,
        /// The direction of a leveraged product.
        market_view: MarketView,
        /// The yearly fee; the unit is not documented, presumably percent.
        total_fee: Decimal,
        /// How dividends are handled; values are not documented.
        dividend_policy: String,
        /// The sector.
        sector: String,
        /// The group of the sector.
        sector_group: String,
        /// The MiFID II class; codes are not documented.
        #[serde(default, deserialize_with = "lenient_int::optional")]
        mifid2_category: i64,
        /// The SFDR article of a fund: 6, 8 or 9.
        #[serde(default, deserialize_with = "lenient_int::optional")]
        sfdr_article: i64,
        /// A link to a brochure.
        brochure_url: String,
        /// A link to the prospectus.
        prospectus_url: String,
        /// Links to key information documents.
        key_information_documents: KeyInformationDocuments,
    }
}

/// An instrument on one market; schema `Tradable`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    pub lot_size: Volume,
    /// The unit of quoted prices: a currency, `GBX` for pence, `%` for bonds.
    pub price_unit: String,
    /// The place in a list for display; lower comes first.
    #[serde(deserialize_with = "lenient_int::required")]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Underlying {
    /// Nordnet's number.
    pub instrument_id: InstrumentId,
    /// The ISIN.
    pub isin_code: Isin,
    /// The ticker.
    pub symbol: String,
}

sparse! {
    /// Links to key information documents; schema `KeyInformationDocuments`.
    KeyInformationDocuments {
        /// The combined edition.
        url_for_combined: String,
        /// The edition for a long holding.
        url_for_long: String,
        /// The edition for a short holding.
        url_for_short: String,
    }
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

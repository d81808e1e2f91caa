//! The rows of the searches.

use serde::{Deserialize, Serialize};

use super::{
    CertificateInfo, CompanyInfo, DerivativeInfo, EtpInfo, ExchangeInfo, HistoricalReturnsInfo,
    InstrumentInfo, KeyRatiosInfo, KoCalcInfo, KoInfo, MarketInfo, OptionInfo, PriceInfo,
    PriceKoInfo, StatisticalInfo,
};
use crate::api::sparse::sparse;
use crate::decimal::Decimal;

sparse! {
    /// One stock; schema `Stocklist`.
    Stock {
        /// The instrument; told again for each of its tradables.
        instrument_info: InstrumentInfo,
        /// The market that the prices come from.
        market_info: MarketInfo,
        /// The prices.
        price_info: PriceInfo,
        /// The exchange.
        exchange_info: ExchangeInfo,
        /// Events of the company.
        company_info: CompanyInfo,
        /// Past returns.
        historical_returns_info: HistoricalReturnsInfo,
        /// Ratios of valuation.
        key_ratios_info: KeyRatiosInfo,
        /// Who holds it.
        statistical_info: StatisticalInfo,
    }
}

sparse! {
    /// One bull or bear certificate; schema `BullBearEntity`.
    BullBear {
        /// The instrument; told again for each of its tradables.
        instrument_info: InstrumentInfo,
        /// The market that the prices come from.
        market_info: MarketInfo,
        /// The prices.
        price_info: PriceInfo,
        /// The exchange.
        exchange_info: ExchangeInfo,
        /// The terms of the certificate.
        certificate_info: CertificateInfo,
        /// The terms of the exchange-traded product.
        etp_info: EtpInfo,
    }
}

sparse! {
    /// One mini future or unlimited turbo; schemas `MinifutureEntity` and
    /// `UnlimitedTurboEntity`.
    KnockOut {
        /// The instrument; told again for each of its tradables.
        instrument_info: InstrumentInfo,
        /// The market that the prices come from.
        market_info: MarketInfo,
        /// The prices.
        price_info: PriceInfo,
        /// The exchange.
        exchange_info: ExchangeInfo,
        /// The terms of the exchange-traded product.
        etp_info: EtpInfo,
        /// What knock-out levels are reckoned from.
        ko_calc_info: KoCalcInfo,
        /// The knock-out levels.
        ko_info: KoInfo,
        /// Leverage and risk at current prices.
        price_ko_info: PriceKoInfo,
    }
}

/// A call and a put of equal strike; schema `OptionlistPair`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OptionPair {
    /// The strike of both.
    pub strike_price: Decimal,
    /// The call.
    pub call_option: OptionRow,
    /// The put.
    pub put_option: OptionRow,
}

sparse! {
    /// One option; schema `OptionlistEntity`.
    OptionRow {
        /// The instrument; told again for each of its tradables.
        instrument_info: InstrumentInfo,
        /// The market that the prices come from.
        market_info: MarketInfo,
        /// The prices.
        price_info: PriceInfo,
        /// The exchange.
        exchange_info: ExchangeInfo,
        /// The terms of the contract.
        derivative_info: DerivativeInfo,
        /// The terms of the option.
        option_info: OptionInfo,
    }
}

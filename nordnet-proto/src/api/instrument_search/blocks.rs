//! The blocks of facts that the rows of searches are made of.

use crate::api::sparse::sparse;
use crate::api::{EpochTime, MarketView};
use crate::decimal::Decimal;
use crate::id::{
    CountryCode, Currency, Identifier, InstrumentGroupCode, InstrumentId, InstrumentTypeCode, Isin,
    IssuerId, MarketId, MarketSubId, TickSizeId,
};

sparse! {
    /// An instrument in a row of a search; schema `InstrumentInfo`.
    InstrumentInfo {
        /// Nordnet's number.
        instrument_id: InstrumentId,
        /// The ticker, for display.
        symbol: String,
        /// The short name.
        name: String,
        /// The full name in the language of the request.
        long_name: String,
        /// The name in a country; of indicators only.
        display_name: String,
        /// The ISIN.
        isin: Isin,
        /// The currency.
        currency: Currency,
        /// The unit of quoted prices.
        price_unit: String,
        /// The code of its type.
        instrument_type: InstrumentTypeCode,
        /// The code of its broad group.
        instrument_group_type: InstrumentGroupCode,
        /// The path of type codes above it; the format is not documented.
        instrument_type_hierarchy: String,
        /// Where it clears.
        clearing_place: String,
        /// How much of the value can be borrowed at most, in percent.
        instrument_pawn_percentage: Decimal,
        /// Whether it is offered for monthly saving.
        is_monthly_saveable: bool,
        /// Whether it can be sold short.
        is_shortable: bool,
        /// False of an index, for instance.
        is_tradable: bool,
        /// The number of the issuer.
        issuer_id: IssuerId,
        /// The name of the issuer.
        issuer_name: String,
    }
}

sparse! {
    /// The exchange of a row of a search; schema `ExchangeInfo`.
    ExchangeInfo {
        /// The country of the exchange.
        exchange_country: CountryCode,
    }
}

sparse! {
    /// The market that prices of a search row come from; schema `MarketInfo`.
    MarketInfo {
        /// The market.
        market_id: MarketId,
        /// The identifier within the market.
        identifier: Identifier,
        /// Segment within the market.
        market_sub_id: MarketSubId,
        /// The table of its ticks, if it has one.
        tick_size_id: TickSizeId,
    }
}

sparse! {
    /// The phase of trading; schema `StatusInfo`.
    StatusInfo {
        /// The code of the phase; values are not documented.
        trading_status: String,
        /// The phase in the language of the request.
        translated_trading_status: String,
        /// When it last changed.
        tick_timestamp: EpochTime,
    }
}

sparse! {
    /// The terms of an exchange-traded product; schema `EtpInfo`.
    EtpInfo {
        /// The direction as a text in the language of the request.
        direction: String,
        /// The first day of trading.
        first_trading_date: EpochTime,
        /// The code of the direction; values are not documented here.
        market_view: MarketView,
        /// Whether it is of the house brand, Nordnet Markets.
        nordnet_markets: bool,
        /// The number of the underlying.
        underlying_instrument_id: InstrumentId,
        /// The name of the underlying.
        underlying_name: String,
    }
}

sparse! {
    /// The terms of a certificate; schema `CertificateInfo`.
    CertificateInfo {
        /// Whether its terms class it as high risk.
        static_high_risk: bool,
        /// The leverage that its terms set.
        static_leverage: Decimal,
    }
}

sparse! {
    /// The levels of a knock-out product; schema `KoInfo`.
    KoInfo {
        /// The level of financing, which is the strike.
        financial_level: Decimal,
        /// The price of the barrier.
        stop_loss: Decimal,
    }
}

sparse! {
    /// What the levels of a knock-out product are reckoned from; schema `KoCalcInfo`.
    KoCalcInfo {
        /// The conversion ratio.
        ko_calc_conversion_ratio: Decimal,
        /// The currency of the underlying.
        ko_calc_underlying_currency: Currency,
        /// The identifier of the underlying within its market.
        ko_calc_underlying_identifier: Identifier,
        /// The market of the underlying.
        ko_calc_underlying_market_id: MarketId,
    }
}

sparse! {
    /// Leverage and risk of a knock-out product; schema `PriceKoInfo`.
    PriceKoInfo {
        /// Whether it counts as high risk at current prices.
        indicative_high_risk: bool,
        /// The leverage at current prices.
        indicative_leverage: Decimal,
        /// The distance to the barrier; the unit is not documented.
        risk_buffer: Decimal,
    }
}

sparse! {
    /// The terms of a derivative; schema `DerivativeInfo`.
    DerivativeInfo {
        /// Units of the underlying in a contract.
        contract_multiplier: Decimal,
        /// When it expires.
        expire_date: EpochTime,
        /// The first day.
        start_date: EpochTime,
    }
}

sparse! {
    /// The terms of an option; schema `OptionInfo`.
    OptionInfo {
        /// The strike.
        strike_price: Decimal,
        /// The style of exercise; values are not documented.
        exercise_type: String,
        /// The risk-free rate until it expires; the unit is not documented.
        risk_free_interest: Decimal,
        /// The number of the underlying.
        underlying_instrument_id: InstrumentId,
        /// The name of the underlying.
        underlying_name: String,
    }
}

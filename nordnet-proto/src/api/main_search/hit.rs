//! What a search over everything finds.

use crate::api::sparse::sparse;
use crate::api::{
    EpochTime, EtpInfo, KoInfo, MarketInfo, NumberText, PriceKoInfo, PriceWithDecimals, StatusInfo,
};
use crate::decimal::Decimal;
use crate::id::{
    CountryCode, Currency, InstrumentGroupCode, InstrumentId, InstrumentTypeCode, NewsId,
};
use crate::lenient_int;
use crate::volume::Volume;

sparse! {
    /// One hit. Which members it has depends on its group: instrument, news, page or profile;
    /// schema `MainSearchResponseRow`.
    Hit always {
        /// The title to show.
        display_name: String,
    } sometimes {
        /// The title with marks around what matched.
        display_name_highlighted: String,
        /// The ticker to show.
        display_symbol: String,
        /// Nordnet's number.
        instrument_id: InstrumentId,
        /// The code of its type.
        instrument_type: InstrumentTypeCode,
        /// The code of its broad group.
        instrument_group_type: InstrumentGroupCode,
        /// The currency that it trades in.
        currency: Currency,
        /// The market that the prices come from.
        market_info: MarketInfo,
        /// The price paid last.
        last_price: PriceWithDecimals,
        /// What to call that price, such as the latest net asset value.
        last_price_title: String,
        /// The close of the day before.
        close_price: PriceWithDecimals,
        /// The code of the news agency.
        agency: String,
        /// The name of the news agency, in the language of the request.
        agency_description: String,
        /// The picture of a Shareville profile.
        avatar_uri: String,
        /// The country of a Shareville profile.
        country: String,
        /// The change over a day, in percent.
        diff_pct_one_day: NumberText,
        /// The change over a year, in percent.
        diff_pct_one_year: NumberText,
        /// The kind of an indicator, such as `COMMODITY`.
        entity_type: String,
        /// The terms of the exchange-traded product.
        etp_info: EtpInfo,
        /// The country of the exchange.
        exchange_country: CountryCode,
        /// The number of a news item: what [`GetNews`](crate::api::GetNews) takes.
        external_news_id: NewsId,
        /// The identifier of an indicator.
        indicator_identifier: String,
        /// The source of an indicator.
        indicator_source: String,
        /// Whether it is a page of the content system.
        is_cms: bool,
        /// Whether it is a page of somebody else.
        is_external: bool,
        /// When the Shareville user joined.
        joined_at: EpochTime,
        /// The knock-out levels.
        ko_info: KoInfo,
        /// The language of a news item or a page.
        language: String,
        /// The key of its order book for market data in the NNX system.
        market_data_order_book_id: String,
        /// The key of a news item in the NNX system, a UUID.
        news_id: String,
        /// The code of the class of a news item.
        news_type: String,
        /// The class of a news item, in the language of the request.
        news_type_description: String,
        /// The key of the instrument in the NNX system.
        nnx_instrument_id: String,
        /// Leverage and risk at current prices.
        price_ko_info: PriceKoInfo,
        /// The key of a Shareville profile, a UUID.
        profile_id: String,
        /// When its source published it.
        published_date_time: EpochTime,
        /// The rating of a Shareville profile.
        rating: NumberText,
        /// The offer minus the bid.
        spread: PriceWithDecimals,
        /// The offer minus the bid, in percent.
        spread_pct: Decimal,
        /// The phase of trading.
        status_info: StatusInfo,
        /// When a price last changed.
        tick_timestamp: EpochTime,
        /// The key of its order book for trading in the NNX system.
        trading_order_book_id: String,
        /// The turnover of the day, in money.
        turnover: Decimal,
        /// The turnover of the day, in units.
        turnover_volume: Volume,
        /// The address of a page.
        uri: String,
        /// The name of a Shareville user.
        username: String,
        /// How often a news item was opened.
        #[serde(default, deserialize_with = "lenient_int::optional")]
        views: i64,
        /// A return in percent: over a year by its name, over a day by the words of the source.
        /// Not to be relied on.
        yield_1y: NumberText,
    }
}

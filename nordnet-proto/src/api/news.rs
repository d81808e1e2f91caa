//! News and their sources.

use serde::{Deserialize, Serialize};

use super::reads::{reads, reads_all, reads_some};
use super::sparse::sparse;
use crate::endpoint::{Endpoint, Target};
use crate::id::{CountryCode, InstrumentId, Isin, MarketId, NewsId, NewsSourceId};
use crate::lenient_int;
use crate::open_enum::open_enum;
use crate::response::List;
use crate::time::Timestamp;

/// `GET /news`: always gives an empty list; nothing replaces it.
///
/// Find news with [`SearchMain`](crate::api::SearchMain), and read them with
/// [`GetNews`].
#[deprecated = "it never finds anything; search with `SearchMain` and read with `GetNews`"]
#[derive(Clone, Copy, Debug, Default)]
pub struct SearchNews {}

#[expect(deprecated, reason = "the call is complete though it is of no use")]
impl SearchNews {
    /// Asks for the empty list.
    #[must_use]
    pub const fn new() -> Self {
        Self {}
    }
}

#[expect(deprecated, reason = "the call is complete though it is of no use")]
impl Endpoint for SearchNews {
    reads!("search_news" => List<NewsArticle>);

    fn target(&self, target: &mut Target) {
        target.segment("news");
    }
}

reads_some! {
    /// `GET /news/{item_id}`: some news in full. Those that do not exist, or
    /// that the session may not read, are left out.
    ///
    /// The numbers are those of the feed, and of a hit's `external_news_id`.
    /// In what form a text comes, its
    /// [`markdown_format`](NewsArticle::markdown_format) tells.
    ///
    /// ```
    /// use nordnet_proto::NewsId;
    /// use nordnet_proto::api::{GetNews, NewsArticle};
    ///
    /// let call = GetNews::of(NewsId::new(88120045));
    ///
    /// // An element of the response:
    /// fn show(article: &NewsArticle) {
    ///     println!("{} {}", article.timestamp, article.headline);
    /// }
    /// # let _ = call;
    /// ```
    GetNews of NewsId, "get_news_articles" => NewsArticle, "news", list
}

reads_all! {
    /// `GET /news_sources`: the sources of news that the session may read.
    ListNewsSources, "list_news_sources" => NewsSource, "news_sources"
}

sparse! {
    /// One news item; schema `NewsArticle`.
    NewsArticle always {
        /// Its number.
        news_id: NewsId,
        /// Its revision.
        #[serde(deserialize_with = "lenient_int::required")]
        version: i64,
        /// When it was published.
        timestamp: Timestamp,
        /// Who published it.
        source_id: NewsSourceId,
        /// The code of its language.
        lang: String,
        /// The class of the item.
        news_type: NewsKind,
        /// A constant of old; [`news_type`](Self::news_type) tells the class.
        r#type: String,
        /// The title.
        headline: String,
        /// Whether the text is markdown.
        markdown_format: bool,
    } sometimes {
        /// The lead.
        summary: String,
        /// The text.
        body: String,
        /// Who wrote it.
        byline: String,
        /// The instruments that it is about.
        instruments: List<InstrumentId>,
        /// The ISINs that it is about.
        isin_codes: List<Isin>,
        /// The markets that it is about.
        markets: List<MarketId>,
        /// The keys of the sectors that it is about.
        sectors: List<String>,
    }
}

/// One source of news; schema `NewsSource`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NewsSource {
    /// Its number.
    #[serde(rename = "source_id")]
    pub id: NewsSourceId,
    /// Its name.
    pub name: String,
    /// How soon the session gets its news.
    pub level: NewsLevel,
    /// The countries that it covers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub countries: Option<List<CountryCode>>,
}

open_enum! {
    /// The class of a news item. The source gives names only.
    NewsKind {
        /// Ordinary news.
        News = "NEWS",
        /// An analysis.
        Analysis = "ANALYSIS",
        /// A press release.
        PressRelease = "PRESS_RELEASE",
        /// A comment on the market.
        MarketCommentary = "MARKET_COMMENTARY",
        /// A memo.
        Memo = "PM",
        /// A memo of the week.
        WeeklyMemo = "PMVECKAN",
        /// News of a marketplace.
        MarketNews = "MARKET_NEWS",
        /// A pause of trading for volatility.
        VolatilityHalt = "VOLATILITY_HALT",
        /// A halt of trading.
        TradingHalt = "TRADING_HALT",
        /// Another event of trading.
        TradingEvent = "TRADING_EVENT",
        /// A list of the top ten.
        TopTen = "TOP10",
    }
}

open_enum! {
    /// How soon the news of a source come.
    NewsLevel {
        /// 15 minutes late.
        Delayed = "DELAYED",
        /// At once.
        RealTime = "REALTIME",
        /// At once, flash news included.
        Flash = "FLASH",
    }
}

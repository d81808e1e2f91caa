//! The search over everything: instruments, news and pages.

mod hit;

use http::StatusCode;
use serde::{Deserialize, Serialize};

pub use hit::Hit;

use super::reads::reads;
use crate::closed_enum::closed_enum;
use crate::endpoint::{Endpoint, Target};
use crate::error::Error;
use crate::failure::Failure;
use crate::lenient_int;
use crate::request::HttpResponse;
use crate::response::{self, List};

/// `GET /main_search`: a search over instruments, news and pages. Empty if
/// nothing is found.
///
/// Limit and offset count in each group of hits by itself;
/// [`Pages`](crate::flow::Pages) goes through all pages.
///
/// ```
/// use nordnet_proto::api::{SearchMain, SearchSpace};
/// use nordnet_proto::{Config, Country, SessionKey, to_request};
///
/// # let (config, key) = (Config::new(Country::Sweden), SessionKey::new("5d1f7c0e"));
/// let call = SearchMain::new("ericsson").space(SearchSpace::Instruments).limit(10);
/// let (request, _) = to_request(call, &config, &key)?;
/// assert_eq!(
///     request.uri().path_and_query().unwrap(),
///     "/api/2/main_search?query=ericsson&search_space=INSTRUMENTS&limit=10"
/// );
/// # Ok::<(), nordnet_proto::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct SearchMain {
    query: String,
    groups: Vec<InstrumentGroup>,
    space: SearchSpace,
    limit: u16,
    offset: u32,
}

impl SearchMain {
    const DEFAULT_LIMIT: u16 = 5;

    /// Searches everything for a text.
    pub fn new(query: impl Into<String>) -> Self {
        Self {
            query: query.into(),
            groups: Vec::new(),
            space: SearchSpace::All,
            limit: Self::DEFAULT_LIMIT,
            offset: 0,
        }
    }

    /// Only instruments of some groups.
    pub fn groups(mut self, groups: impl IntoIterator<Item = InstrumentGroup>) -> Self {
        self.groups = groups.into_iter().collect();
        self
    }

    /// Only some kinds of hits.
    pub const fn space(mut self, space: SearchSpace) -> Self {
        self.space = space;
        self
    }

    /// Asks for another number of rows than 5 in each group.
    pub const fn limit(mut self, rows: u16) -> Self {
        self.limit = rows;
        self
    }

    /// Passes over some rows in each group; at most 2³¹ − 1 of them.
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

impl Endpoint for SearchMain {
    /// A page of hits is short, and a hit may be empty.
    const MAX_BODY: usize = 2 << 20;
    reads!("search_main" => List<HitGroup>, hits);

    fn target(&self, target: &mut Target) {
        target
            .segment("main_search")
            .query("query", &self.query)
            .query_list("instrument_group", &self.groups);
        if self.space != SearchSpace::All {
            target.query("search_space", self.space);
        }
        if self.limit != Self::DEFAULT_LIMIT {
            target.query("limit", self.limit);
        }
        if self.offset != 0 {
            target.query("offset", self.offset);
        }
    }
}

/// Here a 404 says that nothing was found.
fn hits(
    operation: &'static str,
    answer: Result<HttpResponse, Failure>,
) -> Result<List<HitGroup>, Error> {
    match answer {
        Ok(response)
            if response.status() == StatusCode::NOT_FOUND && !response::is_page(&response) =>
        {
            Ok(List::default())
        }
        answer => response::object_or_none(operation, answer),
    }
}

/// The hits of one group; schema `MainSearchResponse`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HitGroup {
    /// The code of the group; values are not documented, and are not those of
    /// [`InstrumentGroup`].
    pub display_group_type: String,
    /// The heading of the group, in the language of the request.
    pub display_group_description: String,
    /// The hits.
    pub results: List<Hit>,
    /// The most rows of this group that could come.
    #[serde(
        default,
        deserialize_with = "lenient_int::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub limit: Option<i64>,
    /// How many rows of this group were passed over.
    #[serde(
        default,
        deserialize_with = "lenient_int::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub offset: Option<i64>,
    /// How many rows this group has.
    #[serde(
        default,
        deserialize_with = "lenient_int::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub total: Option<i64>,
}

closed_enum! {
    /// The groups of instruments that can be searched.
    InstrumentGroup {
        /// Shares.
        Equity = "EQUITY",
        /// `PINV`; the source does not explain it.
        Pinv = "PINV",
        /// Funds.
        Fund = "FUND",
        /// Exchange-traded funds.
        Etf = "ETF",
        /// Exchange-traded commodities.
        Etc = "ETC",
        /// Warrants.
        Warrant = "WARRANT",
        /// Derivatives.
        Derivatives = "DERIVATIVES",
        /// Indicators, such as indices.
        Indicator = "INDICATOR",
        /// Anything else.
        Other = "OTHER",
    }
}

closed_enum! {
    /// The kinds of hits that can be searched.
    SearchSpace {
        /// Everything.
        All = "ALL",
        /// Instruments.
        Instruments = "INSTRUMENTS",
        /// News.
        News = "NEWS",
        /// Pages of the content system.
        Cms = "CMS",
        /// Blogs.
        Blog = "BLOG",
        /// Instruments and news.
        InstrumentsNews = "INSTRUMENTS_NEWS",
        /// Instruments and pages.
        InstrumentsCms = "INSTRUMENTS_CMS",
        /// News and pages.
        NewsCms = "NEWS_CMS",
        /// News and blogs.
        NewsBlog = "NEWS_BLOG",
        /// News, blogs and pages.
        NewsBlogCms = "NEWS_BLOG_CMS",
    }
}

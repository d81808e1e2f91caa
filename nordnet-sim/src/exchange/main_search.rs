//! The search over everything.

use crate::fixed::Fixed;
use crate::json::{Json, object};
use crate::rng::Rng;

use super::Exchange;
use super::indicators::Indicator;
use super::listings::{Kind, UNTRADED, Untraded};
use super::rest::{Call, Refusal};
use super::search::{Group, Row};
use super::texts::{FUND, Text};

mod pages;

use pages::{PAGES, PROFILES, Page, Profile};

const SPACES: [&str; 10] = [
    "ALL",
    "INSTRUMENTS",
    "NEWS",
    "CMS",
    "BLOG",
    "INSTRUMENTS_NEWS",
    "INSTRUMENTS_CMS",
    "NEWS_CMS",
    "NEWS_BLOG",
    "NEWS_BLOG_CMS",
];

/// The groups of instruments, with what their hits stand under.
const INSTRUMENT_GROUPS: [(&str, Text); 9] = [
    ("EQUITY", ["Aktier", "Shares"]),
    ("ETF", ["Börshandlade fonder", "Exchange-traded funds"]),
    (
        "PINV",
        ["Börshandlade produkter", "Exchange-traded products"],
    ),
    ("WARRANT", ["Warranter", "Warrants"]),
    ("DERIVATIVES", ["Optioner", "Options"]),
    ("FUND", ["Fonder", "Funds"]),
    (
        "INDICATOR",
        ["Index och råvaror", "Indices and commodities"],
    ),
    (
        "ETC",
        ["Börshandlade råvaror", "Exchange-traded commodities"],
    ),
    ("OTHER", ["Övrigt", "Other"]),
];

/// The hits of one group.
type Hits = (&'static str, Text, Vec<Json>);

impl Exchange {
    /// `GET /main_search`
    pub(super) fn search_main(&self, call: &Call<'_>) -> Result<Json, Refusal> {
        let text = call.query("query").unwrap_or_default().trim();
        if text.is_empty() {
            return Err(Refusal::parameter("query"));
        }
        let query = Query {
            exchange: self,
            text: text.to_lowercase(),
            call,
        };
        let codes = INSTRUMENT_GROUPS.map(|(code, _)| code);
        let groups = call.choices("instrument_group", &codes)?;
        let space = call.choice("search_space", &SPACES)?.unwrap_or("ALL");
        let (limit, offset) = (call.count("limit", 5)?, call.count("offset", 0)?);

        let within = |part: &str| space == "ALL" || space.split('_').any(|one| one == part);
        let mut found: Vec<Hits> = Vec::new();
        if within("INSTRUMENTS") {
            let asked = INSTRUMENT_GROUPS
                .into_iter()
                .filter(|(code, _)| groups.is_empty() || groups.contains(code));
            found.extend(asked.map(|(code, title)| (code, title, query.instruments(code))));
        }
        if within("NEWS") {
            found.push(("NEWS", ["Nyheter", "News"], query.news()));
        }
        if within("CMS") {
            found.push(("CMS", ["Sidor", "Pages"], query.pages(false)));
        }
        if within("BLOG") {
            found.push(("BLOG", ["Blogg", "Blog"], query.pages(true)));
        }
        if space == "ALL" {
            found.push(("PROFILE", ["Profiler", "Profiles"], query.profiles()));
        }
        found.retain(|(.., hits)| !hits.is_empty());
        if found.is_empty() {
            return Err(Refusal::nothing_found());
        }
        let mut results = Vec::new();
        for (code, title, hits) in found {
            let total = hits.len() as i64;
            let rows: Vec<Json> = hits.into_iter().skip(offset).take(limit).collect();
            if rows.is_empty() {
                continue;
            }
            results.push(object! {
                "display_group_type": code,
                "display_group_description": call.say(title),
                "limit": limit as i64,
                "offset": offset as i64,
                "total": total,
                "results": rows,
            });
        }
        Ok(Json::Array(results))
    }
}

/// A search under way.
struct Query<'a> {
    exchange: &'a Exchange,
    /// In lower case.
    text: String,
    call: &'a Call<'a>,
}

impl Query<'_> {
    fn instruments(&self, group: &str) -> Vec<Json> {
        match group {
            "INDICATOR" => {
                let indicators = self.exchange.indicators.iter();
                let named = |one: &&Indicator| {
                    self.is_in(one.index.name) || self.is_in(one.index.identifier)
                };
                indicators
                    .filter(named)
                    .map(|one| self.indicator(one))
                    .collect()
            }
            "FUND" => {
                let funds = UNTRADED.iter().filter(|one| one.naming().group == group);
                let named = funds.filter(|one| self.is_in(one.name) || self.is_in(one.isin));
                named.map(|one| self.fund(one)).collect()
            }
            group => {
                let listings = self.exchange.listings();
                let of_group = listings
                    .filter(|(_, one)| one.naming().group == group && one.twin_of.is_none());
                of_group
                    .map(|(index, _)| self.exchange.row(index, self.call.english))
                    .filter(|row| row.mentions(&self.text))
                    .map(|row| self.listed(&row))
                    .collect()
            }
        }
    }

    fn listed(&self, row: &Row<'_>) -> Json {
        let listing = row.listing();
        let day = row.day();
        let year = row.year_return().map(|percent| percent.to_string());
        let key = format!("{}_{}", listing.venue.market_id, listing.identifier);
        let is_product = listing.is_leveraged() && listing.kind != Kind::Option;
        let block = |wanted: bool, group| {
            if wanted {
                row.whole_block(group)
            } else {
                Json::Absent
            }
        };
        object! {
            "display_name": listing.name.as_str(),
            "display_name_highlighted": self.highlighted(&listing.name),
            "display_symbol": listing.symbol.as_str(),
            "instrument_id": listing.instrument_id,
            "instrument_type": listing.naming().instrument_type,
            "instrument_group_type": listing.naming().group,
            "currency": listing.currency(),
            "exchange_country": listing.venue.country,
            "last_price": row.price(day.last),
            "last_price_title": self.call.say(["Senast", "Last"]),
            "close_price": row.price(day.close),
            "diff_pct_one_day": row.change_percent().to_string(),
            "diff_pct_one_year": year.clone(),
            "yield_1y": year,
            "spread": row.spread().map(|spread| row.price(spread)),
            "spread_pct": row.spread_percent(),
            "turnover": day.turnover,
            "turnover_volume": day.turnover_volume,
            "tick_timestamp": row.ticked_at(),
            "market_info": row.whole_block(Group::Market),
            "status_info": row.whole_block(Group::Status),
            "etp_info": block(is_product, Group::Etp),
            "ko_info": row.whole_block(Group::KnockOut),
            "price_ko_info": row.whole_block(Group::KnockOutPrice),
            "nnx_instrument_id": uuid(listing.instrument_id),
            "market_data_order_book_id": key.as_str(),
            "trading_order_book_id": key.as_str(),
        }
    }

    fn indicator(&self, one: &Indicator) -> Json {
        let index = one.index;
        let change = (one.last - one.close).times(100).over(one.close).per(1);
        let price = |value: Fixed| object! { "price": value, "decimals": 2 };
        let country = Some(index.country).filter(|country| !country.is_empty());
        object! {
            "display_name": index.name,
            "display_name_highlighted": self.highlighted(index.name),
            "display_symbol": index.identifier,
            "currency": index.currency,
            "exchange_country": country,
            "entity_type": index.entity_type(),
            "indicator_identifier": index.identifier,
            "indicator_source": index.market,
            "last_price": price(one.last),
            "last_price_title": self.call.say(["Senast", "Last"]),
            "close_price": price(one.close),
            "diff_pct_one_day": change.to_string(),
            "tick_timestamp": one.ticked_at,
        }
    }

    fn fund(&self, one: &Untraded) -> Json {
        let value = Fixed::from_ten_thousandths(one.value);
        object! {
            "display_name": one.name,
            "display_name_highlighted": self.highlighted(one.name),
            "display_symbol": one.symbol,
            "instrument_id": one.instrument_id,
            "instrument_type": FUND.instrument_type,
            "instrument_group_type": FUND.group,
            "currency": one.currency,
            "last_price": object! { "price": value, "decimals": 4 },
            "last_price_title": self.call.say(["Senaste NAV-kurs", "Latest NAV"]),
            "nnx_instrument_id": uuid(one.instrument_id),
        }
    }

    fn news(&self) -> Vec<Json> {
        let articles = self.exchange.news.latest();
        let found = articles.filter(|one| self.is_in(&self.exchange.headline(one)));
        let found = found.map(|one| {
            let headline = self.exchange.headline(one);
            object! {
                "display_name": headline.as_str(),
                "display_name_highlighted": self.highlighted(&headline),
                "agency": one.source().agency,
                "agency_description": one.source().name,
                "news_id": uuid(one.id),
                "external_news_id": one.id,
                "news_type": one.news_type(),
                "news_type_description": self.call.say(one.type_name()),
                "language": one.language,
                "published_date_time": one.at,
                "views": one.views,
            }
        });
        found.collect()
    }

    fn pages(&self, blog: bool) -> Vec<Json> {
        let pages = PAGES.iter().filter(|page| page.is_blog == blog);
        let found = pages.filter(|page| self.is_in(self.call.say(page.title)));
        let found = found.map(|page: &Page| {
            let title = self.call.say(page.title);
            object! {
                "display_name": title,
                "display_name_highlighted": self.highlighted(title),
                "uri": page.uri,
                "is_cms": !page.is_blog,
                "is_external": page.is_blog,
                "language": self.call.say(["sv", "en"]),
            }
        });
        found.collect()
    }

    fn profiles(&self) -> Vec<Json> {
        let found = PROFILES.iter().filter(|one| self.is_in(one.username));
        let found = found.map(|one: &Profile| {
            object! {
                "display_name": one.username,
                "display_name_highlighted": self.highlighted(one.username),
                "username": one.username,
                "profile_id": uuid(one.joined_at),
                "avatar_uri": format!("https://img.example/{}.png", one.username),
                "country": one.country,
                "joined_at": one.joined_at,
                "rating": one.rating,
            }
        });
        found.collect()
    }

    fn is_in(&self, text: &str) -> bool {
        text.to_lowercase().contains(&self.text)
    }

    /// Marks where the text is found; absent if it was found elsewhere.
    fn highlighted(&self, title: &str) -> Option<String> {
        let lowercase = title.to_lowercase();
        let start = lowercase.find(&self.text)?;
        let end = start + self.text.len();
        // Changing the case may change the length.
        let parts = (
            title.get(..start)?,
            title.get(start..end)?,
            title.get(end..)?,
        );
        Some(format!("{}<em>{}</em>{}", parts.0, parts.1, parts.2))
    }
}

/// Returns the key that something has in another system.
fn uuid(number: i64) -> String {
    Rng::new(number as u64, 0x00D1).uuid()
}

//! News: two sources, one store for REST, the search and the feed.

use std::collections::VecDeque;

use crate::json::{Json, object};

use super::Exchange;
use super::clock::MINUTE;
use super::feed::Topic;
use super::indicators::INDICES;
use super::listings::{Kind, Listing};
use super::market::Instrument;
use super::rest::{Call, Refusal};
use super::texts::Text;

mod templates;

use templates::{TEMPLATES, Template};

/// Who publishes news.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) id: i64,
    pub(crate) name: &'static str,
    pub(crate) agency: &'static str,
    level: &'static str,
    /// Empty if it covers more than can be listed.
    countries: &'static [&'static str],
    /// By how many minutes its news are delayed for the customer.
    delay: i64,
    /// None if it writes in the language of the place.
    language: Option<&'static str>,
}

pub(super) static SOURCES: [Source; 2] = [
    Source {
        id: 2,
        name: "Nordisk Direkt",
        agency: "NDT",
        level: "REALTIME",
        countries: &["SE", "NO", "DK", "FI"],
        delay: 0,
        language: None,
    },
    Source {
        id: 7,
        name: "Northern Business Wire",
        agency: "NBW",
        level: "DELAYED",
        countries: &[],
        delay: 15,
        language: Some("en"),
    },
];

/// Returns the place of the source with this number.
pub(super) fn source_with(id: i64) -> Option<usize> {
    SOURCES.iter().position(|source| source.id == id)
}

const FIRST_ID: i64 = 9_000_001;
/// Articles that were there in the morning, and how many are kept.
const IN_THE_MORNING: i64 = 12;
const KEPT: usize = 1000;

/// One item of news. Its texts follow from what it is made of.
#[derive(Debug)]
pub(crate) struct Article {
    pub(crate) id: i64,
    /// The place of its source.
    source: usize,
    pub(crate) at: i64,
    pub(crate) language: &'static str,
    pub(crate) views: i64,
    template: &'static Template,
    /// The share that it is about, if it is about one.
    instrument: Option<usize>,
    /// A headline that somebody else has written.
    headline: Option<String>,
}

impl Article {
    pub(crate) fn source(&self) -> &'static Source {
        &SOURCES[self.source]
    }

    pub(crate) fn news_type(&self) -> &'static str {
        self.template.news_type
    }

    pub(crate) fn type_name(&self) -> Text {
        self.template.type_name
    }
}

/// All articles that are kept, oldest first.
#[derive(Debug)]
pub(crate) struct News {
    articles: VecDeque<Article>,
    /// The shares that there may be news of.
    shares: Vec<usize>,
    written: i64,
}

impl News {
    pub(crate) fn new(market: &[Instrument], opening: i64) -> Self {
        let shares = market.iter().enumerate();
        let shares = shares
            .filter(|(_, one)| one.listing.kind == Kind::Share && one.listing.twin_of.is_none());
        let mut news = Self {
            articles: VecDeque::new(),
            shares: shares.map(|(index, _)| index).collect(),
            written: 0,
        };
        for ago in (1..=IN_THE_MORNING).rev() {
            news.write(market, opening - ago * 10 * MINUTE);
        }
        news
    }

    /// Writes the next article and returns it.
    fn write(&mut self, market: &[Instrument], now: i64) -> Option<&Article> {
        let number = usize::try_from(self.written).ok()?;
        self.written += 1;
        let place = usize::from(number % 3 == 2);
        let source = &SOURCES[place];
        // The templates take turns with both sources.
        let template = &TEMPLATES[(number + number / TEMPLATES.len()) % TEMPLATES.len()];
        let instrument = (number * 7).checked_rem(self.shares.len());
        let instrument = instrument.and_then(|place| self.shares.get(place)).copied();
        let country = instrument.map_or("SE", |index| market[index].listing.venue.country);
        let local = match country {
            "NO" => "no",
            "DK" => "da",
            "FI" => "fi",
            _ => "sv",
        };
        if self.articles.len() >= KEPT {
            self.articles.pop_front();
        }
        self.articles.push_back(Article {
            id: FIRST_ID + self.written - 1,
            source: place,
            at: now - source.delay * MINUTE,
            language: source.language.unwrap_or(local),
            views: 0,
            template,
            instrument: instrument.filter(|_| template.is_about_a_share()),
            headline: None,
        });
        self.articles.back()
    }

    /// Takes in an article that is nothing but its headline.
    fn take_in(&mut self, source: usize, headline: &str, instrument: Option<usize>, now: i64) {
        self.written += 1;
        if self.articles.len() >= KEPT {
            self.articles.pop_front();
        }
        self.articles.push_back(Article {
            id: FIRST_ID + self.written - 1,
            source,
            at: now - SOURCES[source].delay * MINUTE,
            language: SOURCES[source].language.unwrap_or("sv"),
            views: 0,
            template: templates::bare(),
            instrument,
            headline: Some(headline.to_owned()),
        });
    }

    /// Returns the articles, newest first.
    pub(crate) fn latest(&self) -> impl Iterator<Item = &Article> {
        self.articles.iter().rev()
    }
}

impl Exchange {
    /// `GET /news/{item_id}`
    pub(super) fn get_news_articles(&mut self, call: &Call<'_>) -> Result<Json, Refusal> {
        let ids = call.numbers(0, "item_id")?;
        for article in &mut self.news.articles {
            article.views += i64::from(ids.contains(&article.id));
        }
        let found = ids.into_iter().map(|id| {
            let article = self.news.latest().find(|article| article.id == id);
            article.map(|article| self.article(article))
        });
        self.listed(found, "item_id")
    }

    /// `GET /news_sources`
    pub(super) fn list_news_sources(&self) -> Json {
        let sources = SOURCES.iter().map(|source| {
            let countries: Vec<Json> = source.countries.iter().map(|code| (*code).into()).collect();
            object! {
                "source_id": source.id,
                "name": source.name,
                "level": source.level,
                "countries": (!countries.is_empty()).then_some(countries),
            }
        });
        Json::Array(sources.collect())
    }

    /// Lets a source publish something.
    pub(super) fn tell_news(&mut self) {
        if self.paused {
            return;
        }
        let now = self.market_time();
        self.news.write(&self.market, now);
        self.publish_delayedst_news();
    }

    /// Lets a source publish what somebody else has written.
    pub(super) fn tell_own_news(&mut self, source: usize, headline: &str, about: Option<usize>) {
        let now = self.market_time();
        self.news.take_in(source, headline, about, now);
        self.publish_delayedst_news();
    }

    fn publish_delayedst_news(&mut self) {
        let Some(article) = self.news.latest().next() else {
            return;
        };
        let instrument = self.about(article).map(|one| Json::Int(one.instrument_id));
        let topic = Topic::News(article.source);
        let message = object! {
            "type": "news",
            "data": object! {
                "news_id": article.id,
                "source_id": article.source().id,
                "timestamp": article.at,
                "headline": self.headline(article),
                "lang": article.language,
                "type": "NEWS",
                "instruments": instrument.map(|id| Json::Array(vec![id])),
            },
        };
        self.send_to_subscribers(topic, &message);
    }

    pub(super) fn headline(&self, article: &Article) -> String {
        match &article.headline {
            Some(headline) => headline.clone(),
            None => self.filled_in(article, article.template.headline(article.language)),
        }
    }

    fn about(&self, article: &Article) -> Option<&Listing> {
        article.instrument.map(|index| &self.market[index].listing)
    }

    fn filled_in(&self, article: &Article, text: &str) -> String {
        let name = self.about(article).map_or(INDICES[0].name, |one| &one.name);
        text.replace("{}", name)
    }

    fn article(&self, article: &Article) -> Json {
        let template = article.template;
        let about = self.about(article);
        let sector = about.map(|one| one.sector);
        let one = |value: Option<Json>| value.map(|value| Json::Array(vec![value]));
        let body = template.body(article.language);
        object! {
            "news_id": article.id,
            "source_id": article.source().id,
            "headline": self.headline(article),
            "summary": template.summary(article.language),
            "body": body.map(|body| self.filled_in(article, body)),
            "byline": body.map(|_| article.source().name),
            "lang": article.language,
            "markdown_format": body.is_some_and(|body| body.contains("**")),
            "news_type": template.news_type,
            "type": "NEWS",
            "version": template.version,
            "timestamp": article.at,
            "instruments": one(about.map(|one| one.instrument_id.into())),
            "isin_codes": one(about.map(|one| one.isin.as_str().into())),
            "markets": one(about.map(|one| one.venue.market_id.into())),
            "sectors": one(sector.map(Json::from)),
        }
    }
}

//! Tradables, markets, tick tables, countries, and the status.

use crate::dialect::TickRanges;
use crate::json::{Json, object};

use super::Exchange;
use super::calendar::{TradingDay, trading_days};
use super::listings::{TICK_TABLES, TickTable, VENUES, Venue};
use super::master::untraded_at;
use super::order::Kind;
use super::rest::{Call, Refusal};
use super::texts::{COUNTRIES, Text};

const CALENDAR_DAYS: usize = 10;

impl Exchange {
    /// `GET /`
    pub(super) fn system_status(&self) -> Json {
        object! {
            "message": "",
            "system_running": true,
            "timestamp": self.market_time(),
            "valid_version": true,
        }
    }

    /// `GET /tradables/info/{tradables}`
    pub(super) fn get_tradable_info(&self, call: &Call<'_>) -> Result<Json, Refusal> {
        let found = call.tradables(0)?.into_iter().map(|(market, identifier)| {
            let index = self.instrument_at(market, identifier);
            if index.is_none() && untraded_at(market, identifier).is_none() {
                return None;
            }
            let iceberg = index.is_some_and(|index| self.market[index].listing.takes_icebergs());
            let days = index.map_or_else(Vec::new, |index| self.trading_days(index));
            let calendar = days.into_iter().map(|day| {
                object! { "date": day.date.text(), "open": day.open, "close": day.close }
            });
            let types = Kind::ALL.into_iter().filter(|_| index.is_some());
            let types =
                types.map(|kind| object! { "type": kind.code(), "name": call.say(kind.name()) });
            Some(object! {
                "market_id": market,
                "identifier": identifier,
                "iceberg": iceberg,
                "calendar": calendar.collect::<Vec<_>>(),
                "order_types": types.collect::<Vec<_>>(),
            })
        });
        self.listed(found, "tradables")
    }

    /// `GET /markets`
    pub(super) fn list_markets(&self, call: &Call<'_>) -> Json {
        let markets = VENUES.iter().map(|venue| market_json(venue, call));
        Json::Array(markets.collect())
    }

    /// `GET /markets/{market_id}`
    pub(super) fn get_markets(&self, call: &Call<'_>) -> Result<Json, Refusal> {
        let ids = call.numbers(0, "market_id")?.into_iter();
        let found = ids.map(|id| {
            let venue = VENUES.iter().find(|venue| venue.market_id == id);
            venue.map(|venue| market_json(venue, call))
        });
        self.listed(found, "market_id")
    }

    /// `GET /tick_sizes`
    pub(super) fn list_tick_sizes(&self) -> Json {
        let tables = TICK_TABLES.iter().map(|table| self.tick_table(table));
        Json::Array(tables.collect())
    }

    /// `GET /tick_sizes/{tick_size_id}`
    pub(super) fn get_tick_sizes(&self, call: &Call<'_>) -> Result<Json, Refusal> {
        let ids = call.numbers(0, "tick_size_id")?.into_iter();
        let found = ids.map(|id| {
            let table = TICK_TABLES.iter().find(|table| table.id == id);
            table.map(|table| self.tick_table(table))
        });
        self.listed(found, "tick_size_id")
    }

    /// `GET /countries`
    pub(super) fn list_countries(&self, call: &Call<'_>) -> Json {
        let countries = COUNTRIES.iter().map(|country| country_json(country, call));
        Json::Array(countries.collect())
    }

    /// `GET /countries/{country}`
    pub(super) fn get_countries(&self, call: &Call<'_>) -> Result<Json, Refusal> {
        let found = call.segment(0).split(',').map(|code| {
            let country = COUNTRIES.iter().find(|(known, _)| *known == code);
            country.map(|country| country_json(country, call))
        });
        self.listed(found, "country")
    }

    /// Returns today and the following trading days, with opening and close.
    pub(super) fn trading_days(&self, instrument: usize) -> Vec<TradingDay> {
        trading_days(self.market[instrument].listing.venue, self.today())
            .take(CALENDAR_DAYS)
            .collect()
    }

    pub(super) fn tradable_id(&self, instrument: usize) -> Json {
        let listing = &self.market[instrument].listing;
        object! {
            "market_id": listing.venue.market_id,
            "identifier": listing.identifier.as_str(),
        }
    }

    fn tick_table(&self, table: &TickTable) -> Json {
        let ranges = table.ranges.iter();
        let ranges = ranges.enumerate().map(|(place, range)| {
            let next = table.ranges.get(place + 1);
            let to = match (self.config.dialect.tick_ranges, next) {
                (TickRanges::Joined, Some(next)) => next.from,
                _ => range.to,
            };
            object! {
                "from_price": range.from,
                "to_price": to,
                "tick": range.tick,
                "decimals": range.decimals,
            }
        });
        object! { "tick_size_id": table.id, "ticks": ranges.collect::<Vec<_>>() }
    }
}

fn market_json(venue: &Venue, call: &Call<'_>) -> Json {
    object! {
        "market_id": venue.market_id,
        "name": call.say(venue.name),
        "country": (!venue.is_virtual()).then_some(venue.country),
    }
}

fn country_json(&(code, name): &(&'static str, Text), call: &Call<'_>) -> Json {
    object! { "country": code, "name": call.say(name) }
}

//! Master data: instruments, tradables, markets, tick tables, the status.

use crate::fixed::Fixed;
use crate::json::{Json, object};

use super::Exchange;
use super::clock::Date;
use super::listings::{TICK_TABLES, TickTable, VENUES, Venue};
use super::rest::{Call, Refusal};

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

    /// `GET /instruments/{instrument_id}`
    pub(super) fn get_instruments(&self, call: &Call<'_>) -> Result<Json, Refusal> {
        let ids = numbers(call.segment(0), "instrument_id")?;
        let found = ids.into_iter().filter_map(|id| {
            self.market
                .iter()
                .position(|one| one.listing.instrument_id == id)
        });
        Ok(Json::Array(
            found.map(|index| self.instrument(index)).collect(),
        ))
    }

    /// `GET /instruments/lookup/{lookup_type}/{lookup}`
    pub(super) fn lookup_instruments(&self, call: &Call<'_>) -> Result<Json, Refusal> {
        let mut found = Vec::new();
        for key in call.segment(1).split(',') {
            let index = match call.segment(0) {
                "market_id_identifier" => {
                    let (market, identifier) =
                        tradable_key(key).ok_or(Refusal::parameter("lookup"))?;
                    self.instrument_at(market, identifier)
                }
                "isin_code_currency_market_id" => self.instrument_by_isin(key)?,
                _ => return Err(Refusal::parameter("lookup_type")),
            };
            found.extend(index.map(|index| self.instrument(index)));
        }
        Ok(Json::Array(found))
    }

    /// `GET /tradables/info/{tradables}`
    pub(super) fn get_tradable_info(&self, call: &Call<'_>) -> Result<Json, Refusal> {
        let mut infos = Vec::new();
        for key in call.segment(0).split(',') {
            let (market, identifier) = tradable_key(key).ok_or(Refusal::parameter("tradables"))?;
            let Some(index) = self.instrument_at(market, identifier) else {
                continue;
            };
            let days = self
                .trading_days(index)
                .into_iter()
                .map(|(date, open, close)| {
                    object! { "date": date.text(), "open": open, "close": close }
                });
            infos.push(object! {
                "market_id": market,
                "identifier": identifier,
                "iceberg": false,
                "calendar": days.collect::<Vec<_>>(),
                "order_types": vec![object! { "type": "LIMIT", "name": "Limit" }],
            });
        }
        Ok(Json::Array(infos))
    }

    /// `GET /markets`
    pub(super) fn list_markets(&self) -> Json {
        Json::Array(VENUES.iter().map(market_json).collect())
    }

    /// `GET /markets/{market_id}`
    pub(super) fn get_markets(&self, call: &Call<'_>) -> Result<Json, Refusal> {
        let ids = numbers(call.segment(0), "market_id")?;
        let chosen = VENUES.iter().filter(|venue| ids.contains(&venue.market_id));
        Ok(Json::Array(chosen.map(market_json).collect()))
    }

    /// `GET /tick_sizes`
    pub(super) fn list_tick_sizes(&self) -> Json {
        Json::Array(TICK_TABLES.iter().map(tick_table_json).collect())
    }

    /// `GET /tick_sizes/{tick_size_id}`
    pub(super) fn get_tick_sizes(&self, call: &Call<'_>) -> Result<Json, Refusal> {
        let ids = numbers(call.segment(0), "tick_size_id")?;
        let chosen = TICK_TABLES.iter().filter(|table| ids.contains(&table.id));
        Ok(Json::Array(chosen.map(tick_table_json).collect()))
    }

    pub(super) fn instrument_at(&self, market: i64, identifier: &str) -> Option<usize> {
        self.market.iter().position(|one| {
            one.listing.venue.market_id == market && one.listing.identifier == identifier
        })
    }

    /// Finds an instrument by `market:identifier`.
    pub(super) fn instrument_named(&self, tradable: &str) -> Option<usize> {
        let (market, identifier) = tradable_key(tradable)?;
        self.instrument_at(market, identifier)
    }

    pub(super) fn trading_days(&self, instrument: usize) -> Vec<(Date, i64, i64)> {
        let (open, close) = self.market[instrument].listing.venue.hours;
        Date::of(self.market_time()).trading_days(CALENDAR_DAYS, open, close)
    }

    pub(super) fn tradable_id(&self, instrument: usize) -> Json {
        let listing = &self.market[instrument].listing;
        object! {
            "market_id": listing.venue.market_id,
            "identifier": listing.identifier.as_str(),
        }
    }

    pub(super) fn instrument(&self, index: usize) -> Json {
        let listing = &self.market[index].listing;
        let tradable = object! {
            "market_id": listing.venue.market_id,
            "identifier": listing.identifier.as_str(),
            "mic": listing.venue.mic,
            "tick_size_id": listing.ticks.id,
            "lot_size": Fixed::from_units(listing.lot),
            "price_unit": listing.currency(),
            "display_order": 0,
        };
        object! {
            "instrument_id": listing.instrument_id,
            "symbol": listing.symbol.as_str(),
            "name": listing.name.as_str(),
            "currency": listing.currency(),
            "instrument_type": "ESH",
            "instrument_group_type": "EQUITY",
            "asset_class": "EQY",
            "isin_code": listing.isin.as_str(),
            "sector": listing.sector,
            "pawn_percentage": Fixed::ZERO,
            "price_type": "monetary_amount",
            "mifid2_category": 1,
            "multiplier": Fixed::from_units(1),
            "tradables": vec![tradable],
        }
    }

    fn instrument_by_isin(&self, key: &str) -> Result<Option<usize>, Refusal> {
        let parts: Vec<&str> = key.split(':').collect();
        let [isin, currency, market] = parts[..] else {
            return Err(Refusal::parameter("lookup"));
        };
        let market: i64 = market.parse().map_err(|_| Refusal::parameter("lookup"))?;
        Ok(self.market.iter().position(|one| {
            let listing = &one.listing;
            listing.isin == isin
                && listing.currency() == currency
                && listing.venue.market_id == market
        }))
    }
}

fn market_json(venue: &Venue) -> Json {
    object! { "market_id": venue.market_id, "name": venue.name, "country": venue.country }
}

fn tick_table_json(table: &TickTable) -> Json {
    let ranges = table.ranges.iter().map(|range| {
        object! {
            "from_price": range.from,
            "to_price": range.to,
            "tick": range.tick,
            "decimals": range.decimals,
        }
    });
    object! { "tick_size_id": table.id, "ticks": ranges.collect::<Vec<_>>() }
}

fn tradable_key(text: &str) -> Option<(i64, &str)> {
    let (market, identifier) = text.split_once(':')?;
    let market = market.parse().ok()?;
    (!identifier.is_empty()).then_some((market, identifier))
}

fn numbers(text: &str, about: &'static str) -> Result<Vec<i64>, Refusal> {
    let parse = |part: &str| part.parse().map_err(|_| Refusal::parameter(about));
    text.split(',').map(parse).collect()
}

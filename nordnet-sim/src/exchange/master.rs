//! The master data of an instrument, as every reply shows it.

use crate::fixed::Fixed;
use crate::json::{Json, object};

use super::Exchange;
use super::indicators::{INDICES, Index};
use super::listings::{
    FUND_MARKET, FundFacts, Listing, Terms, UNTRADED, Underlying, Untraded, sector_group, venue_of,
};
use super::texts::{self, Naming, naming_of};

/// Everything that the schema of an instrument has room for.
#[derive(Default)]
struct Master<'a> {
    instrument_id: i64,
    symbol: &'a str,
    name: &'a str,
    currency: &'a str,
    isin: Option<&'a str>,
    naming: Option<&'static Naming>,
    sector: Option<&'static str>,
    fund: Option<FundFacts>,
    terms: Option<&'a Terms>,
    issued: Option<i64>,
    pawn: i64,
    multiplier: i64,
    leverage: Option<Fixed>,
    underlyings: Option<Json>,
    tradables: Option<Json>,
}

impl Exchange {
    /// Returns the master data of what is listed.
    pub(super) fn instrument(&self, index: usize) -> Json {
        let listing = &self.market[index].listing;
        let leverage = listing.is_leveraged().then(|| self.leverage(index));
        let venues = self.listings_of(listing.instrument_id).iter();
        let tradables = (0..).zip(venues).map(|(place, index)| {
            let listing = &self.market[*index].listing;
            object! {
                "market_id": listing.venue.market_id,
                "identifier": listing.identifier.as_str(),
                "mic": listing.venue.mic,
                "tick_size_id": listing.ticks.id,
                "lot_size": Fixed::from_units(listing.lot),
                "price_unit": listing.currency(),
                "display_order": Json::Int(place),
            }
        });
        let underlying = listing.terms.as_ref().map(|terms| terms.underlying);
        let master = Master {
            instrument_id: listing.instrument_id,
            symbol: &listing.symbol,
            name: &listing.name,
            currency: listing.currency(),
            isin: Some(&listing.isin),
            naming: Some(listing.naming()),
            sector: Some(listing.sector).filter(|sector| !sector.is_empty()),
            fund: listing.fund,
            terms: listing.terms.as_ref().filter(|_| listing.is_leveraged()),
            issued: listing.issued,
            pawn: listing.pawn,
            multiplier: listing.multiplier(),
            leverage: leverage.flatten().map(|times| times.times(100)),
            underlyings: underlying.map(|one| Json::Array(vec![self.underlying_info(one)])),
            tradables: Some(Json::Array(tradables.collect())),
        };
        master.json()
    }

    fn underlying_info(&self, underlying: Underlying) -> Json {
        let (id, symbol, isin) = match underlying {
            Underlying::Listing(index) => {
                let listing = &self.market[index].listing;
                (
                    listing.instrument_id,
                    listing.symbol.as_str(),
                    listing.isin.as_str(),
                )
            }
            Underlying::Index(index) => (0, INDICES[index].identifier, INDICES[index].isin),
        };
        object! {
            "instrument_id": id,
            "instrumment_id": id,
            "symbol": symbol,
            "isin_code": isin,
        }
    }

    /// Returns the master data of what derivatives follow.
    pub(super) fn underlying(&self, underlying: Underlying) -> Json {
        match underlying {
            Underlying::Listing(index) => self.instrument(index),
            Underlying::Index(index) => index_master(&INDICES[index]),
        }
    }
}

/// Returns the master data of an index. The number 0 says that it cannot be
/// traded.
fn index_master(index: &Index) -> Json {
    let master = Master {
        symbol: index.identifier,
        name: index.name,
        currency: index.currency,
        isin: Some(index.isin),
        naming: Some(&texts::INDEX),
        multiplier: 1,
        ..Master::default()
    };
    master.json()
}

/// Returns the security of this number that is not traded here.
pub(super) fn untraded_numbered(id: i64) -> Option<&'static Untraded> {
    UNTRADED.iter().find(|one| one.instrument_id == id)
}

/// Returns the fund with this key on the virtual market.
pub(super) fn untraded_at(market: i64, identifier: &str) -> Option<&'static Untraded> {
    let named = |one: &&Untraded| one.identifier == Some(identifier);
    UNTRADED
        .iter()
        .find(named)
        .filter(|_| market == FUND_MARKET)
}

/// Returns the master data of what is not traded here.
pub(super) fn untraded(one: &Untraded) -> Json {
    let tradable = |identifier| {
        object! {
            "market_id": FUND_MARKET,
            "identifier": identifier,
            "mic": venue_of(FUND_MARKET).map(|venue| venue.mic),
            "tick_size_id": 5900,
            "lot_size": Fixed::from_ten_thousandths(1),
            "price_unit": one.currency,
            "display_order": 0,
        }
    };
    let master = Master {
        instrument_id: one.instrument_id,
        symbol: one.symbol,
        name: one.name,
        currency: one.currency,
        isin: Some(one.isin),
        naming: Some(one.naming()),
        fund: one.fund,
        multiplier: 1,
        tradables: one.identifier.map(|key| Json::Array(vec![tradable(key)])),
        ..Master::default()
    };
    master.json()
}

impl Listing {
    pub(super) fn naming(&self) -> &'static Naming {
        let rises = self.terms.as_ref().is_none_or(|terms| terms.rises);
        naming_of(self.kind, rises)
    }

    /// Returns the code of the direction of what has one.
    pub(super) fn market_view(&self) -> Option<&'static str> {
        let terms = self.terms.as_ref().filter(|_| self.is_leveraged())?;
        Some(if terms.rises { "U" } else { "D" })
    }
}

impl Untraded {
    pub(super) fn naming(&self) -> &'static Naming {
        match self.fund {
            Some(_) => &texts::FUND,
            None => &texts::SHARE,
        }
    }
}

impl Master<'_> {
    fn json(self) -> Json {
        let document = |kind: &str| {
            let isin = self.isin.unwrap_or_default();
            format!("https://docs.example/{}-{kind}.pdf", isin.to_lowercase())
        };
        let is_fund = self.fund.is_some();
        let is_packaged = is_fund || self.terms.is_some();
        let long_and_short = self.terms.is_some_and(|terms| terms.issuer.is_none());
        let group = self.naming.map(|naming| naming.group);
        let documents = is_packaged.then(|| {
            object! {
                "url_for_combined": (!long_and_short).then(|| document("kid")),
                "url_for_long": long_and_short.then(|| document("kid-long")),
                "url_for_short": long_and_short.then(|| document("kid-short")),
            }
        });
        object! {
            "instrument_id": self.instrument_id,
            "symbol": self.symbol,
            "name": self.name,
            "currency": self.currency,
            "instrument_type": self.naming.map(|naming| naming.instrument_type),
            "instrument_group_type": group,
            "asset_class": self.naming.map(|naming| naming.asset_class),
            "isin_code": self.isin.filter(|isin| !isin.is_empty()),
            "sector": self.sector,
            "sector_group": self.sector.map(sector_group),
            "pawn_percentage": Fixed::from_units(self.pawn),
            "margin_percentage": self.terms.map(|terms| {
                Fixed::from_units(if terms.issuer.is_none() { 20 } else { 0 })
            }),
            "leverage_percentage": self.leverage,
            "market_view": self.terms.map(|terms| if terms.rises { "U" } else { "D" }),
            "strike_price": self.terms.and_then(Terms::strike),
            "expiration_date": self.terms.and_then(Terms::expiry).map(|date| date.text()),
            "price_type": "monetary_amount",
            "mifid2_category": match group {
                Some("EQUITY") => 1,
                Some("DERIVATIVES") => 4,
                _ if self.terms.is_some() => 3,
                _ => 2,
            },
            "multiplier": Fixed::from_units(self.multiplier),
            "number_of_securities": self.issued.map(|millions| Fixed::from_units(millions * 1_000_000)),
            "dividend_policy": self.fund.map(|fund| fund.dividend_policy),
            "sfdr_article": self.fund.map(|fund| fund.sfdr_article),
            "total_fee": self.fund.map(|fund| fund.fee),
            "brochure_url": is_fund.then(|| document("brochure")),
            "prospectus_url": is_packaged.then(|| document("prospectus")),
            "key_information_documents": documents,
            "underlyings": self.underlyings,
            "tradables": self.tradables,
        }
    }
}

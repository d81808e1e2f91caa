//! What can be traded: a small, believable part of the Nordic markets.

use crate::fixed::Fixed;
use crate::rng::Rng;

mod isin;
mod products;
mod shares;
mod terms;
mod tick_table;
mod untraded;
mod venue;

pub(crate) use shares::sector_group;
pub(crate) use terms::{Form, Issuer, Terms, Underlying};
pub(crate) use tick_table::{TICK_TABLES, TickTable};
pub(crate) use untraded::{FUND_MARKET, FundFacts, UNTRADED, Untraded};
pub(crate) use venue::{VENUES, Venue, venue_of};

use super::accounts::exchange_rate;
use super::clock::Date;
use super::indicators::{self, INDICES};
use isin::with_check_digit;
use products::{Product, products};
use tick_table::tick_table;
use venue::STOCKHOLM;

/// More would need more digits in their made-up keys.
const MOST_LISTINGS: usize = 10_000;

/// A security and the one venue it is traded on.
#[derive(Clone, Debug)]
pub(crate) struct Listing {
    pub(crate) instrument_id: i64,
    pub(crate) identifier: String,
    pub(crate) symbol: String,
    pub(crate) name: String,
    pub(crate) isin: String,
    pub(crate) kind: Kind,
    /// Empty for what belongs to none.
    pub(crate) sector: &'static str,
    pub(crate) lot: i64,
    /// How many there are, in millions.
    pub(crate) issued: Option<i64>,
    /// How many percent of the value the customer could borrow.
    pub(crate) pawn: i64,
    /// What its price follows, unless it is a share.
    pub(crate) terms: Option<Terms>,
    pub(crate) fund: Option<FundFacts>,
    /// The price that the simulated market keeps around.
    pub(crate) price: Fixed,
    /// The listing of the same security on its home market, by index.
    pub(crate) twin_of: Option<usize>,
    pub(crate) venue: &'static Venue,
    pub(crate) ticks: &'static TickTable,
}

/// What sort of security something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Share,
    /// An exchange-traded fund.
    Fund,
    /// A bull or bear certificate.
    Certificate,
    MiniFuture,
    /// An unlimited turbo.
    Turbo,
    Warrant,
    Option,
}

impl Listing {
    /// Returns the key `market:identifier`.
    pub(crate) fn tradable(&self) -> String {
        format!("{}:{}", self.venue.market_id, self.identifier)
    }

    pub(crate) fn currency(&self) -> &'static str {
        self.venue.currency
    }

    /// Says whether orders may show part of their volume only.
    pub(crate) fn takes_icebergs(&self) -> bool {
        self.venue.iceberg && self.kind == Kind::Share
    }

    /// Says whether the customer may trade it: who wants to trade options has
    /// to pass a test first.
    pub(crate) fn suits_customer(&self) -> bool {
        self.kind != Kind::Option
    }

    /// Returns how many units of the underlying one of it stands for.
    pub(crate) fn multiplier(&self) -> i64 {
        match &self.terms {
            _ if self.kind == Kind::Option => 100,
            Some(Terms {
                form: Form::KnockOut { ratio, .. } | Form::Right { ratio, .. },
                ..
            }) => *ratio,
            _ => 1,
        }
    }

    /// Says whether it multiplies the moves of what it follows.
    pub(crate) fn is_leveraged(&self) -> bool {
        self.terms
            .as_ref()
            .is_some_and(|terms| !matches!(terms.form, Form::Daily { leverage: 1, .. }))
    }
}

/// Returns how many listings are known; more can be made up.
#[must_use]
pub(crate) fn known() -> usize {
    shares::ROWS.len() + products(0).len() + shares::TWINS.len()
}

/// Returns `count` listings on the day of `opening`: the known ones, then
/// made-up ones in Stockholm.
pub(crate) fn listings(count: usize, seed: u64, opening: i64) -> Vec<Listing> {
    let mut all: Vec<Listing> = shares::ROWS.iter().filter_map(share).collect();
    for product in products(opening) {
        let listing = derivative(product, &all, opening);
        all.extend(listing);
    }
    let twins = shares::TWINS.iter().filter_map(|row| twin(row, &all));
    let twins: Vec<Listing> = twins.collect();
    let mut rng = Rng::new(seed, 0x1157);
    let made_up = (1..).map(|number: i64| Listing {
        instrument_id: 17_000_000 + number,
        identifier: (900_000 + number).to_string(),
        symbol: format!("SIM {number}"),
        name: format!("Simulated {number}"),
        isin: with_check_digit(&format!("SE00990{:04}", number % 10_000)),
        kind: Kind::Share,
        sector: "INDUSTRY",
        lot: 1,
        issued: Some(100),
        pawn: 0,
        terms: None,
        fund: None,
        price: Fixed::from_units(rng.between(20, 900)),
        twin_of: None,
        venue: &STOCKHOLM,
        ticks: tick_table(5012),
    });
    all.into_iter()
        .chain(twins)
        .chain(made_up)
        .take(count.min(MOST_LISTINGS))
        .collect()
}

fn share(row: &shares::Row) -> Option<Listing> {
    let &(market, identifier, symbol, name, isin, sector, lot, band, issued, pawn, price) = row;
    Some(Listing {
        instrument_id: instrument_id(market, identifier)?,
        identifier: identifier.to_owned(),
        symbol: symbol.to_owned(),
        name: name.to_owned(),
        isin: isin.to_owned(),
        kind: Kind::Share,
        sector,
        lot,
        issued: Some(issued),
        pawn,
        terms: None,
        fund: None,
        price: Fixed::from_ten_thousandths(price),
        twin_of: None,
        venue: venue_of(market)?,
        ticks: tick_table(5007 + band),
    })
}

/// Makes the listing of a share on a second market.
fn twin(&(market, identifier, symbol): &(i64, &str, &str), shares: &[Listing]) -> Option<Listing> {
    let home = shares.iter().position(|one| one.symbol == symbol)?;
    Some(Listing {
        identifier: identifier.to_owned(),
        twin_of: Some(home),
        venue: venue_of(market)?,
        ..shares.get(home)?.clone()
    })
}

/// Makes the listing of a product at what it is worth when the market opens.
fn derivative(product: Product, shares: &[Listing], opening: i64) -> Option<Listing> {
    let (underlying, price, currency) = match indicators::index_named(product.underlying) {
        Some(index) => (
            Underlying::Index(index),
            INDICES[index].level(),
            INDICES[index].currency,
        ),
        None => {
            let named = |one: &Listing| one.symbol == product.underlying;
            let index = shares.iter().position(named)?;
            (
                Underlying::Listing(index),
                shares[index].price,
                shares[index].currency(),
            )
        }
    };
    let form = match product.form {
        Form::Daily {
            leverage, worth, ..
        } => Form::Daily {
            leverage,
            worth,
            start: price,
        },
        form => form,
    };
    let terms = Terms {
        underlying,
        rises: product.rises,
        issuer: product.issuer,
        form,
        since: Date::of(opening).back(product.age),
    };
    let venue = venue_of(product.market_id)?;
    let ticks = tick_table(if product.kind == Kind::Option {
        5040
    } else {
        5030
    });
    let rate = exchange_rate(currency).over(exchange_rate(venue.currency));
    let number = instrument_id(product.market_id, &product.identifier)?;
    let made_up = || with_check_digit(&format!("SE0098{:05}", number % 100_000));
    Some(Listing {
        instrument_id: number,
        symbol: product.name.clone(),
        isin: product.isin.map_or_else(made_up, str::to_owned),
        identifier: product.identifier,
        name: product.name,
        kind: product.kind,
        sector: "",
        lot: 1,
        issued: None,
        pawn: if product.kind == Kind::Fund { 80 } else { 0 },
        price: ticks.floor(terms.worth(price, rate)),
        terms: Some(terms),
        fund: product.fund,
        twin_of: None,
        venue,
        ticks,
    })
}

fn instrument_id(market: i64, identifier: &str) -> Option<i64> {
    let number: i64 = identifier.parse().ok()?;
    Some(16_000_000 + 1_000_000 * (market - 11) / 2 + 100_000 + number)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// 2026-03-17.
    const OPENING: i64 = 1_773_738_000_000;

    #[test]
    fn every_listing_is_sound() {
        let count = known() + 30;
        let all = listings(count, 1, OPENING);
        assert_eq!(all.len(), count);
        for listing in &all {
            assert_eq!(
                with_check_digit(&listing.isin[..11]),
                listing.isin,
                "{}",
                listing.symbol
            );
            assert!(
                listing.ticks.allows(listing.price),
                "{} {}",
                listing.symbol,
                listing.price
            );
        }
        let homes = all.iter().filter(|listing| listing.twin_of.is_none());
        let ids: BTreeSet<_> = homes.map(|listing| listing.instrument_id).collect();
        let keys: BTreeSet<_> = all.iter().map(Listing::tradable).collect();
        let isins: BTreeSet<_> = all
            .iter()
            .map(|one| (&one.isin, one.venue.market_id))
            .collect();
        assert_eq!((keys.len(), isins.len()), (count, count));
        assert_eq!(ids.len(), count - shares::TWINS.len());
        assert_eq!(
            (all[0].instrument_id, all[0].tradable().as_str()),
            (16_100_101, "11:101")
        );
    }

    #[test]
    fn derivatives_are_worth_what_their_terms_say() {
        let all = listings(known(), 1, OPENING);
        let price = |symbol: &str| {
            let listing = all.iter().find(|one| one.symbol == symbol);
            listing.unwrap().price.to_string()
        };
        assert_eq!(price("BULL ERIC X3 NORDNET"), "14.2");
        // (86.52 - 71.24) / 10
        assert_eq!(price("MINI L ERICB NORDNET 04"), "1.52");
        assert_eq!(price("TURBO S ERICB NORDNET 05"), "0.82");
        // (412.1 - 342.1) * 1.4705 / 10
        assert_eq!(price("MINI L NOVOB SG 11"), "10.29");
        assert_eq!(price("ERI6F 90NDS"), "0.23");
        assert_eq!(price("ERICB6F86"), "4.35");
    }
}

//! One listing as the searches see it.

use crate::fixed::Fixed;
use crate::json::{Json, object};

use super::super::Exchange;
use super::super::book::Level;
use super::super::indicators::INDICES;
use super::super::listings::{Form, Kind, Listing, Terms, Underlying};
use super::super::market::{Day, Side};
use super::super::texts::Text;
use super::figures::{Figures, days_after};

/// A listing, and the language of the reply.
pub(crate) struct Row<'a> {
    pub(crate) exchange: &'a Exchange,
    pub(crate) index: usize,
    pub(crate) english: bool,
}

impl<'a> Row<'a> {
    pub(crate) fn listing(&self) -> &'a Listing {
        &self.exchange.market[self.index].listing
    }

    pub(crate) fn day(&self) -> &'a Day {
        match self.exchange.view(self.index) {
            Some(view) => &view.day,
            None => &self.exchange.market[self.index].day,
        }
    }

    pub(crate) fn say(&self, text: Text) -> &'static str {
        text[usize::from(self.english)]
    }

    pub(crate) fn terms(&self) -> Option<&'a Terms> {
        self.listing().terms.as_ref()
    }

    /// Says whether the customer sees its prices at once.
    pub(crate) fn is_live(&self) -> bool {
        self.listing().venue.delay == 0
    }

    pub(crate) fn best(&self, side: Side) -> Option<Level> {
        match (self.exchange.view(self.index), side) {
            (Some(view), Side::Buy) => view.bid,
            (Some(view), Side::Sell) => view.ask,
            (None, side) => self.exchange.best(self.index, side),
        }
    }

    /// Returns the difference between the best ask and the best bid.
    pub(crate) fn spread(&self) -> Option<Fixed> {
        Some(self.best(Side::Sell)?.price - self.best(Side::Buy)?.price)
    }

    pub(crate) fn spread_percent(&self) -> Option<Fixed> {
        let ask = self.best(Side::Sell)?.price;
        Some(self.spread()?.times(100).over(ask).per(1))
    }

    pub(crate) fn change(&self) -> Fixed {
        self.day().last - self.day().close
    }

    pub(crate) fn change_percent(&self) -> Fixed {
        self.change().times(100).over(self.day().close).per(1)
    }

    pub(crate) fn ticked_at(&self) -> i64 {
        match self.exchange.view(self.index) {
            Some(view) => view.ticked_at,
            None => self.exchange.market[self.index].ticked_at,
        }
    }

    /// Returns the part of the market that a listing is on: 1 for the most
    /// liquid shares.
    pub(crate) fn segment(&self) -> i64 {
        if self.listing().ticks.id >= 5012 {
            1
        } else {
            2
        }
    }

    /// Returns by how many percent the price has risen in a year.
    pub(crate) fn year_return(&self) -> Option<Fixed> {
        self.figures().map(|figures| figures.returns[4])
    }

    /// Returns the figures of a company that pays dividends.
    pub(crate) fn payer(&self) -> Option<Figures> {
        self.figures().filter(|figures| figures.dividend.is_some())
    }

    pub(crate) fn status(&self) -> &'a str {
        match self.exchange.view(self.index) {
            Some(view) => &view.status,
            None => self.exchange.market[self.index].status(),
        }
    }

    pub(crate) fn status_text(&self) -> &'static str {
        self.say(match self.status() {
            "R" => ["Öppen", "Open"],
            "C" => ["Stängd", "Closed"],
            "X" => ["Stoppad", "Halted"],
            "U" => ["Auktion", "Auction"],
            _ => ["Okänd", "Unknown"],
        })
    }

    /// Returns a price with the digits that its step has.
    pub(crate) fn price(&self, price: Fixed) -> Json {
        object! { "price": price, "decimals": self.decimals() }
    }

    pub(crate) fn difference(&self, diff: Fixed) -> Json {
        object! { "diff": diff, "decimals": self.decimals() }
    }

    fn decimals(&self) -> Option<i64> {
        let range = self.listing().ticks.range_at(self.day().last);
        range.map(|range| range.decimals)
    }

    /// Returns the figures of a company.
    pub(crate) fn figures(&self) -> Option<Figures> {
        let listing = self.listing();
        (listing.kind == Kind::Share).then(|| Figures::of(listing, listing.price))
    }

    /// Returns midnight so many days after the first one.
    pub(crate) fn in_days(&self, days: i64) -> i64 {
        days_after(self.exchange.config.opening, days)
    }

    /// Returns a figure of a company as JSON.
    pub(crate) fn figure<T: Into<Json>>(&self, choose: impl Fn(&Figures) -> T) -> Json {
        Json::from(self.figures().map(|figures| choose(&figures).into()))
    }

    /// Returns one of the terms of what is issued by somebody, and so neither
    /// a share nor an option.
    pub(crate) fn issued<T: Into<Json>>(&self, choose: impl Fn(&'a Terms) -> T) -> Json {
        let terms = self.terms().filter(|terms| terms.issuer.is_some());
        Json::from(terms.map(|terms| choose(terms).into()))
    }

    /// Returns one of the terms of an option.
    pub(crate) fn option<T: Into<Json>>(&self, choose: impl Fn(&'a Terms) -> T) -> Json {
        let terms = self.terms().filter(|_| self.listing().kind == Kind::Option);
        Json::from(terms.map(|terms| choose(terms).into()))
    }

    /// Returns level, barrier and ratio of a knock-out product.
    pub(crate) fn knock_out(&self) -> Option<(Fixed, Fixed, i64)> {
        match self.terms()?.form {
            Form::KnockOut {
                level,
                barrier,
                ratio,
            } => Some((level, barrier, ratio)),
            _ => None,
        }
    }

    pub(crate) fn certificate_leverage(&self) -> Option<i64> {
        match self.terms()?.form {
            Form::Daily { leverage, .. } if self.listing().kind == Kind::Certificate => {
                Some(leverage)
            }
            _ => None,
        }
    }

    /// Returns the leverage of a knock-out product at the present prices.
    pub(crate) fn leverage(&self) -> Option<Fixed> {
        self.knock_out()?;
        self.exchange.leverage(self.index)
    }

    pub(crate) fn buffer(&self) -> Option<Fixed> {
        let terms = self.terms()?;
        let (price, _) = self.exchange.underlying_price(terms.underlying);
        terms.buffer(price)
    }

    /// Returns the listing that it follows.
    pub(crate) fn followed(&self) -> Option<&'a Listing> {
        match self.terms()?.underlying {
            Underlying::Listing(index) => Some(&self.exchange.market[index].listing),
            Underlying::Index(_) => None,
        }
    }

    pub(crate) fn underlying_name(&self) -> Option<&'a str> {
        Some(match self.terms()?.underlying {
            Underlying::Listing(index) => &self.exchange.market[index].listing.name,
            Underlying::Index(index) => INDICES[index].name,
        })
    }

    pub(crate) fn underlying_currency(&self) -> Option<&'static str> {
        let (_, currency) = self.exchange.underlying_price(self.terms()?.underlying);
        Some(currency)
    }

    pub(crate) fn direction(&self) -> Option<&'static str> {
        let rises = self
            .terms()
            .filter(|_| self.listing().is_leveraged())?
            .rises;
        Some(self.say(match (self.listing().kind, rises) {
            (Kind::Certificate, true) => ["Bull", "Bull"],
            (Kind::Certificate, false) => ["Bear", "Bear"],
            (_, true) => ["Lång", "Long"],
            (_, false) => ["Kort", "Short"],
        }))
    }

    pub(crate) fn long_name(&self) -> String {
        let name = &self.listing().name;
        match name.rsplit_once(' ') {
            Some((company, series)) if series.len() == 1 => format!("{company} ser. {series}"),
            _ => name.clone(),
        }
    }

    /// Says whether the text is part of name, symbol or ISIN.
    pub(crate) fn mentions(&self, lowercase: &str) -> bool {
        let listing = self.listing();
        [&listing.name, &listing.symbol, &listing.isin]
            .iter()
            .any(|text| text.to_lowercase().contains(lowercase))
    }
}

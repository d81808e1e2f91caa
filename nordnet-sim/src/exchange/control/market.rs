//! What a test may do to the market, the accounts and the time.

use std::time::Duration;

use crate::fixed::Fixed;

use super::ControlError;
use crate::exchange::Exchange;
use crate::exchange::book::{Deal, Owner};
use crate::exchange::calendar::{Session, trading_days};
use crate::exchange::clock::Date;
use crate::exchange::listings::{VENUES, Venue};
use crate::exchange::market::Halt;
use crate::exchange::news::source_with;
use crate::exchange::order::State;

/// A point in market time to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// This time, in milliseconds since 1970.
    At(i64),
    /// The next change of a phase of the trading day on a market.
    NextPhase(i64),
    /// The next opening of a market, by its number.
    Open(i64),
    /// The next close of a market, by its number.
    Close(i64),
}

/// What a test may do to the world. None of it is part of the API that is
/// simulated.
impl Exchange {
    /// Sets what others bid and ask for a listing; `None` withdraws a side.
    ///
    /// # Errors
    ///
    /// [`ControlError`] if the listing is unknown or a price impossible.
    pub fn set_quote(
        &mut self,
        tradable: &str,
        bid: Option<Fixed>,
        ask: Option<Fixed>,
        now: Duration,
    ) -> Result<(), ControlError> {
        self.advance(now);
        let index = self.listing_named(tradable)?;
        let at = self.market_time();
        if !self.market[index].set_quote(bid, ask, at) {
            return Err(ControlError::InvalidPrice);
        }
        self.settle(index);
        self.publish(index);
        Ok(())
    }

    /// Lets others trade one lot of a listing at this price and quotes around it.
    ///
    /// # Errors
    ///
    /// [`ControlError`] if the listing is unknown or the price impossible.
    pub fn set_price(
        &mut self,
        tradable: &str,
        price: Fixed,
        now: Duration,
    ) -> Result<(), ControlError> {
        self.advance(now);
        let index = self.listing_named(tradable)?;
        let at = self.market_time();
        let instrument = &mut self.market[index];
        let ask = instrument.listing.ticks.shift(price, 1);
        if !instrument.set_quote(Some(price), Some(ask), at) {
            return Err(ControlError::InvalidPrice);
        }
        let deal = Deal::new(Owner::Others, price, instrument.listing.lot);
        instrument.deals.insert(0, deal);
        self.settle(index);
        self.publish(index);
        Ok(())
    }

    /// Sets the trading status of a listing: `X` halts it, `R` lets it go on
    /// with what has collected meanwhile. Any other text is shown and means
    /// nothing.
    ///
    /// # Errors
    ///
    /// [`ControlError`] if the listing is unknown.
    pub fn set_status(
        &mut self,
        tradable: &str,
        status: &str,
        now: Duration,
    ) -> Result<(), ControlError> {
        self.advance(now);
        let index = self.listing_named(tradable)?;
        let instrument = &mut self.market[index];
        match status {
            "X" => instrument.stop(Halt::Ordered),
            "R" => instrument.resume(),
            other => instrument.label = Some(other.to_owned()),
        }
        self.settle(index);
        self.publish(index);
        Ok(())
    }

    /// Executes part of an order that is on the market, at its own price.
    ///
    /// # Errors
    ///
    /// [`ControlError`] if there is no such order or not so much of it left.
    pub fn fill_order(
        &mut self,
        order: i64,
        volume: i64,
        now: Duration,
    ) -> Result<(), ControlError> {
        self.advance(now);
        let found = self
            .orders
            .get(&order)
            .filter(|order| order.state == State::OnMarket && volume > 0 && volume <= order.open());
        let (side, price, instrument) = found
            .map(|order| (order.side, order.price, order.instrument))
            .ok_or(ControlError::UnknownOrder)?;
        let book = &mut self.market[instrument].book;
        book.pick(side, price, order, volume);
        self.execute(order, Deal::new(Owner::Own(order), price, volume));
        self.publish(instrument);
        Ok(())
    }

    /// Lets the market refuse the next orders that are entered: `INS_FAIL`. None
    /// at all takes that back.
    pub fn reject_orders(&mut self, times: usize) {
        self.rejections = times;
    }

    /// Lets the market remove an order: `DEL_PUSH`.
    ///
    /// # Errors
    ///
    /// [`ControlError`] if there is no such order, or not any more.
    pub fn remove_order(&mut self, order: i64, now: Duration) -> Result<(), ControlError> {
        self.advance(now);
        let found = self.orders.get(&order).filter(|order| order.is_live());
        let instrument = found.ok_or(ControlError::UnknownOrder)?.instrument;
        self.lapse(order);
        self.publish(instrument);
        Ok(())
    }

    /// Sets the cash of an account in a currency such as `SEK`.
    ///
    /// # Errors
    ///
    /// [`ControlError`] if there is no such account or currency.
    pub fn set_cash(
        &mut self,
        accno: i64,
        value: Fixed,
        currency: &str,
        now: Duration,
    ) -> Result<(), ControlError> {
        self.advance(now);
        let mut currencies = VENUES.iter().map(|venue| venue.currency);
        let currency = currencies.find(|known| *known == currency);
        let currency = currency.ok_or(ControlError::UnknownCurrency)?;
        let account = self.account_with(accno)?;
        self.accounts[account].cash.set(value, currency);
        Ok(())
    }

    /// Sets how many of a listing an account holds, as if bought at the last price.
    ///
    /// # Errors
    ///
    /// [`ControlError`] if there is no such account or listing.
    pub fn set_position(
        &mut self,
        accno: i64,
        tradable: &str,
        quantity: u32,
        now: Duration,
    ) -> Result<(), ControlError> {
        self.advance(now);
        let account = self.account_with(accno)?;
        let index = self.accounts[account].home(self.listing_named(tradable)?);
        let instrument = &self.market[index];
        let (price, currency) = (instrument.last(), instrument.listing.currency());
        self.accounts[account].hold(index, i64::from(quantity), price, currency);
        Ok(())
    }

    /// Publishes an item of news of a source, about a listing or none.
    ///
    /// # Errors
    ///
    /// [`ControlError`] if there is no such source or listing.
    pub fn publish_news(
        &mut self,
        source: i64,
        headline: &str,
        tradable: Option<&str>,
        now: Duration,
    ) -> Result<(), ControlError> {
        self.advance(now);
        let source = source_with(source).ok_or(ControlError::UnknownSource)?;
        let about = tradable.map(|one| self.listing_named(one)).transpose()?;
        self.tell_own_news(source, headline, about);
        Ok(())
    }

    /// Stops the market from moving by itself, or lets it move again.
    pub fn pause_ticks(&mut self, paused: bool, now: Duration) {
        self.advance(now);
        self.paused = paused;
    }

    /// Lets the market's clock jump ahead.
    pub fn jump_clock(&mut self, by: Duration, now: Duration) {
        self.advance(now);
        self.jump(by);
    }

    /// Lets the market's clock jump to a moment, through all that happens on
    /// the way at the turns of the days.
    ///
    /// # Errors
    ///
    /// [`ControlError`] if it has passed, or the market is unknown.
    pub fn jump_clock_to(&mut self, moment: Moment, now: Duration) -> Result<(), ControlError> {
        self.advance(now);
        let at = self.market_time();
        let to = match moment {
            Moment::At(ms) => Some(ms),
            Moment::NextPhase(market) => Some(Session::at(venue(market)?, at).until),
            Moment::Open(market) => next(market, at, true)?,
            Moment::Close(market) => next(market, at, false)?,
        };
        let ahead = to.and_then(|to| u64::try_from(to.checked_sub(at)?).ok());
        let ahead = ahead.ok_or(ControlError::InvalidTime)?;
        self.jump(Duration::from_millis(ahead));
        Ok(())
    }

    fn listing_named(&self, tradable: &str) -> Result<usize, ControlError> {
        self.instrument_named(tradable)
            .ok_or(ControlError::UnknownTradable)
    }

    fn account_with(&self, accno: i64) -> Result<usize, ControlError> {
        let place = self.accounts.iter().position(|one| one.accno == accno);
        place.ok_or(ControlError::UnknownAccount)
    }
}

fn venue(market: i64) -> Result<&'static Venue, ControlError> {
    let mut venues = VENUES.iter();
    let venue = venues.find(|venue| venue.market_id == market);
    venue.ok_or(ControlError::UnknownMarket)
}

/// Returns the next opening or close of a market.
fn next(market: i64, at: i64, opens: bool) -> Result<Option<i64>, ControlError> {
    let days = trading_days(venue(market)?, Date::in_stockholm(at));
    let mut times = days.map(|day| if opens { day.open } else { day.close });
    Ok(times.find(|time| *time > at))
}

//! The strings that a test pulls.

use std::fmt;
use std::time::Duration;

use crate::faults::Faults;
use crate::fixed::Fixed;

use super::Exchange;
use super::answer::{Answer, Cut};
use super::audit::{AuditEntry, CommandEntry, Counters};
use super::book::{Deal, Owner};
use super::feed::{ConnectionId, FeedKind};
use super::login::SessionRecord;
use super::market::{Halt, Side};
use super::order::State;
use super::route::Operation;

/// Some of the feeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feeds {
    /// Both kinds.
    All,
    /// Public feeds.
    Public,
    /// Private feeds.
    Private,
}

impl Feeds {
    pub(crate) fn includes(self, kind: FeedKind) -> bool {
        match self {
            Self::All => true,
            Self::Public => kind == FeedKind::Public,
            Self::Private => kind == FeedKind::Private,
        }
    }
}

/// The truth about an order.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OrderRecord {
    /// Its number.
    pub order_id: i64,
    /// The account number.
    pub accno: i64,
    /// `market:identifier`.
    pub tradable: String,
    /// Buy or sell.
    pub side: Side,
    /// The limit.
    pub price: Fixed,
    /// What was asked for.
    pub volume: i64,
    /// What was executed.
    pub traded_volume: i64,
    /// Where it stands, as on the wire.
    pub order_state: &'static str,
    /// What happened last, as on the wire.
    pub action_state: &'static str,
    /// The customer's text.
    pub reference: Option<String>,
}

/// A feed connection and what it has asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FeedRecord {
    /// Its number.
    pub connection: ConnectionId,
    /// Which feed it is to.
    pub feed: FeedKind,
    /// Which login it belongs to, once it has logged in.
    pub epoch: Option<u64>,
    /// What it has subscribed to, such as `price 11:101`.
    pub subscriptions: Vec<String>,
}

/// Why a control call could not be obeyed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ControlError {
    /// No listing has this `market:identifier`.
    UnknownTradable,
    /// A price is no decimal, off the tick grid, or the bid is not below the ask.
    InvalidPrice,
    /// There is no live order of this number with so much left.
    UnknownOrder,
    /// The reference has no operation of this name, or it is not served.
    UnknownOperation,
    /// No session of this login is alive.
    UnknownSession,
    /// There is no open connection of this number.
    UnknownConnection,
}

impl fmt::Display for ControlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnknownTradable => "no listing has this market:identifier",
            Self::InvalidPrice => "a price is off the tick grid, or the bid is not below the ask",
            Self::UnknownOrder => "no live order of this number has so much left",
            Self::UnknownOperation => "no operation of this name is served",
            Self::UnknownSession => "no session of this login is alive",
            Self::UnknownConnection => "no connection of this number is open",
        })
    }
}

impl std::error::Error for ControlError {}

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
        let index = self
            .instrument_named(tradable)
            .ok_or(ControlError::UnknownTradable)?;
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
        let index = self
            .instrument_named(tradable)
            .ok_or(ControlError::UnknownTradable)?;
        let at = self.market_time();
        let instrument = &mut self.market[index];
        let ask = instrument.listing.ticks.shift(price, 1);
        if !instrument.set_quote(Some(price), Some(ask), at) {
            return Err(ControlError::InvalidPrice);
        }
        let deal = Deal {
            price,
            volume: instrument.listing.lot,
            owner: Owner::Others,
            auction: false,
        };
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
        let index = self
            .instrument_named(tradable)
            .ok_or(ControlError::UnknownTradable)?;
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
        let deal = Deal {
            price,
            volume,
            owner: Owner::Own(order),
            auction: false,
        };
        self.execute(order, deal);
        self.publish(instrument);
        Ok(())
    }

    /// Ends all sessions, as if they had been idle for too long.
    pub fn expire_sessions(&mut self, now: Duration) {
        self.advance(now);
        for key in self.gate.keys() {
            self.expire(&key);
        }
        self.note("all sessions expired".to_owned());
    }

    /// Ends the session of a login, as if it had been idle for too long.
    ///
    /// # Errors
    ///
    /// [`ControlError`] if it has none that is alive.
    pub fn expire_session(&mut self, epoch: u64, now: Duration) -> Result<(), ControlError> {
        self.advance(now);
        let mut keys = self.gate.keys().into_iter();
        let key = keys.find(|key| self.gate.epoch(key) == Some(epoch));
        self.expire(&key.ok_or(ControlError::UnknownSession)?);
        self.note(format!("the session of login {epoch} expired"));
        Ok(())
    }

    /// Refuses all logins, as if the key was revoked, or no longer.
    pub fn refuse_logins(&mut self, refused: bool) {
        self.gate.refusing = refused;
    }

    /// Sets what goes wrong at random from now on.
    pub fn set_faults(&mut self, faults: Faults, now: Duration) {
        self.advance(now);
        self.config.faults = faults;
    }

    /// Closes feed connections.
    pub fn cut_feeds(&mut self, feeds: Feeds, cut: Cut, now: Duration) {
        self.advance(now);
        for id in self.connections_of(feeds) {
            self.close(id, cut);
        }
    }

    /// Closes one feed connection. Says whether there is such a one.
    pub fn disconnect(&mut self, connection: ConnectionId, cut: Cut, now: Duration) -> bool {
        self.advance(now);
        let known = self.connections.contains_key(&connection);
        self.close(connection, cut);
        known
    }

    /// Sends nothing on the present feed connections for a while, not even
    /// heartbeats; what was held back follows afterwards.
    pub fn stall_feeds(&mut self, feeds: Feeds, time: Duration, now: Duration) {
        self.advance(now);
        for id in self.connections_of(feeds) {
            self.stall(id, time);
        }
    }

    /// Stops the market from moving by itself, or lets it move again.
    pub fn pause_ticks(&mut self, paused: bool, now: Duration) {
        self.advance(now);
        self.paused = paused;
    }

    /// Sends a line to feed connections as it is; the LF is added.
    pub fn inject(&mut self, feeds: Feeds, line: &str, now: Duration) {
        self.inject_bytes(feeds, format!("{line}\n").as_bytes(), now);
    }

    /// Sends bytes to feed connections as they are.
    pub fn inject_bytes(&mut self, feeds: Feeds, bytes: &[u8], now: Duration) {
        self.advance(now);
        for id in self.connections_of(feeds) {
            self.send_bytes(id, bytes);
        }
    }

    /// Lets the market's clock jump ahead. What happens at the turns of the
    /// day meanwhile, such as auctions and the close, has happened then.
    pub fn jump_clock(&mut self, by: Duration, now: Duration) {
        self.advance(now);
        self.jump(by);
    }

    /// Plans what happens to the next `times` requests of an operation, named
    /// as in the reference, such as `place_order`; `*` is any.
    ///
    /// Plans add up: the one made first comes first. No times at all take back
    /// what was planned for the operation.
    ///
    /// # Errors
    ///
    /// [`ControlError`] if there is no such operation.
    pub fn respond(
        &mut self,
        operation: &str,
        times: usize,
        answer: &Answer,
    ) -> Result<(), ControlError> {
        let operation = match operation {
            "*" => None,
            name => Some(Operation::named(name).ok_or(ControlError::UnknownOperation)?),
        };
        self.scripts.plan(operation, times, answer);
        Ok(())
    }

    /// Takes back what was planned: answers, stalls, a pause, refused logins,
    /// faults at random. What has happened stays.
    pub fn reset(&mut self, now: Duration) {
        self.advance(now);
        self.scripts.clear();
        self.config.faults = Faults::default();
        self.gate.refusing = false;
        self.paused = false;
        self.resume_all();
    }

    /// Returns every `market:identifier` that can be subscribed to and traded.
    #[must_use]
    pub fn tradables(&self) -> Vec<String> {
        let listings = self.market.iter();
        listings.map(|one| one.listing.tradable()).collect()
    }

    /// Returns the sessions that are alive, oldest first.
    #[must_use]
    pub fn sessions(&self) -> Vec<SessionRecord> {
        self.gate.sessions(self.now)
    }

    /// Returns the feed connections that there are, oldest first.
    #[must_use]
    pub fn feeds(&self) -> Vec<FeedRecord> {
        let topic = |topic: &super::feed::Topic| self.topic_name(*topic);
        let record = |(id, one): (&ConnectionId, &super::feed::Connection)| FeedRecord {
            connection: *id,
            feed: one.kind,
            epoch: one.session.as_ref().map(|(_, epoch)| *epoch),
            subscriptions: one.topics.iter().map(topic).collect(),
        };
        self.connections.iter().map(record).collect()
    }

    /// Returns every request received, oldest first.
    #[must_use]
    pub fn audit(&self) -> Vec<AuditEntry> {
        self.audit.entries()
    }

    /// Returns every command received on a feed, oldest first.
    #[must_use]
    pub fn commands(&self) -> Vec<CommandEntry> {
        self.audit.commands()
    }

    /// Returns how often things happened.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.audit.counters
    }

    /// Returns the truth about all orders, oldest first.
    #[must_use]
    pub fn orders(&self) -> Vec<OrderRecord> {
        let record = |order: &super::Order| OrderRecord {
            order_id: order.id,
            accno: self.accounts[order.account].accno,
            tradable: self.market[order.instrument].listing.tradable(),
            side: order.side,
            price: order.price,
            volume: order.volume,
            traded_volume: order.traded,
            order_state: order.state.code(),
            action_state: order.action,
            reference: order.reference.clone(),
        };
        self.orders.values().map(record).collect()
    }
}

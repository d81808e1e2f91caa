//! What a trader has before the eyes: an account, a listing, and both feeds.

use std::time::{Duration, Instant};

use crate::nordnet::api::{
    Account, AccountInfo, GetAccountInfo, GetTickSizes, Instrument, ListAccounts,
    LookupInstruments, Tradable,
};
use crate::nordnet::{
    AccountFeed, Client, Event, Feed, Kind, MarketFeed, MarketMessage, Subscription, TradableId,
};
use crate::show::{Quote, grouped, seconds};
use crate::{Result, timeout};

/// How long something is waited for that should come at once.
const PATIENCE: Duration = Duration::from_secs(15);

/// An account, a listing, and both feeds.
pub(crate) struct Desk {
    pub(crate) account: Account,
    pub(crate) instrument: Instrument,
    pub(crate) tradable: Tradable,
    market: MarketFeed,
    pub(crate) orders: AccountFeed,
    pub(crate) quote: Quote,
}

impl Desk {
    pub(crate) async fn open(nordnet: &Client, start: Instant) -> Result<Self> {
        let session = nordnet.session().await?;
        let mut market = nordnet.market_feed()?;
        let mut orders = nordnet.account_feed()?;
        until(&mut market, |event| {
            matches!(event, Event::Connected { .. })
        })
        .await?;
        until(&mut orders, |event| {
            matches!(event, Event::Connected { .. })
        })
        .await?;
        say!(
            "login      key {} ok, session {} min, both feeds up          {}",
            nordnet.fingerprint().ok_or("no key")?,
            session.expires_in.as_secs() / 60,
            seconds(start.elapsed())
        );

        let accounts = nordnet.send(ListAccounts::new()).await?;
        let account = accounts
            .preselected()
            .ok_or("no account is preselected")?
            .clone();
        let info: AccountInfo = nordnet.send(GetAccountInfo::of(&account)).await?;
        say!(
            "account    {}  {}  default  own capital {} {}",
            account.number,
            account.alias,
            grouped(info.own_capital.value, 2),
            info.own_capital.currency
        );

        let ericsson = TradableId::new(11, "101");
        let found = nordnet
            .send(LookupInstruments::by_tradable(&ericsson))
            .await?;
        let instrument = found.first().ok_or("no instrument 11:101")?.clone();
        let tradable = instrument
            .tradables
            .iter()
            .find(|tradable| tradable.id() == ericsson)
            .ok_or("11:101 is not tradable")?
            .clone();
        market.subscribe(Subscription::Price(ericsson));
        let mut desk = Self {
            account,
            instrument,
            tradable,
            market,
            orders,
            quote: Quote::default(),
        };
        desk.show_listing(nordnet).await?;
        Ok(desk)
    }

    /// The tick depends on the price, so a quote has to come first.
    async fn show_listing(&mut self, nordnet: &Client) -> Result<()> {
        timeout(PATIENCE, async {
            while self.quote.price().is_none() {
                self.next_tick().await?;
            }
            Result::Ok(())
        })
        .await
        .map_err(|_| "no price has come")??;
        let tables = nordnet
            .send(GetTickSizes::of(self.tradable.tick_size_id))
            .await?;
        let tick = self
            .quote
            .price()
            .and_then(|price| tables.first()?.tick_at(price));
        say!(
            "listing    {}  {}  {}  {}  tick {}  lot {}\n",
            self.instrument.symbol,
            self.tradable.id(),
            self.tradable.mic,
            self.instrument.currency,
            tick.map_or_else(|| "?".into(), |tick| tick.to_string()),
            self.tradable.lot_size.normalized(),
        );
        say!("{}", self.quote.line(&self.instrument.symbol));
        Ok(())
    }

    /// Prints ticks as they come.
    pub(crate) async fn watch(&mut self, time: Duration) -> Result<()> {
        let start = Instant::now();
        // The wait for a tick can be dropped at any time: it loses nothing.
        while let Ok(tick) = timeout(time.saturating_sub(start.elapsed()), self.next_tick()).await {
            tick?;
            say!("{}", self.quote.line(&self.instrument.symbol));
        }
        Ok(())
    }

    /// Waits until no event of an order can be missed, then reads the newest prices.
    pub(crate) async fn get_ready(&mut self) -> Result<()> {
        until(&mut self.orders, |event| {
            matches!(event, Event::Live { .. })
        })
        .await?;
        self.watch(Duration::from_millis(300)).await
    }

    /// Waits for the next price, and tells of everything else that matters.
    pub(crate) async fn next_tick(&mut self) -> Result<()> {
        loop {
            match self.market.next().await {
                Some(Event::Message(MarketMessage::Price(tick))) => {
                    self.quote.merge(&tick);
                    return Ok(());
                }
                Some(Event::Message(_) | Event::Live { .. }) => {}
                Some(Event::Connected { after_gap }) => {
                    self.quote = Quote::default();
                    if let Some(gap) = after_gap {
                        say!("           connected again, after {gap}");
                    }
                }
                Some(Event::Disconnected(lost)) => say!("           {lost}"),
                Some(Event::Refused { message, .. }) => return Err(message.into()),
                Some(Event::Closed(reason)) => return Err(reason.to_string().into()),
                Some(other) => say!("           {other:?}"),
                None => return Err("the market feed has ended".into()),
            }
        }
    }

    pub(crate) async fn close<A>(
        self,
        nordnet: Client<A>,
        unknown: usize,
        start: Instant,
    ) -> Result<()> {
        let (market, orders) = (self.market.counters(), self.orders.counters());
        let messages = market.messages() + orders.messages();
        let gaps = market.gaps + orders.gaps;
        drop((self.market, self.orders));
        nordnet.logout().await?;
        say!(
            "summary    {messages} messages, {gaps} gaps, {unknown} unknown orders, logged out          {}",
            seconds(start.elapsed())
        );
        Ok(())
    }
}

/// Waits for an event of a feed.
async fn until<K: Kind>(
    feed: &mut Feed<K>,
    is_it: impl Fn(&Event<K::Message>) -> bool,
) -> Result<()> {
    let connect = async {
        loop {
            match feed.next().await {
                Some(event) if is_it(&event) => return Ok(()),
                Some(Event::Disconnected(lost)) => say!("           {lost}"),
                Some(Event::Closed(reason)) => return Err(reason.to_string().into()),
                _ => {}
            }
        }
    };
    timeout(PATIENCE, connect).await?
}

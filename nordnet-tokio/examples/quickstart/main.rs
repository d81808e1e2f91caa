//! From nothing to live ticks and a filled order, in a few seconds.
//!
//! `cargo run -p nordnet-tokio --example quickstart` starts the simulator in
//! this process and trades against it: no account, no real money.
//! With `-- --live` it speaks to the real Nordnet instead, as the `NORDNET_*`
//! variables say, and cannot place an order: its client is read-only by type.

#[macro_use]
mod show;
mod order;

use std::error::Error;
use std::time::{Duration, Instant};

use nordnet_sim::Server;
use nordnet_tokio::api::{
    Account, AccountInfo, GetAccountInfo, GetTickSizes, Instrument, ListAccounts,
    LookupInstruments, Tradable,
};
use nordnet_tokio::{
    AccountFeed, ApiKey, BaseUrl, Client, Event, MarketFeed, MarketMessage, Subscription,
    TradableId,
};
use tokio::time::{sleep_until, timeout};

use show::{Quote, grouped, seconds};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// How long ticks are shown.
const WATCH: Duration = Duration::from_secs(4);

/// How long something is waited for that should come at once.
const PATIENCE: Duration = Duration::from_secs(15);

#[tokio::main]
async fn main() -> Result<()> {
    let args: Vec<_> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => simulated().await,
        ["--live"] => read_only().await,
        _ => Err("usage: quickstart [--live]".into()),
    }
}

/// The whole path against the simulator, an order included.
async fn simulated() -> Result<()> {
    let server = Server::builder().seed(1).rate(4.0).start()?;
    let base_url: BaseUrl = server.rest_url().parse()?;
    let place = format!("(seed 1, {})", base_url.server());
    say!("SIMULATOR  no account needed, no real money            {place}");

    let key = server.private_key().ok_or("the simulator made no key")?;
    let ca = server
        .ca_pem()
        .ok_or("the simulator made no certificate authority")?;
    let start = Instant::now();
    let nordnet = Client::builder(base_url)
        .key_file(ApiKey::new(server.api_key())?, key, None)
        .trust_only(ca)
        .trading()
        .login()
        .await?;

    let mut desk = Desk::open(&nordnet.read_only(), start).await?;
    desk.watch(WATCH).await?;
    order::buy_at_ask(&nordnet, &mut desk).await?;

    let unknown = nordnet.unresolved().len();
    desk.close(nordnet, unknown, start).await?;
    say!("\n{}", include_str!("next.txt").trim_end());
    Ok(())
}

/// The real Nordnet, looking only.
async fn read_only() -> Result<()> {
    let start = Instant::now();
    let nordnet = Client::from_env()?.login().await?;
    let place = nordnet.base_url();
    say!("LIVE       {place}, read-only: this client cannot place an order");
    let mut desk = Desk::open(&nordnet, start).await?;
    desk.watch(WATCH * 3).await?;
    desk.close(nordnet, 0, start).await
}

/// An account, a listing, and both feeds.
struct Desk {
    account: Account,
    instrument: Instrument,
    tradable: Tradable,
    market: MarketFeed,
    orders: AccountFeed,
    quote: Quote,
}

impl Desk {
    async fn open(nordnet: &Client, start: Instant) -> Result<Self> {
        let session = nordnet.session().await?;
        let mut market = nordnet.market_feed()?;
        let mut orders = nordnet.account_feed()?;
        until_connected(&mut market).await?;
        until_connected(&mut orders).await?;
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
            .send(LookupInstruments::by_tradable([&ericsson]))
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
            .send(GetTickSizes::of([self.tradable.tick_size_id]))
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
    async fn watch(&mut self, time: Duration) -> Result<()> {
        let end = tokio::time::Instant::now() + time;
        loop {
            tokio::select! {
                tick = self.next_tick() => tick?,
                () = sleep_until(end) => return Ok(()),
            }
            say!("{}", self.quote.line(&self.instrument.symbol));
        }
    }

    /// Waits for the next price, and tells of everything else that matters.
    async fn next_tick(&mut self) -> Result<()> {
        loop {
            match self.market.next().await {
                Some(Event::Message(MarketMessage::Price(tick))) => {
                    self.quote.merge(&tick);
                    return Ok(());
                }
                Some(Event::Message(_)) => {}
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

    async fn close<A>(self, nordnet: Client<A>, unknown: usize, start: Instant) -> Result<()> {
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

/// A feed is up once its login has been sent.
async fn until_connected<K: nordnet_tokio::Kind>(feed: &mut nordnet_tokio::Feed<K>) -> Result<()> {
    let connect = async {
        loop {
            match feed.next().await {
                Some(Event::Connected { .. }) => return Ok(()),
                Some(Event::Disconnected(lost)) => say!("           {lost}"),
                Some(Event::Closed(reason)) => return Err(reason.to_string().into()),
                _ => {}
            }
        }
    };
    timeout(PATIENCE, connect).await?
}

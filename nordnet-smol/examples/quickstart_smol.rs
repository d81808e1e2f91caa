//! From nothing to live ticks and a filled order, in a few seconds.
//!
//! `cargo run --example quickstart_smol` starts the simulator in this
//! process and trades against it: no account, no real money. With `-- --live` it
//! connects to the real Nordnet, as the `NORDNET_*` variables say, and cannot place an
//! order: its client is read-only by type.

use std::sync::Arc;
use std::time::{Duration, Instant};

use nordnet_sim::Server;
use nordnet_smol::api::{ActionState, Amount, GetAccountInfo, ListAccounts};
use nordnet_smol::flow::ListingKey;
use nordnet_smol::proto::Volume;
use nordnet_smol::{
    AccountFeed, AccountMessage, AccountNumber, ApiKey, BaseUrl, Client, Decimal, Event,
    FindListings, Listing, MarketMessage, MarketWatch, Outcome, PlaceOrder, Quote, Trading,
};
use smol::Timer;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// ERIC B in Stockholm.
const STOCK: &str = "11:101";

const VOLUME: u32 = 100;

/// How long ticks are shown.
const WATCH: Duration = Duration::from_secs(4);

/// The longest wait for an event.
const PATIENCE: Duration = Duration::from_secs(15);

const NEXT: &str = "
Next, real and read-only:
  ssh-keygen -t ed25519 -a 150 -f ~/.ssh/nordnet_ed25519   # a key of its own; upload the .pub on your Nordnet profile page
  export NORDNET_COUNTRY=se NORDNET_API_KEY=your-uuid NORDNET_KEY_FILE=~/.ssh/nordnet_ed25519
  cargo run --example quickstart_smol -- --live";

fn main() -> Result<()> {
    smol::block_on(run())
}

async fn run() -> Result<()> {
    match std::env::args().nth(1).as_deref() {
        None => simulated().await,
        Some("--live") => live().await,
        Some(_) => Err("usage: quickstart_smol [--live]".into()),
    }
}

/// The simulator, with an order.
async fn simulated() -> Result<()> {
    let server = Server::builder().seed(1).rate(4.0).start()?;
    let base_url: BaseUrl = server.rest_url().parse()?;
    println!(
        "SIMULATOR  no account needed, no real money   (seed 1, {})",
        base_url.server()
    );
    let key = server.private_key().ok_or("the simulator has no key")?;
    let ca = server
        .ca_pem()
        .ok_or("the simulator has no certificate authority")?;
    let nordnet = nordnet_smol::builder(base_url)
        .key_file(ApiKey::new(server.api_key())?, key, None)
        .trust_only(ca)
        .trading()
        .login()
        .await?;
    let mut desk = Desk::open(&nordnet.read_only()).await?;
    desk.watch(WATCH).await?;
    desk.buy(&nordnet).await?;
    let unknown = nordnet.unresolved().len();
    desk.close();
    nordnet.logout().await?;
    println!("logged out, {unknown} orders with an unknown outcome");
    println!("{NEXT}");
    Ok(())
}

/// The real Nordnet, without an order.
async fn live() -> Result<()> {
    let nordnet = nordnet_smol::from_env()?.login().await?;
    println!("LIVE       {}, read-only", nordnet.base_url());
    let mut desk = Desk::open(&nordnet).await?;
    desk.watch(WATCH * 3).await?;
    desk.close();
    Ok(nordnet.logout().await?)
}

/// An account, a stock, its quote, and the feed of own orders.
struct Desk {
    account: AccountNumber,
    stock: Arc<Listing>,
    market: MarketWatch,
    orders: AccountFeed,
}

impl Desk {
    async fn open(nordnet: &Client) -> Result<Self> {
        let session = nordnet.session().await?;
        let key = nordnet.fingerprint().ok_or("no key")?;
        let minutes = session.expires_in.as_secs() / 60;
        println!("login      key {key:.17}… ok, session {minutes} min");

        let accounts = nordnet.send(ListAccounts::new()).await?;
        let account = accounts.preselected().ok_or("no account is preselected")?;
        let info = nordnet.send(GetAccountInfo::of(account)).await?;
        println!("account    {account}  own capital {:.2}", info.own_capital);

        let found = nordnet
            .run(FindListings::of(STOCK.parse::<ListingKey>()?))
            .await?;
        let stock = found.into_iter().next().ok_or("no answer")??;
        let mut desk = Self {
            account: account.number,
            market: nordnet.market().price([&stock]).open()?,
            orders: nordnet.account_feed()?,
            stock,
        };
        // The tick size depends on the price.
        let quote = timeout(PATIENCE, desk.next_quote()).await??;
        let price = quote.last().or_else(|| quote.ask());
        let tick = price.and_then(|price| desk.stock.ticks.tick_at(price));
        println!(
            "listing    {}  {}  {}  tick {}  lot {}\n",
            desk.stock,
            desk.stock.id(),
            desk.stock.currency(),
            or_dash(tick),
            desk.stock.lot_size().normalized(),
        );
        Ok(desk)
    }

    /// Prints quotes as they change.
    async fn watch(&mut self, time: Duration) -> Result<()> {
        let end = Instant::now() + time;
        let left = || end.saturating_duration_since(Instant::now());
        // Dropping the wait loses no tick.
        while let Ok(quote) = timeout(left(), self.next_quote()).await {
            let quote = quote?;
            let time = quote.tick_timestamp().map(|time| time.time_of_day());
            println!(
                "{:<12}  {}  bid {:<8} ask {:<8} last {}",
                or_dash(time),
                self.stock,
                price(quote.bid()),
                price(quote.ask()),
                price(quote.last()),
            );
        }
        Ok(())
    }

    /// Waits for the next change of the quote.
    async fn next_quote(&mut self) -> Result<Quote> {
        while let Some(event) = self.market.next().await {
            match event {
                Event::Message(MarketMessage::Price(_)) => {
                    return Ok(self.market.quote(&self.stock));
                }
                Event::Disconnected(lost) => println!("           {lost}"),
                Event::Refused { message, .. } => return Err(message.into()),
                Event::Closed(reason) => return Err(reason.to_string().into()),
                _ => {}
            }
        }
        Err("the market feed has ended".into())
    }

    /// Buys at the best ask, and prints the steps of the order until it is filled.
    async fn buy(&mut self, nordnet: &Client<Trading>) -> Result<()> {
        // Before the feed is live, events of the order could be missed.
        while !matches!(
            timeout(PATIENCE, self.next_order_event()).await??,
            Event::Live { .. }
        ) {}
        // Reads the ticks that came in the meantime.
        self.watch(Duration::from_millis(300)).await?;
        let ask = loop {
            if let Some(ask) = self.market.quote(&self.stock).ask() {
                break ask;
            }
            timeout(PATIENCE, self.next_quote()).await??;
        };
        let limit = Amount::new(ask, self.stock.currency().as_str());
        println!("\norder      BUY {VOLUME} {} limit {limit:.2}", self.stock);
        let order = PlaceOrder::buy(VOLUME.into(), self.stock.id(), limit, self.account)?;
        let start = Instant::now();
        let order_id = match nordnet.send(order).await? {
            Outcome::Accepted(accepted) => accepted.order_id,
            Outcome::Rejected(rejection) => return Err(rejection.to_string().into()),
            // The order may be live. Do not send it again; look it up.
            Outcome::Unknown(unresolved) => return Err(unresolved.to_string().into()),
        };
        println!("           accepted as {order_id}");
        let (mut on_market, mut filled) = (false, Volume::ZERO);
        while filled < VOLUME.into() {
            match timeout(PATIENCE, self.next_order_event()).await?? {
                Event::Message(AccountMessage::Order(order)) if order.order_id == order_id => {
                    let is_confirmed = order.action_state == Some(ActionState::InsertConfirmed);
                    if is_confirmed && !on_market {
                        on_market = true;
                        println!("           on market");
                    }
                }
                Event::Message(AccountMessage::Fill(fill)) if fill.order_id == order_id => {
                    println!(
                        "           {} at {:.2}",
                        fill.volume.normalized(),
                        fill.price
                    );
                    filled = filled.checked_add(fill.volume).ok_or("too large a fill")?;
                }
                _ => {}
            }
        }
        println!(
            "FILLED     {VOLUME} in {:.1} s",
            start.elapsed().as_secs_f32()
        );
        Ok(())
    }

    async fn next_order_event(&mut self) -> Result<Event<AccountMessage>> {
        match self.orders.next().await {
            Some(Event::Closed(reason)) => Err(reason.to_string().into()),
            Some(event) => Ok(event),
            None => Err("the account feed has ended".into()),
        }
    }

    fn close(self) {
        let (market, orders) = (self.market.counters(), self.orders.counters());
        let messages = market.messages() + orders.messages();
        println!(
            "summary    {messages} messages, {} gaps",
            market.gaps + orders.gaps
        );
    }
}

/// Waits for a future for `time` at most.
async fn timeout<T>(time: Duration, future: impl Future<Output = T>) -> Result<T> {
    let late = async {
        Timer::after(time).await;
        Err("nothing came in time".into())
    };
    smol::future::or(async { Ok(future.await) }, late).await
}

fn price(price: Option<Decimal>) -> String {
    or_dash(price.map(|price| format!("{price:.2}")))
}

fn or_dash(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "-".into(), |value| value.to_string())
}

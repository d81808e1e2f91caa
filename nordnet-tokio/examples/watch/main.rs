//! Watches listings: a table that is repainted in place, or one JSON object a
//! line where the output is piped.
//!
//! ```text
//! cargo run --example watch [-- [--live] [KEY...]]
//! ```
//!
//! A key is `11:101`, `XSTO:ERIC B` or an ISIN. Without `--live` the market is
//! the simulator's, in this process; with it, it is the real one, as the
//! `NORDNET_*` variables say. Ctrl-C ends it.

pub(crate) mod lines;
pub(crate) mod table;

use std::io::{ErrorKind, IsTerminal as _, Write};
use std::sync::Arc;
use std::time::Duration;

use nordnet_sim::Server;
use nordnet_tokio::flow::{FindListings, Listing, ListingKey};
use nordnet_tokio::proto::ParseIdError;
use nordnet_tokio::{ApiKey, BaseUrl, Client, Event, MarketWatch};
use tokio::time::interval;

use self::lines::Lines;
use self::table::Table;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const USAGE: &str = "usage: watch [--live] [KEY...]";

/// What is watched without arguments.
const STOCKS: [&str; 4] = ["11:101", "XSTO:VOLV B", "XSTO:HM B", "SE0000108227"];

/// The time between two frames, whatever the rate of ticks.
const FRAME: Duration = Duration::from_millis(250);

#[tokio::main]
async fn main() -> Result<()> {
    let mut args: Vec<_> = std::env::args().skip(1).collect();
    let live = args.first().is_some_and(|arg| arg == "--live");
    args.drain(..usize::from(live));
    if args.is_empty() {
        args.extend(STOCKS.map(Into::into));
    }
    let keys = match args.iter().map(|arg| arg.parse()).collect() {
        Ok(keys) => keys,
        Err(error) => return Err(usage(error)),
    };

    let simulator = if live { None } else { Some(simulator()?) };
    let nordnet = match &simulator {
        Some(server) => simulated(server).await?,
        None => nordnet_tokio::from_env()?.login().await?, // read-only by type
    };
    let out = std::io::stdout();
    let watched = if out.is_terminal() {
        watch(&nordnet, keys, &mut Table::new(out), ended()).await
    } else {
        watch(&nordnet, keys, &mut Lines::new(out), ended()).await
    };
    nordnet.logout().await?;
    match watched {
        // The reader has closed the pipe, as `head` does: no error.
        Err(error) if is_broken_pipe(&*error) => Ok(()),
        watched => watched,
    }
}

/// Where quotes are shown.
pub(crate) trait Screen {
    /// Shows the present quotes.
    fn paint(&mut self, stocks: &[Arc<Listing>], market: &MarketWatch) -> std::io::Result<()>;

    /// Shows something that happened.
    fn note(&mut self, text: &str) -> std::io::Result<()>;
}

/// Shows listings until something ends it.
pub(crate) async fn watch(
    nordnet: &Client,
    keys: Vec<ListingKey>,
    screen: &mut impl Screen,
    end: impl Future<Output = ()>,
) -> Result<()> {
    let found = nordnet.run(FindListings::of_all(keys)).await?;
    let stocks = found
        .into_iter()
        .collect::<std::result::Result<Vec<_>, _>>()?;
    let first = stocks.get(..1).unwrap_or_default();
    let mut market = nordnet.market().price(&stocks).depth(first).open()?;
    let mut paint = interval(FRAME);
    let mut end = std::pin::pin!(end);
    loop {
        tokio::select! {
            event = market.next() => match event {
                Some(Event::Connected { after_gap: Some(gap) }) => screen.note(&gap.to_string())?,
                Some(Event::Disconnected(lost)) => {
                    screen.note(&format!("{lost}: every quote is stale until its next full tick"))?;
                    paint.reset_immediately(); // a gap may be shorter than a frame
                }
                Some(Event::Refused { subscription, message }) => {
                    screen.note(&format!("{subscription} is not delivered: {message}"))?;
                }
                Some(Event::Error { message, .. }) => {
                    screen.note(&format!("the server complains: {message}"))?;
                }
                Some(Event::Malformed(malformed)) => screen.note(&malformed.to_string())?,
                Some(Event::Closed(reason)) => return Err(reason.to_string().into()),
                None => return Ok(()),
                Some(_) => {} // merged already
            },
            _ = paint.tick() => screen.paint(&stocks, &market)?,
            () = &mut end => return Ok(screen.paint(&stocks, &market)?),
        }
    }
}

fn usage(error: ParseIdError) -> Box<dyn std::error::Error> {
    format!("{error}; {USAGE}").into()
}

fn simulator() -> Result<Server> {
    Ok(Server::builder().seed(1).rate(20.0).start()?)
}

async fn simulated(server: &Server) -> Result<Client> {
    let base_url: BaseUrl = server.rest_url().parse()?;
    let place = base_url.server();
    writeln!(
        std::io::stderr(),
        "SIMULATOR {place}, no account needed; --live for the real one"
    )?;
    let key = server.private_key().ok_or("the simulator made no key")?;
    let ca = server
        .ca_pem()
        .ok_or("the simulator made no certificate authority")?;
    let builder =
        nordnet_tokio::builder(base_url).key_file(ApiKey::new(server.api_key())?, key, None);
    Ok(builder.trust_only(ca).login().await?)
}

async fn ended() {
    if tokio::signal::ctrl_c().await.is_err() {
        // Without the signal, the program runs until it is killed.
        std::future::pending::<()>().await;
    }
}

fn is_broken_pipe(error: &(dyn std::error::Error + 'static)) -> bool {
    let error = error.downcast_ref::<std::io::Error>();
    error.is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
}

//! The two ways through: the simulator with an order, or the real Nordnet
//! without one.

use std::time::{Duration, Instant};

use nordnet_sim::Server;

use crate::desk::Desk;
use crate::nordnet::{ApiKey, BaseUrl, Client};
use crate::{Result, order, show};

/// How long ticks are shown.
const WATCH: Duration = Duration::from_secs(4);

/// Goes the way that the command line asks for.
pub(crate) async fn begin() -> Result<()> {
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
    show::print(format_args!(
        concat!("\n", include_str!("next.txt")),
        package = env!("CARGO_PKG_NAME")
    ));
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

//! From nothing to live ticks and a filled order, in a few seconds.
//!
//! `cargo run -p nordnet-blocking --example quickstart` starts the simulator in
//! this process and trades against it: no account, no real money.
//! With `-- --live` it speaks to the real Nordnet instead, as the `NORDNET_*`
//! variables say, and cannot place an order: its client is read-only by type.
//!
//! It is the example of the async runtimes without `async`.

#[macro_use]
#[path = "../../../nordnet-tokio/examples/quickstart/show.rs"]
mod show;
mod desk;
mod order;

use std::time::{Duration, Instant};

use nordnet_blocking as nordnet;
use nordnet_sim::Server;

use desk::Desk;
use nordnet::{ApiKey, BaseUrl, Client};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// How long ticks are shown.
const WATCH: Duration = Duration::from_secs(4);

fn main() -> Result<()> {
    let args: Vec<_> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => simulated(),
        ["--live"] => read_only(),
        _ => Err("usage: quickstart [--live]".into()),
    }
}

/// The whole path against the simulator, an order included.
fn simulated() -> Result<()> {
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
        .login()?;

    let mut desk = Desk::open(&nordnet.read_only(), start)?;
    desk.watch(WATCH)?;
    order::buy_at_ask(&nordnet, &mut desk)?;

    let unknown = nordnet.unresolved().len();
    desk.close(nordnet, unknown, start)?;
    show::print(format_args!(
        concat!(
            "\n",
            include_str!("../../../nordnet-tokio/examples/quickstart/next.txt")
        ),
        package = env!("CARGO_PKG_NAME")
    ));
    Ok(())
}

/// The real Nordnet, looking only.
fn read_only() -> Result<()> {
    let start = Instant::now();
    let nordnet = Client::from_env()?.login()?;
    let place = nordnet.base_url();
    say!("LIVE       {place}, read-only: this client cannot place an order");
    let mut desk = Desk::open(&nordnet, start)?;
    desk.watch(WATCH * 3)?;
    desk.close(nordnet, 0, start)
}

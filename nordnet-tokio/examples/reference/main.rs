//! The typical calls of each group of the API, a module for each group.
//!
//! Against the simulator, all of them or those that are named:
//!
//! ```text
//! cargo run --bin nordnet-sim -- run -- cargo run --example reference
//! cargo run --bin nordnet-sim -- run -- cargo run --example reference markets news
//! ```
//!
//! Without the simulator it takes the `NORDNET_*` variables; see
//! `nordnet_tokio::Settings`. Its client is read-only by type. For the accounts
//! see `positions`, for orders `place_order`.

mod countries;
mod instrument_search;
mod instruments;
mod login;
mod main_search;
mod markets;
mod news;
mod system;
mod tick_sizes;
mod tradables;

use std::fmt::Display;
use std::pin::Pin;
use std::process::ExitCode;

use nordnet_tokio::{Client, Result, TradableId};

type Show = fn(&Client) -> Pin<Box<dyn Future<Output = Result<()>> + '_>>;

const GROUPS: [(&str, Show); 10] = [
    ("system", |nordnet| Box::pin(system::show(nordnet))),
    ("login", |nordnet| Box::pin(login::show(nordnet))),
    ("countries", |nordnet| Box::pin(countries::show(nordnet))),
    ("markets", |nordnet| Box::pin(markets::show(nordnet))),
    ("tick_sizes", |nordnet| Box::pin(tick_sizes::show(nordnet))),
    ("instruments", |nordnet| {
        Box::pin(instruments::show(nordnet))
    }),
    ("tradables", |nordnet| Box::pin(tradables::show(nordnet))),
    ("instrument_search", |nordnet| {
        Box::pin(instrument_search::show(nordnet))
    }),
    ("main_search", |nordnet| {
        Box::pin(main_search::show(nordnet))
    }),
    ("news", |nordnet| Box::pin(news::show(nordnet))),
];

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let is_group = |name: &String| GROUPS.iter().any(|(group, _)| group == name);
    if let Some(unknown) = wanted.iter().find(|name| !is_group(name)) {
        let groups = GROUPS.map(|(group, _)| group).join(", ");
        eprintln!("no group {unknown}; there are {groups}");
        return Ok(ExitCode::from(2));
    }
    let nordnet = nordnet_tokio::from_env()?.login().await?;
    for (group, show) in GROUPS {
        if wanted.is_empty() || wanted.iter().any(|name| name == group) {
            println!("{group}");
            show(&nordnet).await?;
            println!();
        }
    }
    nordnet.logout().await?;
    Ok(ExitCode::SUCCESS)
}

/// ERIC B on Nasdaq Stockholm.
fn ericsson() -> TradableId {
    TradableId::new(11, "101")
}

/// A dash for a missing value.
fn or_dash(value: Option<impl Display>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

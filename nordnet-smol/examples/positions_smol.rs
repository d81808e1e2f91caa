//! Prints the balances and positions of every open account.
//!
//! Read-only by type: nothing in this program can place an order. It takes the
//! `NORDNET_*` variables; see `nordnet_smol::Settings`.
//!
//! ```text
//! cargo run --example positions_smol
//! ```

use nordnet_smol::api::{GetAccountInfo, ListAccounts, ListPositions};

fn main() -> nordnet_smol::Result<()> {
    smol::block_on(run())
}

async fn run() -> nordnet_smol::Result<()> {
    let nordnet = nordnet_smol::from_env()?.login().await?;
    for account in nordnet.send(ListAccounts::new()).await?.open() {
        let info = nordnet.send(GetAccountInfo::of(account)).await?;
        println!(
            "{account}  own capital {}  trading power {}",
            info.own_capital, info.trading_power
        );
        let positions = nordnet.send(ListPositions::of(account)).await?;
        for p in &positions {
            println!(
                "  {:<12} {:>8} {:>14} {:>16}",
                p.instrument.symbol, p.qty, p.acq_price, p.market_value_acc
            );
        }
        for unread in positions.skipped() {
            eprintln!("  one position could not be read: {unread}");
        }
    }
    nordnet.logout().await
}

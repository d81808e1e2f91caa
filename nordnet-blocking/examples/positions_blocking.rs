//! Prints the balances and positions of every open account.
//!
//! Read-only by type: nothing in this program can place an order. It takes the
//! `NORDNET_*` variables; see `nordnet_blocking::Settings`.
//!
//! ```text
//! cargo run --example positions_blocking
//! ```

use nordnet_blocking::api::{GetAccountInfo, ListAccounts, ListPositions};

fn main() -> nordnet_blocking::Result<()> {
    let nordnet = nordnet_blocking::from_env()?.login()?;
    for account in nordnet.send(ListAccounts::new())?.open() {
        let info = nordnet.send(GetAccountInfo::of(account))?;
        println!(
            "{account}  own capital {}  trading power {}",
            info.own_capital, info.trading_power
        );
        let positions = nordnet.send(ListPositions::of(account))?;
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
    nordnet.logout()
}

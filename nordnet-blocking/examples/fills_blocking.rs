//! Prints the executions of the last seven days as lines of CSV.
//!
//! The first column identifies an execution: it is the same each time, so that a
//! program that keeps a file can leave out those that are in it.
//!
//! ```text
//! cargo run --example fills_blocking
//! ```

use nordnet_blocking::api::{Days, ListAccounts, ListFills};

fn main() -> nordnet_blocking::Result<()> {
    let nordnet = nordnet_blocking::from_env()?.login()?;
    println!("key,time,account,tradable,side,volume,price,currency");
    for account in nordnet.send(ListAccounts::new())?.open() {
        // Seven days are as far as the API looks back.
        let call = ListFills::of(account).days(Days::MAX);
        let fills = nordnet.send(call)?;
        for (key, fill) in fills.keyed() {
            println!(
                "{key},{},{},{},{},{},{},{}",
                fill.time,
                fill.account,
                fill.tradable,
                fill.side,
                fill.volume.normalized(),
                fill.price.value,
                fill.price.currency,
            );
        }
        for unread in fills.skipped() {
            eprintln!("one execution could not be read: {unread}");
        }
    }
    nordnet.logout()
}

//! Prints the executions of the last seven days as lines of CSV.
//!
//! The first column identifies an execution: it is the same each time, so that a
//! program that keeps a file can leave out those that are in it.
//!
//! ```text
//! cargo run --example fills_smol
//! ```

use nordnet_smol::api::{Days, ListAccounts, ListFills};

fn main() -> nordnet_smol::Result<()> {
    smol::block_on(run())
}

async fn run() -> nordnet_smol::Result<()> {
    let nordnet = nordnet_smol::from_env()?.login().await?;
    println!("key,time,account,tradable,side,volume,price,currency");
    for account in nordnet.send(ListAccounts::new()).await?.open() {
        // Seven days are as far as the API looks back.
        let call = ListFills::of(account).days(Days::MAX);
        let fills = nordnet.send(call).await?;
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
    nordnet.logout().await
}

//! Places a limit order and prints its outcome: with real money, unless
//! `NORDNET_BASE_URL` is a simulator.
//!
//! ```text
//! cargo run --example place_order_blocking -- buy 10 11:101 "60.00 SEK"
//! ```

use std::error::Error;

use nordnet_blocking::api::{Account, Amount, ListAccounts, ListOrders};
use nordnet_blocking::{Client, Outcome, PlaceOrder, Trading, Unresolved};

const USAGE: &str = "usage: place_order_blocking buy|sell VOLUME TRADABLE \"PRICE CURRENCY\"";

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [side, volume, tradable, price] = &args[..] else {
        return Err(USAGE.into());
    };
    let (volume, tradable, price) = (volume.parse()?, tradable.parse()?, price.parse::<Amount>()?);

    // Without `trading` this client could not send an order.
    let nordnet = nordnet_blocking::from_env()?.trading().login()?;
    let accounts = nordnet.send(ListAccounts::new())?;
    let account = accounts.preselected().ok_or("no account is preselected")?;
    let order = match side.as_str() {
        "buy" => PlaceOrder::buy(volume, tradable, price, account)?,
        "sell" => PlaceOrder::sell(volume, tradable, price, account)?,
        _ => return Err(USAGE.into()),
    };
    // An error means that nothing was placed.
    match nordnet.send(order)? {
        Outcome::Accepted(accepted) => println!("order {} was accepted", accepted.order_id),
        Outcome::Rejected(rejection) => return Err(rejection.to_string().into()),
        Outcome::Unknown(unresolved) => look_up(&nordnet, account, &unresolved)?,
    }
    nordnet.logout()?;
    Ok(())
}

/// Looks for an order that may exist. It must not be sent again before that is known.
fn look_up(
    nordnet: &Client<Trading>,
    account: &Account,
    unresolved: &Unresolved,
) -> Result<(), Box<dyn Error>> {
    eprintln!("{unresolved}");
    let reference = Some(unresolved.reference.as_str());
    let call = ListOrders::of(account).include_deleted();
    let orders = nordnet.send(call)?;
    match orders
        .iter()
        .find(|order| order.reference.as_deref() == reference)
    {
        Some(order) => println!("order {} exists and is {}", order.order_id, order.state),
        None => return Err("not among the orders; look again before you place another".into()),
    }
    nordnet.resolve(&unresolved.reference)?;
    Ok(())
}

//! One instrument on one market: its order types, trading days and executions.

use nordnet_tokio::api::{CheckTradableSuitability, GetTradableInfo, ListTradableTrades};
use nordnet_tokio::{Client, Result};

use crate::{ericsson, or_dash};

pub(crate) async fn show(nordnet: &Client) -> Result<()> {
    for info in &nordnet.send(GetTradableInfo::of(ericsson())).await? {
        println!("  {}  icebergs: {}", info.id(), info.takes_icebergs);
        for kind in &info.order_types {
            println!("  takes {:<13} {}", kind.code, kind.name);
        }
        for day in info.calendar.iter().take(3) {
            println!("  {}  open {} to {}", day.date, day.open, day.close);
        }
    }

    let check = CheckTradableSuitability::of(ericsson());
    for verdict in &nordnet.send(check).await? {
        println!("  may be traded: {}", verdict.eligible);
    }

    // The latest five of each.
    let trades = nordnet.send(ListTradableTrades::of(ericsson())).await?;
    for trade in trades.iter().flat_map(|of| &of.trades) {
        let (buyer, seller) = (
            or_dash(trade.buyer.as_ref()),
            or_dash(trade.seller.as_ref()),
        );
        println!(
            "  {} at {}  {buyer} from {seller}",
            trade.volume, trade.price
        );
    }
    Ok(())
}

//! Master data: from the key of an order to the instrument, and on to what
//! derives from it.

use nordnet_tokio::api::{
    CheckInstrumentSuitability, Direction, LeverageQuery, ListInstrumentTrades, ListLeverages,
    LookupInstruments, TradeCount,
};
use nordnet_tokio::{Client, Result};

use crate::{ericsson, or_dash};

pub(crate) async fn show(nordnet: &Client) -> Result<()> {
    let lookup = LookupInstruments::by_tradable(ericsson());
    for share in &nordnet.send(lookup).await? {
        let (id, isin) = (share.instrument_id, or_dash(share.isin_code.as_ref()));
        println!("  {id}  {}  {}  {isin}", share.symbol, share.name);
        for at in &share.tradables {
            println!("  trades as {} in lots of {}", at.id(), at.lot_size);
        }

        let check = CheckInstrumentSuitability::of(id);
        for verdict in &nordnet.send(check).await? {
            println!("  may be traded: {}", verdict.eligible);
        }

        let bulls = LeverageQuery::on(id).direction(Direction::Up);
        for bull in &nordnet.send(ListLeverages::new(bulls)).await? {
            println!("  gains when it rises: {}", bull.name);
        }

        let trades = ListInstrumentTrades::of(id).count(TradeCount::Latest(3));
        for trade in nordnet.send(trades).await?.iter().flat_map(|of| &of.trades) {
            println!("  {}  {} at {}", trade.time, trade.volume, trade.price);
        }
    }
    Ok(())
}

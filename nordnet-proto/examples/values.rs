//! What a feed costs without this crate, for comparison: each line as a text of
//! its own, as a `serde_json::Value`, and as a struct of floating-point numbers.
//!
//! `values HOST:PORT` reads to the end, without TLS, and counts.

use std::error::Error;
use std::hint::black_box;
use std::io::{BufRead as _, BufReader, Write as _};

use serde::Deserialize;
use serde_json::Value;

macro_rules! structs {
    ($( $name:ident: $($member:ident)+; )+) => { $(
        #[derive(Clone, Debug, Deserialize)]
        #[allow(dead_code, reason = "what is read is not looked at")]
        struct $name {
            i: String,
            m: i64,
            tick_timestamp: Option<i64>,
            trade_timestamp: Option<i64>,
            $($member: Option<f64>,)+
        }
    )+ };
}

structs! {
    Price: bid bid_volume ask ask_volume last last_volume open high low close vwap turnover
        turnover_volume ep paired imbalance extended_last;
    Depth: bid1 ask1 bid_volume1 ask_volume1 bid_orders1 ask_orders1
        bid2 ask2 bid_volume2 ask_volume2 bid_orders2 ask_orders2
        bid3 ask3 bid_volume3 ask_volume3 bid_orders3 ask_orders3
        bid4 ask4 bid_volume4 ask_volume4 bid_orders4 ask_orders4
        bid5 ask5 bid_volume5 ask_volume5 bid_orders5 ask_orders5;
    Trade: price volume;
}

#[expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a program has arguments and sockets, the core has not"
)]
fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1).ok_or("usage: values HOST:PORT")?;
    let mut socket = std::net::TcpStream::connect(address)?;
    socket.write_all(
        b"{\"cmd\":\"login\",\"args\":{\"session_key\":\"bench\",\"service\":\"NEXTAPI\"}}\n",
    )?;
    let mut messages = 0;
    for line in BufReader::new(socket).lines() {
        let mut value: Value = serde_json::from_str(&line?)?;
        let data = value["data"].take();
        match value["type"].as_str() {
            Some("price") => drop(black_box(serde_json::from_value::<Price>(data)?)),
            Some("depth") => drop(black_box(serde_json::from_value::<Depth>(data)?)),
            Some("trade") => drop(black_box(serde_json::from_value::<Trade>(data)?)),
            _ => drop(black_box(data)),
        }
        messages += 1;
    }
    println!("messages={messages}");
    Ok(())
}

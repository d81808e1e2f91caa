//! What the simulated server says.

use std::fmt::Write as _;

use nordnet_proto::{Command, Subscription};

use super::kind::FULL;
use super::rng::Rng;

pub(crate) const HEARTBEAT: &str = "{\"type\":\"heartbeat\",\"data\":{}}\n";

/// A tick: all there is at first, then what changed, or a whole trade or item.
pub(crate) fn tick(subscription: &Subscription, full: bool, rng: &mut Rng) -> String {
    let kind = subscription.kind();
    let mut line = format!("{{\"type\":\"{kind}\",\"data\":{{");
    match subscription {
        Subscription::Indicator(id) => {
            let _ = write!(line, "\"i\":\"{}\",\"m\":\"{}\"", id.identifier, id.market);
        }
        Subscription::News(source) => {
            let _ = write!(
                line,
                "\"news_id\":{},\"source_id\":{source},\"timestamp\":1",
                rng.below(99)
            );
        }
        Subscription::Price(id)
        | Subscription::Depth(id)
        | Subscription::Trade(id)
        | Subscription::TradingStatus(id) => {
            let _ = write!(line, "\"m\":{},\"i\":\"{}\"", id.market, id.identifier);
        }
        _ => {}
    }
    if subscription.has_full_tick() {
        let time = if full { FULL } else { FULL + 1 };
        let _ = write!(line, ",\"tick_timestamp\":{time}");
    }
    let bid = match kind {
        "price" => "bid",
        "depth" => "bid1",
        _ => "last",
    };
    if full || rng.one_in(2) {
        let _ = write!(line, ",\"{bid}\":{}.{}", rng.below(500), rng.below(10));
    } else {
        let _ = write!(line, ",\"{bid}\":null");
    }
    // Only a full tick says this, so that a market without it missed that.
    match kind {
        "price" if full => line.push_str(",\"ask\":500"),
        "depth" if full => line.push_str(",\"ask1\":500"),
        _ => {}
    }
    line.push_str(if rng.one_in(8) { "}}\r\n" } else { "}}\n" });
    line
}

/// An update of an own order, or an execution.
pub(crate) fn own(rng: &mut Rng) -> String {
    let (order, volume) = (rng.below(1000), rng.below(100));
    if rng.one_in(2) {
        format!(
            "{{\"type\":\"order\",\"data\":{{\"order_id\":{order},\"accno\":1,\"volume\":{volume}.0}}}}\n"
        )
    } else {
        format!(
            "{{\"type\":\"trade\",\"data\":{{\"order_id\":{order},\"accno\":1,\"accid\":1,\"tradetime\":1,\"trade_id\":\"{volume}\",\"tradable\":{{\"market_id\":11,\"identifier\":\"1\"}},\"price\":{{\"value\":1.5,\"currency\":\"SEK\"}},\"volume\":{volume},\"side\":\"BUY\"}}}}\n"
        )
    }
}

/// A complaint, with the command as an object, as a text, or without it.
pub(crate) fn err(message: &str, command: Option<&[u8]>, rng: &mut Rng) -> String {
    let Some(command) = command else {
        return format!("{{\"type\":\"err\",\"data\":{{\"msg\":\"{message}\"}}}}\n");
    };
    let command = String::from_utf8_lossy(command);
    let command = command.trim_end();
    let echo = if rng.one_in(2) {
        command.to_owned()
    } else {
        let quoted = command.replace('\\', "\\\\").replace('"', "\\\"");
        format!("\"{quoted}\"")
    };
    format!("{{\"type\":\"err\",\"data\":{{\"msg\":\"{message}\",\"cmd\":{echo}}}}}\n")
}

/// Lines that are strange, or that no feed should send.
pub(crate) fn garbage(rng: &mut Rng) -> &'static [u8] {
    const LINES: [&[u8]; 20] = [
        b"\n",
        b"\r\n",
        b"\r\r\n",
        b"not json\n",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"[1,2]\n",
        b"\"text\"\n",
        b"{}\n",
        b"{\"type\":1}\n",
        b"{\"type\":\"x\",\"type\":\"y\"}\n",
        b"{\"type\":\"heartbeat\"}{\"type\":\"heartbeat\"}\n",
        b"{\"type\":\"price\"}\n",
        b"{\"type\":\"price\",\"data\":{\"i\":\"999\"}}\n",
        b"{\"type\":\"price\",\"data\":{\"i\":\"999\",\"m\":11,\"bid\":1e400}}\n",
        b"{\"type\":\"order\",\"data\":[]}\n",
        b"{\"type\":\"brand_new\",\"data\":{\"a\":[1,2]}}\n",
        b"\xff\xfe\xed\xa0\x80\n",
        b"\xef\xbb\xbf{\"type\":\"heartbeat\"}\n",
        b"{\"type\":\"heart\0beat\"}\n",
        b"{\"data\":{\"i\":\"999\",\"m\":11,\"id\":1},\"type\":\"price\"}\n",
    ];
    LINES[rng.below(LINES.len())]
}

/// The command of a subscription, which also names it among all others.
pub(crate) fn command(subscription: &Subscription, wanted: bool) -> Vec<u8> {
    let mut line = Vec::new();
    if wanted {
        Command::Subscribe(subscription).encode(&mut line);
    } else {
        Command::Unsubscribe(subscription).encode(&mut line);
    }
    line
}

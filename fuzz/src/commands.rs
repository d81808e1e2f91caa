//! Every command there and back.

use nordnet_proto::{
    Command, GetState, IndicatorId, NewsSourceId, SessionKey, Subscription, TradableId,
};
use serde_json::{Value, json};

use crate::draw::Draw;

/// The bytes choose a command and its texts and numbers. A JSON parser that is
/// not ours reads from its line what went in.
pub fn commands(data: &[u8]) {
    let mut draw = Draw(data);
    while !draw.is_empty() {
        command(&mut draw);
    }
}

fn command(draw: &mut Draw<'_>) {
    let kind = draw.below(8);
    if kind > 5 {
        let (key, service) = (draw.text(), draw.text());
        let get_state = (kind == 7).then(|| GetState {
            deleted_orders: draw.below(2) == 1,
            days: draw.number() as u32,
        });
        let mut expected = json!({"session_key": key, "service": service});
        if let Some(state) = get_state {
            expected["get_state"] =
                json!({"deleted_orders": state.deleted_orders, "days": state.days});
        }
        let command = Command::Login {
            key: &SessionKey::new(key),
            service: &service,
            get_state,
        };
        return check(command, "login", &expected);
    }
    let (market, text) = (draw.number() as i64, draw.text());
    let tradable = || TradableId::new(market, &text);
    let subscription = match kind {
        0 => Subscription::Price(tradable()),
        1 => Subscription::Depth(tradable()),
        2 => Subscription::Trade(tradable()),
        3 => Subscription::TradingStatus(tradable()),
        4 => Subscription::Indicator(IndicatorId::new(draw.text(), &text)),
        _ => Subscription::News(NewsSourceId::new(market)),
    };
    let expected = match &subscription {
        Subscription::Indicator(id) => {
            json!({"t": "indicator", "m": id.market.as_str(), "i": text})
        }
        Subscription::News(_) => json!({"t": "news", "s": market}),
        tradable => json!({"t": tradable.kind(), "m": market, "i": text}),
    };
    check(Command::Subscribe(&subscription), "subscribe", &expected);
    check(
        Command::Unsubscribe(&subscription),
        "unsubscribe",
        &expected,
    );
}

fn check(command: Command<'_>, name: &str, args: &Value) {
    let mut line = b"kept".to_vec();
    command.encode(&mut line);
    let line = line.strip_prefix(b"kept").expect("it is appended");
    let line = line.strip_suffix(b"\n").expect("it ends its line");
    assert!(
        !line.iter().any(|byte| *byte < b' '),
        "a control character would end the line or be no JSON"
    );
    let prefix = format!("{{\"cmd\":\"{name}\",\"args\":{{");
    assert!(line.starts_with(prefix.as_bytes()), "the order of members");
    let read: Value = serde_json::from_slice(line).expect("a command is JSON");
    assert_eq!(read, json!({"cmd": name, "args": args}));
}

//! The control port: what a test may do, as HTTP with JSON.

use std::time::Duration;

use serde_json::{Value, json};

use crate::exchange::{
    Answer, AuditEntry, CommandEntry, ControlError, Cut, Exchange, FeedKind, Feeds, OrderRecord,
    Reply, Request, Response,
};
use crate::fixed::Fixed;

/// Answers a request to the control port.
pub(super) fn handle(exchange: &mut Exchange, request: &Request, now: Duration) -> Reply {
    let (status, body) = match obey(exchange, request, now) {
        Ok(body) => (200, body),
        Err((status, error)) => (status, json!({ "error": error })),
    };
    let response = Response {
        status,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: body.to_string().into_bytes(),
    };
    Reply {
        response: Some(response),
        delay: Duration::ZERO,
    }
}

/// A status and what is wrong.
type Refused = (u16, String);

fn obey(exchange: &mut Exchange, request: &Request, now: Duration) -> Result<Value, Refused> {
    // A web page can send simple requests to loopback, but not with this type.
    let args = match request.method.as_str() {
        "GET" => json!({}),
        "POST" => arguments(request)?,
        _ => {
            return Err((
                405,
                "POST, or GET for /audit, /commands, /orders and /counters".to_owned(),
            ));
        }
    };
    let path = request.target.split('?').next().unwrap_or_default();
    let reads = matches!(path, "/audit" | "/commands" | "/orders" | "/counters");
    if request.method == "GET" && !reads {
        return Err((405, "POST".to_owned()));
    }
    match path {
        "/price" => set_price(exchange, &args, now)?,
        "/status" => exchange
            .set_status(text(&args, "tradable")?, text(&args, "status")?, now)
            .map_err(refused)?,
        "/fill" => exchange
            .fill_order(number(&args, "order_id")?, number(&args, "volume")?, now)
            .map_err(refused)?,
        "/expire" => exchange.expire_sessions(now),
        "/logins" => exchange.refuse_logins(flag(&args, "refused", true)?),
        "/cut" => {
            let abrupt = flag(&args, "abrupt", false)?;
            let cut = if abrupt { Cut::Abrupt } else { Cut::Clean };
            exchange.cut_feeds(feeds(&args)?, cut, now);
        }
        "/stall" => exchange.stall_feeds(feeds(&args)?, milliseconds(&args)?, now),
        "/pause" => exchange.pause_ticks(flag(&args, "paused", true)?, now),
        "/inject" => exchange.inject(feeds(&args)?, text(&args, "line")?, now),
        "/jump" => exchange.jump_clock(milliseconds(&args)?, now),
        "/respond" => {
            let times = optional_number(&args, "times")?
                .unwrap_or(1)
                .clamp(0, 10_000);
            exchange
                .respond(text(&args, "operation")?, times as usize, &answer(&args)?)
                .map_err(refused)?;
        }
        "/audit" => return Ok(exchange.audit().iter().map(audit_entry).collect()),
        "/commands" => return Ok(exchange.commands().iter().map(command).collect()),
        "/orders" => {
            exchange.handle_timeout(now);
            return Ok(exchange.orders().iter().map(order).collect());
        }
        "/counters" => return Ok(counters(exchange)),
        _ => return Err((404, "unknown path".to_owned())),
    }
    Ok(json!({}))
}

fn arguments(request: &Request) -> Result<Value, Refused> {
    let kind = request.header("content-type").unwrap_or_default();
    if !kind.starts_with("application/json") {
        return Err((415, "content-type must be application/json".to_owned()));
    }
    if request.body.is_empty() {
        return Ok(json!({}));
    }
    serde_json::from_slice(&request.body).map_err(|error| (400, error.to_string()))
}

fn set_price(exchange: &mut Exchange, args: &Value, now: Duration) -> Result<(), Refused> {
    let tradable = text(args, "tradable")?;
    let result = match args.get("price") {
        Some(_) => {
            let at = price(args, "price")?.ok_or_else(|| wrong("price"))?;
            exchange.set_price(tradable, at, now)
        }
        None => exchange.set_quote(tradable, price(args, "bid")?, price(args, "ask")?, now),
    };
    result.map_err(refused)
}

fn answer(args: &Value) -> Result<Answer, Refused> {
    let processed = flag(args, "processed", false)?;
    if flag(args, "close", false)? {
        return Ok(if processed {
            Answer::CloseProcessed
        } else {
            Answer::CloseUnprocessed
        });
    }
    let Some(status) = optional_number(args, "status")? else {
        return Ok(Answer::Delay(milliseconds(args)?));
    };
    let mut headers = Vec::new();
    if let Some(given) = args.get("headers").and_then(Value::as_object) {
        for (name, value) in given {
            let value = value.as_str().ok_or_else(|| wrong("headers"))?;
            headers.push((name.clone(), value.to_owned()));
        }
    }
    let body = match args.get("body") {
        None => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(json) => json.to_string(),
    };
    let response = Response {
        status: u16::try_from(status).map_err(|_| wrong("status"))?,
        headers,
        body: body.into_bytes(),
    };
    Ok(Answer::Reply {
        response,
        processed,
    })
}

fn audit_entry(entry: &AuditEntry) -> Value {
    json!({
        "at_ms": entry.at.as_millis() as u64,
        "method": entry.method,
        "target": entry.target,
        "operation": entry.operation,
        "epoch": entry.epoch,
        "key_suffix": entry.key_suffix,
        "body": entry.body,
        "status": entry.status,
    })
}

fn command(entry: &CommandEntry) -> Value {
    let feed = match entry.feed {
        FeedKind::Public => "public",
        FeedKind::Private => "private",
    };
    json!({
        "at_ms": entry.at.as_millis() as u64,
        "feed": feed,
        "connection": entry.connection,
        "text": entry.text,
    })
}

fn order(order: &OrderRecord) -> Value {
    json!({
        "order_id": order.order_id,
        "accno": order.accno,
        "tradable": order.tradable,
        "side": order.side.code(),
        "price": order.price.to_string(),
        "volume": order.volume,
        "traded_volume": order.traded_volume,
        "order_state": order.order_state,
        "action_state": order.action_state,
        "reference": order.reference,
    })
}

fn counters(exchange: &Exchange) -> Value {
    let counters = exchange.counters();
    json!({
        "requests": counters.requests,
        "login_starts": counters.login_starts,
        "logins": counters.logins,
        "refused_logins": counters.refused_logins,
        "public_connections": counters.public_connections,
        "private_connections": counters.private_connections,
        "commands": counters.commands,
    })
}

fn feeds(args: &Value) -> Result<Feeds, Refused> {
    match args.get("feed").map(Value::as_str) {
        None | Some(Some("all")) => Ok(Feeds::All),
        Some(Some("public")) => Ok(Feeds::Public),
        Some(Some("private")) => Ok(Feeds::Private),
        Some(_) => Err(wrong("feed")),
    }
}

fn milliseconds(args: &Value) -> Result<Duration, Refused> {
    let count = args
        .get("ms")
        .and_then(Value::as_u64)
        .ok_or_else(|| wrong("ms"))?;
    Ok(Duration::from_millis(count))
}

fn text<'a>(args: &'a Value, name: &str) -> Result<&'a str, Refused> {
    args.get(name)
        .and_then(Value::as_str)
        .ok_or_else(|| wrong(name))
}

fn number(args: &Value, name: &str) -> Result<i64, Refused> {
    optional_number(args, name)?.ok_or_else(|| wrong(name))
}

fn optional_number(args: &Value, name: &str) -> Result<Option<i64>, Refused> {
    let parse = |value: &Value| value.as_i64().ok_or_else(|| wrong(name));
    args.get(name).map(parse).transpose()
}

fn flag(args: &Value, name: &str, default: bool) -> Result<bool, Refused> {
    let value = args.get(name).map_or(Some(default), Value::as_bool);
    value.ok_or_else(|| wrong(name))
}

/// Reads a price from a text or a number; `null` and nothing are none.
fn price(args: &Value, name: &str) -> Result<Option<Fixed>, Refused> {
    let text = match args.get(name) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        Some(_) => return Err(wrong(name)),
    };
    text.parse().map(Some).map_err(|_| wrong(name))
}

fn wrong(name: &str) -> Refused {
    (400, format!("`{name}` is missing or wrong"))
}

fn refused(error: ControlError) -> Refused {
    (400, error.to_string())
}

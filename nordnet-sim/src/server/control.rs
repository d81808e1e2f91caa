//! The control port: what [`Control`] can do, as HTTP with JSON.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::exchange::{ControlError, Delivery, Reply, Request, Response};
use crate::faults::Faults;

use super::handle::Control;
use super::shared::Shared;
use args::Args;

mod args;
mod describe;
mod origin;

/// What can be asked for.
const QUESTIONS: [&str; 10] = [
    "accounts",
    "audit",
    "audit/raw?connection=N",
    "commands",
    "connections",
    "counters",
    "orders",
    "sessions",
    "time",
    "tradables",
];

/// What can be done, with the names of the arguments.
const DEEDS: [(&str, &[&str]); 23] = [
    ("price", &["tradable", "price", "bid", "ask"]),
    ("status", &["tradable", "status"]),
    ("fill", &["order_id", "volume"]),
    ("remove", &["order_id"]),
    ("reject", &["times"]),
    ("cash", &["accno", "value", "currency"]),
    ("position", &["accno", "tradable", "quantity"]),
    ("news", &["source", "headline", "tradable"]),
    ("pause", &["paused"]),
    ("jump", &["ms", "to", "at", "market"]),
    ("expire", &["epoch"]),
    ("logins", &["refused"]),
    (
        "respond",
        &[
            "operation",
            "times",
            "status",
            "headers",
            "body",
            "raw",
            "padding",
            "processed",
            "ms",
            "interim",
            "interim_times",
            "interim_bytes",
            "early",
            "stray_ms",
            "stray",
            "chunked",
            "slow_head_ms",
            "slow_body_ms",
            "cut_at",
            "cut_body_at",
            "cut_before_end",
            "how",
        ],
    ),
    ("faults", &["faults"]),
    ("cut", &["feed", "how"]),
    ("stall", &["feed", "ms"]),
    ("inject", &["feed", "line", "bytes", "times"]),
    ("disconnect", &["connection", "how"]),
    ("cut_at", &["channel", "direction", "bytes", "how"]),
    ("cut_after", &["channel", "direction", "bytes", "how"]),
    ("refuse", &["channel", "ms"]),
    ("handshakes", &["channel", "times"]),
    ("reset", &[]),
];

/// Answers a request to the control port.
pub(super) fn answer(shared: &Arc<Shared>, request: &Request) -> Reply {
    let control = Control::new(Arc::clone(shared));
    let (status, body) = match obey(&control, request) {
        Ok(body) => (200, body),
        Err(Refused(status, error)) => (status, json!({ "error": error })),
    };
    let response = Response {
        status,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: body.to_string().into_bytes(),
    };
    Reply {
        response: Some(response),
        delay: Duration::ZERO,
        delivery: Delivery::default(),
    }
}

impl Control {
    /// Does what a `POST` to the control port does, such as
    /// `post("respond", r#"{"operation":"*","status":503}"#)`.
    ///
    /// # Errors
    ///
    /// [`Refused`] if it is not known or cannot be done.
    pub fn post(&self, deed: &str, arguments: &str) -> Result<(), Refused> {
        act(
            self,
            &format!("/{deed}"),
            &Args::read(arguments.as_bytes())?,
        )
    }

    /// Tells what a `GET` from the control port tells, as JSON.
    ///
    /// # Errors
    ///
    /// [`Refused`] if it is not known.
    pub fn get(&self, question: &str) -> Result<String, Refused> {
        let (path, query) = question.split_once('?').unwrap_or((question, ""));
        tell(self, &format!("/{path}"), query).map(|answer| answer.to_string())
    }
}

/// Why the control port does not do what it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused(u16, String);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.1)
    }
}

impl std::error::Error for Refused {}

impl Refused {
    fn unknown_path() -> Self {
        let (asks, deeds) = (QUESTIONS.join(", "), DEEDS.map(|(name, _)| name).join(", "));
        Self(404, format!("unknown path; GET {asks}; POST {deeds}"))
    }
}

impl From<ControlError> for Refused {
    fn from(error: ControlError) -> Self {
        Self(400, error.to_string())
    }
}

fn obey(control: &Control, request: &Request) -> Result<Value, Refused> {
    origin::check(request)?;
    let (path, query) = request
        .target
        .split_once('?')
        .unwrap_or((&request.target, ""));
    match request.method.as_str() {
        "GET" => tell(control, path, query),
        "POST" => {
            // A web page can send simple requests to loopback, but not with
            // this type.
            let kind = request.header("content-type").unwrap_or_default();
            if !kind.starts_with("application/json") {
                let error = "content-type must be application/json";
                return Err(Refused(415, error.to_owned()));
            }
            act(control, path, &Args::read(&request.body)?)?;
            Ok(json!({}))
        }
        _ => Err(Refused(405, "GET to ask, POST to do".to_owned())),
    }
}

fn tell(control: &Control, path: &str, query: &str) -> Result<Value, Refused> {
    Ok(match path {
        "/accounts" => control.accounts().iter().map(describe::account).collect(),
        "/audit" => control.audit().iter().map(describe::request).collect(),
        "/audit/raw" => {
            let number = query
                .strip_prefix("connection=")
                .and_then(|number| number.parse().ok());
            let number: u64 = number.ok_or_else(|| args::wrong("connection"))?;
            let bytes = control.received(number);
            describe::received(number, &bytes.ok_or(ControlError::UnknownConnection)?)
        }
        "/commands" => control.commands().iter().map(describe::command).collect(),
        "/connections" => {
            let connections = control.connections();
            connections.iter().map(describe::connection).collect()
        }
        "/counters" => describe::counters(&control.counters()),
        "/orders" => control.orders().iter().map(describe::order).collect(),
        "/sessions" => control.sessions().iter().map(describe::session).collect(),
        "/time" => json!({ "ms": control.time() }),
        "/tradables" => control.tradables().into(),
        _ => return Err(Refused::unknown_path()),
    })
}

fn act(control: &Control, path: &str, args: &Args) -> Result<(), Refused> {
    let deed = DEEDS
        .iter()
        .find(|(name, _)| path.strip_prefix('/') == Some(name));
    let (_, arguments) = deed.ok_or_else(Refused::unknown_path)?;
    args.expect_only(arguments)?;
    match path {
        "/price" => {
            let tradable = args.text("tradable")?;
            match args.decimal("price")? {
                Some(price) => control.set_price(tradable, &price)?,
                None => {
                    // A side that was forgotten is not to be withdrawn.
                    args.expect_all(&["bid", "ask"])?;
                    let (bid, ask) = (args.decimal("bid")?, args.decimal("ask")?);
                    control.set_quote(tradable, bid.as_deref(), ask.as_deref())?;
                }
            }
        }
        "/reject" => {
            let times = args.count("times")?.unwrap_or(1).min(10_000);
            control.reject_orders(times as usize);
        }
        "/remove" => control.remove_order(args.number("order_id")?)?,
        "/cash" => {
            let value = args.decimal("value")?.ok_or_else(|| args::wrong("value"))?;
            let currency = args.optional_text("currency")?.unwrap_or("SEK");
            control.set_cash(args.number("accno")?, &value, currency)?;
        }
        "/position" => {
            let quantity = args.count("quantity")?.map(u32::try_from);
            let quantity = quantity.and_then(Result::ok);
            let quantity = quantity.ok_or_else(|| args::wrong("quantity"))?;
            control.set_position(args.number("accno")?, args.text("tradable")?, quantity)?;
        }
        "/news" => {
            let source = args.count("source")?.unwrap_or(2) as i64;
            let tradable = args.optional_text("tradable")?;
            control.publish_news(source, args.text("headline")?, tradable)?;
        }
        "/status" => control.set_status(args.text("tradable")?, args.text("status")?)?,
        "/fill" => control.fill(args.number("order_id")?, args.number("volume")?)?,
        "/expire" => match args.count("epoch")? {
            Some(epoch) => control.expire_session(epoch)?,
            None => control.expire_sessions(),
        },
        "/logins" => control.refuse_logins(args.flag("refused", true)?),
        "/respond" => {
            let times = args.count("times")?.unwrap_or(1).min(10_000);
            let (operation, answer) = (args.text("operation")?, args.answer()?);
            match args.flag("early", false)? {
                true => control.answer_early(operation, times as usize, &answer)?,
                false => control.respond(operation, times as usize, answer)?,
            }
        }
        "/faults" => {
            let faults = args.text("faults")?.parse::<Faults>();
            control.set_faults(faults.map_err(|unknown| Refused(400, format!("{unknown}")))?);
        }
        "/cut" => control.cut_feeds(args.feeds()?, args.cut("how")?),
        "/disconnect" => {
            let connection = args.count("connection")?;
            let connection = connection.ok_or_else(|| args::wrong("connection"))?;
            control.disconnect(connection, args.cut("how")?)?;
        }
        "/cut_at" | "/cut_after" => {
            let (channel, direction) = (args.channel()?, args.direction()?);
            let bytes = args.count("bytes")?.ok_or_else(|| args::wrong("bytes"))?;
            let cut = args.cut("how")?;
            match path {
                "/cut_at" => control.cut_at(channel, direction, bytes, cut),
                _ => control.cut_after(channel, direction, bytes, cut),
            }
        }
        "/refuse" => control.refuse_connections(args.channel()?, args.time("ms")?),
        "/handshakes" => {
            let times = args.count("times")?.unwrap_or(1).min(10_000);
            control.stall_handshakes(args.channel()?, times as usize);
        }
        "/stall" => control.stall_feeds(args.feeds()?, args.time("ms")?),
        "/inject" => match args.optional_text("line")? {
            Some(line) => control.inject(args.feeds()?, line),
            None => {
                let times = args.count("times")?.unwrap_or(1).min(1 << 24) as usize;
                let bytes = args.text("bytes")?.as_bytes();
                if bytes.len().saturating_mul(times) > 1 << 24 {
                    return Err(args::wrong("times"));
                }
                control.inject_bytes(args.feeds()?, &bytes.repeat(times));
            }
        },
        "/pause" => control.pause_ticks(args.flag("paused", true)?),
        "/jump" => match args.moment()? {
            Some(moment) => control.jump_clock_to(moment)?,
            None => control.jump_clock(args.time("ms")?),
        },
        "/reset" => control.reset(),
        _ => return Err(Refused::unknown_path()),
    }
    Ok(())
}

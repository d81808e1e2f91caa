//! The arguments of a call to the control port.

use std::time::Duration;

use serde_json::{Value, json};

use crate::exchange::{Answer, Cut, Feeds, Moment, Part, Place};
use crate::server::plan::{Channel, Direction};

use super::Refused;

pub(super) struct Args(Value);

impl Args {
    pub(super) fn read(body: &[u8]) -> Result<Self, Refused> {
        if body.is_empty() {
            return Ok(Self(Value::Null));
        }
        let value = serde_json::from_slice(body);
        value
            .map(Self)
            .map_err(|error| Refused(400, error.to_string()))
    }

    /// Refuses arguments of other names, which are most likely misspelt.
    pub(super) fn expect_only(&self, names: &[&str]) -> Result<(), Refused> {
        let given = self.0.as_object().into_iter().flatten();
        let unknown = given
            .map(|(name, _)| name)
            .find(|name| !names.contains(&name.as_str()));
        unknown.map_or(Ok(()), |name| {
            let known = names.join(", ");
            let error = format!("unknown argument `{name}`; known are: {known}");
            Err(Refused(400, error))
        })
    }

    pub(super) fn expect_all(&self, names: &[&str]) -> Result<(), Refused> {
        let missing = names.iter().find(|name| self.0.get(name).is_none());
        missing.map_or(Ok(()), |name| Err(wrong(name)))
    }

    pub(super) fn text(&self, name: &str) -> Result<&str, Refused> {
        self.optional_text(name)?.ok_or_else(|| wrong(name))
    }

    pub(super) fn optional_text(&self, name: &str) -> Result<Option<&str>, Refused> {
        self.optional(name, Value::as_str)
    }

    pub(super) fn number(&self, name: &str) -> Result<i64, Refused> {
        self.optional(name, Value::as_i64)?
            .ok_or_else(|| wrong(name))
    }

    pub(super) fn count(&self, name: &str) -> Result<Option<u64>, Refused> {
        self.optional(name, Value::as_u64)
    }

    pub(super) fn flag(&self, name: &str, default: bool) -> Result<bool, Refused> {
        Ok(self.optional(name, Value::as_bool)?.unwrap_or(default))
    }

    /// Reads a decimal from a text or a number; `null` and nothing are none.
    pub(super) fn decimal(&self, name: &str) -> Result<Option<String>, Refused> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(_) => Err(wrong(name)),
        }
    }

    pub(super) fn time(&self, name: &str) -> Result<Duration, Refused> {
        self.optional_time(name)?.ok_or_else(|| wrong(name))
    }

    /// Reads where the market's clock is to jump: to a time, or to what `to`
    /// says of a market, Stockholm if there is no other.
    pub(super) fn moment(&self) -> Result<Option<Moment>, Refused> {
        let market = self.optional("market", Value::as_i64)?.unwrap_or(11);
        let at = self.optional("at", Value::as_i64)?;
        Ok(match self.optional_text("to")? {
            Some("phase") => Some(Moment::NextPhase(market)),
            Some("open") => Some(Moment::Open(market)),
            Some("close") => Some(Moment::Close(market)),
            Some(_) => return Err(wrong("to")),
            None => at.map(Moment::At),
        })
    }

    pub(super) fn feeds(&self) -> Result<Feeds, Refused> {
        match self.optional_text("feed")? {
            None | Some("all") => Ok(Feeds::All),
            Some("public") => Ok(Feeds::Public),
            Some("private") => Ok(Feeds::Private),
            Some(_) => Err(wrong("feed")),
        }
    }

    pub(super) fn channel(&self) -> Result<Channel, Refused> {
        match self.text("channel")? {
            "rest" => Ok(Channel::Rest),
            "public" => Ok(Channel::Public),
            "private" => Ok(Channel::Private),
            _ => Err(wrong("channel")),
        }
    }

    pub(super) fn direction(&self) -> Result<Direction, Refused> {
        match self.text("direction")? {
            "in" => Ok(Direction::In),
            "out" => Ok(Direction::Out),
            _ => Err(wrong("direction")),
        }
    }

    pub(super) fn cut(&self, name: &str) -> Result<Cut, Refused> {
        match self.optional_text(name)? {
            None | Some("clean") => Ok(Cut::Clean),
            Some("abrupt") => Ok(Cut::Abrupt),
            Some("reset") => Ok(Cut::Reset),
            Some("stall") => Ok(Cut::Stall),
            Some(_) => Err(wrong(name)),
        }
    }

    /// Reads what is to happen to a request.
    pub(super) fn answer(&self) -> Result<Answer, Refused> {
        let mut answer = match (self.optional_text("raw")?, self.count("status")?) {
            (Some(raw), _) => Answer::garbage(raw),
            (None, Some(status)) => refusal(u16::try_from(status).map_err(|_| wrong("status"))?),
            (None, None) => Answer::ordinary(),
        };
        if let Some(headers) = self.optional("headers", Value::as_object)? {
            for (name, value) in headers {
                answer = answer.header(name, value.as_str().ok_or_else(|| wrong("headers"))?);
            }
        }
        if let Some(body) = self.body("body") {
            answer = answer.body(body);
        }
        if let Some(spaces) = self.count("padding")? {
            answer = answer.padded(spaces.min(1 << 28) as usize);
        }
        if let Some(processed) = self.optional("processed", Value::as_bool)? {
            answer = match processed {
                true => answer.processed(),
                false => answer.unprocessed(),
            };
        }
        if let Some(delay) = self.optional_time("ms")? {
            answer = answer.late(delay);
        }
        if let Some(status) = self.count("interim")? {
            let status = u16::try_from(status).map_err(|_| wrong("interim"))?;
            answer = match (self.count("interim_times")?, self.count("interim_bytes")?) {
                (None, None) => answer.after_interim(status),
                (times, bytes) => {
                    let bytes = bytes.unwrap_or(0).min(1 << 20) as usize;
                    answer.after_flood(status, times.unwrap_or(1), bytes)
                }
            };
        }
        if let Some(after) = self.optional_time("stray_ms")? {
            answer = answer.then_stray(after, self.body("stray").as_deref());
        }
        if self.flag("chunked", false)? {
            answer = answer.chunked();
        }
        for (name, from) in [("slow_head_ms", Part::Head), ("slow_body_ms", Part::Body)] {
            if let Some(pause) = self.optional_time(name)? {
                answer = answer.dripped(from, pause);
            }
        }
        let places = [
            ("cut_at", Place::Byte as fn(usize) -> Place),
            ("cut_body_at", Place::Body),
            ("cut_before_end", Place::BeforeEnd),
        ];
        for (name, place) in places {
            if let Some(count) = self.count(name)? {
                let place = place(usize::try_from(count).unwrap_or(usize::MAX));
                answer = answer.cut_at(place, self.cut("how")?);
            }
        }
        Ok(answer)
    }

    /// Reads a body: a text as it is, anything else as JSON.
    fn body(&self, name: &str) -> Option<String> {
        match self.0.get(name)? {
            Value::String(text) => Some(text.clone()),
            json => Some(json.to_string()),
        }
    }

    fn optional_time(&self, name: &str) -> Result<Option<Duration>, Refused> {
        Ok(self.count(name)?.map(Duration::from_millis))
    }

    fn optional<'a, T>(
        &'a self,
        name: &str,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, Refused> {
        let value = self.0.get(name).map(read);
        value
            .map(|value| value.ok_or_else(|| wrong(name)))
            .transpose()
    }
}

/// Makes a response of this status, with the body of an error where the
/// reference has one.
fn refusal(status: u16) -> Answer {
    let code = match status {
        400 => "INVALID_PARAMETER",
        401 => "INVALID_SESSION",
        404 => "NOT_FOUND",
        429 => "TOO_MANY_REQUESTS",
        503 => "SERVICE_UNAVAILABLE",
        _ => return Answer::status(status),
    };
    Answer::status(status)
        .header("content-type", "application/json;charset=UTF-8")
        .body(json!({ "code": code }).to_string())
}

pub(super) fn wrong(name: &str) -> Refused {
    Refused(400, format!("`{name}` is missing or wrong"))
}

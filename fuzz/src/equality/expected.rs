//! What a line means, by `serde_json` alone.

mod others;

use nordnet_proto::{
    Change, Decimal, Decoded, DepthTick, IndicatorTick, Malformed, MarketMessage, PriceTick,
    PublicTrade, TradingStatus, Volume,
};
use serde_json::value::RawValue;

use crate::decimal::{naive, same};

/// An object: its members in their order, those with the same name too.
struct Object<'a>(Vec<(String, &'a RawValue)>);

/// What a member may be.
enum Value {
    Decimal(Change<Decimal>),
    Integer(Change<i64>),
    Count(Change<u32>),
    Text(Change<String>),
}

/// Panics where what was found is not what the line means.
pub(super) fn check(line: &[u8], found: &Result<Decoded<MarketMessage>, Malformed>) {
    let shown = String::from_utf8_lossy(line);
    let Some((kind, data)) = outer(line) else {
        assert!(found.is_err(), "{shown} is no message");
        return;
    };
    let names = names(&kind);
    let data = data.and_then(|data| object(data.get()));
    if names.is_empty() {
        return others::check(&kind, &shown, data.as_ref(), found);
    }
    let fits = data
        .as_ref()
        .is_some_and(|data| data.fits(&names, kind == "indicator"));
    let message = match found {
        Ok(Decoded::Message(message)) => message,
        Ok(_) => panic!("{shown} is a tick"),
        Err(_) => return assert!(!fits, "{shown} is a message"),
    };
    let (id, market, values) = values(message).expect(&shown);
    assert!(fits, "{shown} does not fit");
    let data = data.expect("it fits");
    assert_eq!(data.text("i"), Some(id), "{shown}");
    let wanted = if kind == "indicator" {
        data.text("m")
    } else {
        data.get("m").and_then(integer).map(|m| m.to_string())
    };
    assert_eq!(wanted, Some(market), "{shown}");
    assert_eq!(values.len() + 2, names.len());
    for ((name, _), value) in names.iter().skip(2).zip(values) {
        let json = data.get(name);
        assert!(value.is(json, kind == "trade"), "{name} of {shown}");
    }
}

/// The type and the data of a line that is an object with a type.
fn outer(line: &[u8]) -> Option<(String, Option<&RawValue>)> {
    let outer = object(std::str::from_utf8(line).ok()?)?;
    if outer.count("type") != 1 || outer.count("data") > 1 {
        return None;
    }
    let kind = outer.text("type")?;
    Some((kind, outer.get("data")))
}

fn object(json: &str) -> Option<Object<'_>> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let members = serde::de::Deserializer::deserialize_map(&mut deserializer, Visitor).ok()?;
    deserializer.end().ok()?;
    Some(Object(members))
}

struct Visitor;

impl<'de> serde::de::Visitor<'de> for Visitor {
    type Value = Vec<(String, &'de RawValue)>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(members)
    }
}

impl<'a> Object<'a> {
    fn count(&self, name: &str) -> usize {
        self.0.iter().filter(|(found, _)| found == name).count()
    }

    fn get(&self, name: &str) -> Option<&'a RawValue> {
        let (_, json) = self.0.iter().find(|(found, _)| found == name)?;
        Some(json)
    }

    fn text(&self, name: &str) -> Option<String> {
        serde_json::from_str(self.get(name)?.get()).ok()
    }

    /// Whether every member is there once at most, and can be read.
    fn fits(&self, names: &[(String, char)], market_is_text: bool) -> bool {
        let ids_fit = self.text("i").is_some()
            && if market_is_text {
                self.text("m").is_some()
            } else {
                self.get("m").and_then(integer).is_some()
            };
        ids_fit
            && names.iter().all(|(name, form)| {
                let value_fits = self.get(name).is_none_or(|json| match form {
                    _ if json.get() == "null" => true,
                    'd' => decimal(json).is_some(),
                    'i' => integer(json).is_some(),
                    'c' => integer(json).is_some_and(|count| u32::try_from(count).is_ok()),
                    't' => self.text(name).is_some(),
                    _ => true,
                });
                self.count(name) <= 1 && value_fits
            })
    }
}

fn decimal(json: &RawValue) -> Option<Decimal> {
    Decimal::from_ascii(json.get().as_bytes()).ok()
}

fn integer(json: &RawValue) -> Option<i64> {
    let number = decimal(json).map(Decimal::normalized);
    number
        .filter(|number| number.scale() == 0)
        .map(Decimal::mantissa)
}

impl Value {
    /// Whether this is what stands on the wire. Some have but one word for
    /// absent and `null`.
    fn is(&self, json: Option<&RawValue>, is_optional: bool) -> bool {
        let text = match json.map(RawValue::get) {
            None => return self.is_change().is_none(),
            Some("null") => return self.is_change() == (!is_optional).then_some(false),
            Some(text) => text,
        };
        match self {
            Self::Decimal(Change::Set(number)) => {
                let exact = naive(text.as_bytes())
                    .is_some_and(|(mantissa, exponent)| same(number, mantissa, exponent));
                exact && has_places_of(text, *number)
            }
            Self::Integer(Change::Set(number)) => json.and_then(integer) == Some(*number),
            Self::Count(Change::Set(count)) => json.and_then(integer) == Some((*count).into()),
            Self::Text(Change::Set(found)) => {
                serde_json::from_str::<String>(text).is_ok_and(|text| text == *found)
            }
            _ => false,
        }
    }

    /// Nothing if unchanged, else whether there is a value.
    fn is_change(&self) -> Option<bool> {
        fn set<T>(change: &Change<T>) -> Option<bool> {
            change.is_change().then(|| !change.is_cleared())
        }
        match self {
            Self::Decimal(change) => set(change),
            Self::Integer(change) => set(change),
            Self::Count(change) => set(change),
            Self::Text(change) => set(change),
        }
    }
}

/// Whether a number keeps the places that its text has, unless there are too
/// many, or an exponent.
fn has_places_of(text: &str, number: Decimal) -> bool {
    let places = text.split_once('.').map_or(0, |(_, places)| places.len());
    let scale = usize::from(number.scale());
    let has_room =
        number.scale() < Decimal::MAX_SCALE && number.mantissa().checked_mul(10).is_some();
    text.contains(['e', 'E']) || scale == places || scale < places && !has_room
}

/// The names of a type's members, `i` and `m` first, with the letter of their
/// form; none for what is no tick.
fn names(kind: &str) -> Vec<(String, char)> {
    let list = match kind {
        "price" => {
            "i m tick_timestamp:i trade_timestamp:i delayed:i bid:d bid_volume:d ask:d ask_volume:d \
             last:d last_volume:d open:d high:d low:d close:d vwap:d turnover:d turnover_volume:d \
             ep:d paired:d imbalance:d extended_last:d"
        }
        "depth" => {
            let mut names = vec![("i".into(), ' '), ("m".into(), ' ')];
            names.push(("tick_timestamp".into(), 'i'));
            for level in 1..=DepthTick::LEVELS {
                for (name, form) in [
                    ("bid", 'd'),
                    ("ask", 'd'),
                    ("bid_volume", 'd'),
                    ("ask_volume", 'd'),
                    ("bid_orders", 'c'),
                    ("ask_orders", 'c'),
                ] {
                    names.push((format!("{name}{level}"), form));
                }
            }
            return names;
        }
        "indicator" => "i m tick_timestamp:i delayed:i last:d high:d low:d close:d",
        "trade" => {
            "i m trade_timestamp:i price:d volume:d broker_buying:t broker_selling:t trade_id:t \
             trade_type:t"
        }
        "trading_status" => {
            "i m tick_timestamp:i status:t source_status:t halted:t orderbook_status:t"
        }
        _ => "",
    };
    let split = |name: &str| match name.split_once(':') {
        Some((name, form)) => (name.into(), form.chars().next().unwrap_or(' ')),
        None => (name.into(), ' '),
    };
    list.split_whitespace().map(split).collect()
}

/// The id and the market of a tick, and its members in the order of the names.
fn values(message: &MarketMessage) -> Option<(String, String, Vec<Value>)> {
    let (tradable, values) = match message {
        MarketMessage::Price(tick) => (tick.tradable(), price(tick)),
        MarketMessage::Depth(tick) => (tick.tradable(), depth(tick)),
        MarketMessage::Trade(trade) => (trade.tradable(), public_trade(trade)),
        MarketMessage::TradingStatus(tick) => (tick.tradable(), trading_status(tick)),
        MarketMessage::Indicator(tick) => {
            let id = tick.indicator();
            let market = id.market.as_str().into();
            return Some((id.identifier.as_str().into(), market, indicator(tick)));
        }
        _ => return None,
    };
    let market = tradable.market.get().to_string();
    Some((tradable.identifier.as_str().into(), market, values))
}

fn price(tick: &PriceTick) -> Vec<Value> {
    let mut values = vec![
        Value::Integer(tick.tick_timestamp().map(|time| time.as_millis())),
        Value::Integer(tick.trade_timestamp().map(|time| time.as_millis())),
        Value::Integer(tick.delayed()),
    ];
    let decimals = [
        tick.bid(),
        tick.bid_volume().map(Volume::get),
        tick.ask(),
        tick.ask_volume().map(Volume::get),
        tick.last(),
        tick.last_volume().map(Volume::get),
        tick.open(),
        tick.high(),
        tick.low(),
        tick.close(),
        tick.vwap(),
        tick.turnover(),
        tick.turnover_volume().map(Volume::get),
        tick.ep(),
        tick.paired().map(Volume::get),
        tick.imbalance().map(Volume::get),
        tick.extended_last(),
    ];
    values.extend(decimals.map(Value::Decimal));
    values
}

fn depth(tick: &DepthTick) -> Vec<Value> {
    let time = tick.tick_timestamp().map(|time| time.as_millis());
    let mut values = vec![Value::Integer(time)];
    for level in tick.levels() {
        values.extend([
            Value::Decimal(level.bid),
            Value::Decimal(level.ask),
            Value::Decimal(level.bid_volume.map(Volume::get)),
            Value::Decimal(level.ask_volume.map(Volume::get)),
            Value::Count(level.bid_orders),
            Value::Count(level.ask_orders),
        ]);
    }
    values
}

fn indicator(tick: &IndicatorTick) -> Vec<Value> {
    vec![
        Value::Integer(tick.tick_timestamp().map(|time| time.as_millis())),
        Value::Integer(tick.delayed()),
        Value::Decimal(tick.last()),
        Value::Decimal(tick.high()),
        Value::Decimal(tick.low()),
        Value::Decimal(tick.close()),
    ]
}

fn trading_status(tick: &TradingStatus) -> Vec<Value> {
    vec![
        Value::Integer(tick.tick_timestamp().map(|time| time.as_millis())),
        Value::Text(tick.status().map(Into::into)),
        Value::Text(tick.source_status().map(Into::into)),
        Value::Text(tick.halted().map(Into::into)),
        Value::Text(tick.orderbook_status().map(Into::into)),
    ]
}

fn public_trade(trade: &PublicTrade) -> Vec<Value> {
    vec![
        Value::Integer(change(trade.time().map(|time| time.as_millis()))),
        Value::Decimal(change(trade.price())),
        Value::Decimal(change(trade.volume().map(Volume::get))),
        Value::Text(change(trade.broker_buying().map(Into::into))),
        Value::Text(change(trade.broker_selling().map(Into::into))),
        Value::Text(change(trade.trade_id().map(|id| id.as_str().into()))),
        Value::Text(change(trade.trade_type().map(Into::into))),
    ]
}

fn change<T>(value: Option<T>) -> Change<T> {
    value.map_or(Change::Unchanged, Change::Set)
}

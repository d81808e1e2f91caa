//! Own executions, and what tells one from another.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::Side;
use crate::api::Amount;
use crate::decimal::Decimal;
use crate::error_traits::error_traits;
use crate::id::{AccountId, AccountNumber, OrderId, TradableId, TradeId};
use crate::response::List;
use crate::time::Timestamp;
use crate::volume::Volume;

/// One own execution; schema `Trade`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Fill {
    /// The order that was executed.
    pub order_id: OrderId,
    /// The account.
    #[serde(rename = "accno")]
    pub account: AccountNumber,
    /// The index of the account in this session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accid: Option<AccountId>,
    /// What was traded.
    pub tradable: TradableId,
    /// The direction, seen from the account.
    pub side: Side,
    /// The price of one unit.
    pub price: Amount,
    /// Units executed.
    pub volume: Volume,
    /// When it was executed.
    #[serde(rename = "tradetime")]
    pub time: Timestamp,
    /// The market's own id as it came; some markets give none. An empty one names
    /// nothing: [`key`](Self::key) passes it over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trade_id: Option<TradeId>,
    /// The other side, when the market tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counterparty: Option<String>,
}

impl Fill {
    /// What tells this execution from others: the same each time it is listed.
    ///
    /// Where the market gives no id, two executions of one order in the same
    /// millisecond at the same price and of the same volume have one key;
    /// [`List::keyed`] tells them apart. An id without a letter or a digit above
    /// zero, such as `0`, stands for none.
    #[must_use]
    pub fn key(&self) -> FillKey {
        let rest = match &self.trade_id {
            Some(id) if names_one(id.as_str()) => Rest::Id(id.clone()),
            _ => Rest::Facts {
                time: self.time,
                price: self.price.value.normalized(),
                volume: self.volume.get().normalized(),
                nth: 0,
            },
        };
        FillKey {
            order_id: self.order_id,
            rest,
        }
    }
}

/// Returns `true` if an id can tell one execution from another.
fn names_one(id: &str) -> bool {
    id.chars().any(|c| c.is_alphanumeric() && c != '0')
}

impl List<Fill> {
    /// The executions with their keys. Two are equal only if the market gave
    /// one id twice.
    ///
    /// A list of other days gives the same execution the same key.
    ///
    /// ```
    /// use nordnet_proto::List;
    /// use nordnet_proto::api::Fill;
    ///
    /// # let fill = r#"{"order_id":430518110,"accno":60012345,"side":"SELL","volume":50.0,"tradetime":1773734561007,
    /// #     "price":{"value":316.20,"currency":"SEK"},"tradable":{"market_id":11,"identifier":"366"}}"#;
    /// # let text = format!("[{fill},{fill}]");
    /// let fills: List<Fill> = serde_json::from_str(&text)?; // two that look the same
    /// let keys: Vec<_> = fills.keyed().map(|(key, _)| key.to_string()).collect();
    /// assert_eq!(keys, ["430518110 1773734561007 316.2 50 0", "430518110 1773734561007 316.2 50 1"]);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn keyed(&self) -> impl Iterator<Item = (FillKey, &Fill)> {
        let mut seen = BTreeMap::new();
        self.iter().map(move |fill| {
            let mut key = fill.key();
            let count: &mut u32 = seen.entry(key.clone()).or_default();
            if let Rest::Facts { nth, .. } = &mut key.rest {
                *nth = *count;
            }
            *count += 1;
            (key, fill)
        })
    }
}

/// What tells an own execution from others, for a file of those that were seen:
/// the order and the market's id of the execution, or what is known of it where
/// the market gives no id.
///
/// It is written as a text, and reads that text back.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FillKey {
    order_id: OrderId,
    rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Rest {
    Id(TradeId),
    Facts {
        time: Timestamp,
        price: Decimal,
        volume: Decimal,
        /// How many like it came before it.
        nth: u32,
    },
}

impl fmt::Display for FillKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.rest {
            Rest::Id(id) => write!(f, "{}/{id}", self.order_id),
            Rest::Facts {
                time,
                price,
                volume,
                nth,
            } => {
                let millis = time.as_millis();
                write!(f, "{} {millis} {price} {volume} {nth}", self.order_id)
            }
        }
    }
}

impl FromStr for FillKey {
    type Err = FillKeyError;

    fn from_str(text: &str) -> Result<Self, FillKeyError> {
        let order = |text: &str| text.parse().map_err(|_| FillKeyError(()));
        if let Some((order_id, id)) = text.split_once('/') {
            // Earlier versions wrote such keys; they tell nothing apart.
            if !names_one(id) {
                return Err(FillKeyError(()));
            }
            return Ok(Self {
                order_id: order(order_id)?,
                rest: Rest::Id(TradeId::new(id)),
            });
        }
        let mut words = text.split(' ');
        let mut next = || words.next().ok_or(FillKeyError(()));
        let order_id = order(next()?)?;
        let number = |text: &str| text.parse::<Decimal>().map_err(|_| FillKeyError(()));
        let rest = Rest::Facts {
            time: Timestamp::from_millis(next()?.parse().map_err(|_| FillKeyError(()))?),
            price: number(next()?)?.normalized(),
            volume: number(next()?)?.normalized(),
            nth: next()?.parse().map_err(|_| FillKeyError(()))?,
        };
        match words.next() {
            None => Ok(Self { order_id, rest }),
            Some(_) => Err(FillKeyError(())),
        }
    }
}

impl Serialize for FillKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FillKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

/// A text that is no [`FillKey`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct FillKeyError(());

impl fmt::Display for FillKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not the key of an execution")
    }
}

error_traits!(FillKeyError);

#[cfg(test)]
mod tests {
    use super::*;

    fn fills(more: &[&str]) -> List<Fill> {
        let fills: Vec<_> = more
            .iter()
            .map(|more| {
                format!(
                    r#"{{"order_id":1,"accno":2,"side":"BUY","tradable":{{"market_id":11,"identifier":"101"}},{more}}}"#
                )
            })
            .collect();
        serde_json::from_str(&format!("[{}]", fills.join(","))).unwrap()
    }

    /// Rows: the id, and whether it is the key.
    #[test]
    fn an_id_that_names_nothing_is_no_key() {
        let rest = r#""tradetime":5,"volume":10,"price":{"value":86.5,"currency":"SEK"}"#;
        let other = rest.replace("\"tradetime\":5", "\"tradetime\":6");
        for (id, is_key) in [
            (r#""""#, false),
            (r#"" ""#, false),
            (r#""\t\n\u00a0""#, false),
            ("null", false),
            (r#""0""#, false),
            (r#""000""#, false),
            (r#""-""#, false),
            (r#""00-0""#, false),
            (r#""01""#, true),
            (r#""A""#, true),
        ] {
            let with = |rest: &str| format!(r#""trade_id":{id},{rest}"#);
            let fills = fills(&[&with(rest), &with(&other), &with(rest)]);
            let keys: Vec<_> = fills.keyed().map(|(key, _)| key).collect();
            assert_eq!(keys[0] == keys[1], is_key, "{id}");
            assert_eq!(keys[0] == keys[2], is_key, "{id}");
        }
    }

    #[test]
    fn a_key_does_not_depend_on_how_numbers_are_written_or_which_day_is_listed() {
        let one = r#""tradetime":5,"volume":10.0,"price":{"value":86.5,"currency":"SEK"}"#;
        let same = r#""tradetime":5.0,"volume":10,"price":{"value":86.50,"currency":"SEK"}"#;
        let later = r#""tradetime":6,"volume":10,"price":{"value":86.50,"currency":"SEK"}"#;
        let named =
            r#""trade_id":"A/7 9","tradetime":5,"volume":1,"price":{"value":1,"currency":"SEK"}"#;
        let keys = |list: &List<Fill>| -> Vec<_> { list.keyed().map(|(key, _)| key).collect() };
        let all = keys(&fills(&[one, named, same, later, named]));
        assert_eq!(all[0], fills(&[same])[0].key());
        assert_eq!(
            keys(&fills(&[later, same, one])),
            [&all[3..4], &all[..1], &all[2..3]].concat()
        );
        assert_ne!(all[0], all[2]);
        // The market's id is taken at its word.
        assert_eq!(all[1], all[4]);
        for key in all {
            assert_eq!(key.to_string().parse(), Ok(key.clone()));
            let json = serde_json::to_string(&key).unwrap();
            assert_eq!(serde_json::from_str::<FillKey>(&json).unwrap(), key);
        }
        for text in [
            "",
            "1",
            "x/1",
            "1/",
            "1/ ",
            "1/0",
            "1 2 3 4",
            "1 2 3 4 5 6",
            "1 2 3 4 -5",
        ] {
            assert_eq!(text.parse::<FillKey>(), Err(FillKeyError(())), "{text}");
        }
    }
}

//! Objects read member by member, with every member's text at hand.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use smol_str::SmolStr;

use crate::decimal::Decimal;

/// An object with a fixed set of known members; others are ignored.
pub(super) trait Members: Sized {
    /// The names of the known members, up to 64.
    const NAMES: &'static [&'static str];

    /// How many of the names, from the first on, have to occur.
    const REQUIRED: usize;

    fn empty() -> Self;

    /// Takes the JSON text of the member with this place among the names.
    fn put(&mut self, member: usize, json: &str) -> Result<(), &'static str>;

    /// Takes note of which members were there, and which of these were `null`,
    /// by the bit of their place.
    fn finish(&mut self, _seen: u64, _null: u64) {}
}

/// Reads an object from a JSON text.
pub(super) fn read<M: Members>(json: &str) -> Result<M, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let object = deserializer.deserialize_map(ObjectVisitor::<M>(PhantomData))?;
    deserializer.end()?;
    Ok(object)
}

/// A JSON number, exactly.
pub(super) fn decimal(json: &str) -> Result<Decimal, &'static str> {
    Decimal::from_ascii(json.as_bytes()).map_err(|_| "is not a number that can be held exactly")
}

/// A JSON number without a fraction, however it is written.
pub(super) fn integer(json: &str) -> Result<i64, &'static str> {
    json.parse().or_else(|_| {
        let number = decimal(json)?.normalized();
        if number.scale() == 0 {
            Ok(number.mantissa())
        } else {
            Err("is not a whole number")
        }
    })
}

/// A JSON array of whole numbers.
pub(super) fn integers(json: &str) -> Result<Vec<i64>, &'static str> {
    let items: Vec<&RawValue> = serde_json::from_str(json).map_err(|_| "is not an array")?;
    items.into_iter().map(|item| integer(item.get())).collect()
}

/// A JSON string.
pub(super) fn text(json: &str) -> Result<SmolStr, &'static str> {
    serde_json::from_str(json).map_err(|_| "is not a text")
}

/// Nothing for `null`, else what is read.
pub(super) fn optional<T>(
    json: &str,
    read: fn(&str) -> Result<T, &'static str>,
) -> Result<Option<T>, &'static str> {
    if json == "null" {
        Ok(None)
    } else {
        read(json).map(Some)
    }
}

struct ObjectVisitor<M>(PhantomData<M>);

impl<'de, M: Members> Visitor<'de> for ObjectVisitor<M> {
    type Value = M;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<M, A::Error> {
        let mut object = M::empty();
        let (mut seen, mut null) = (0_u64, 0_u64);
        while let Some(member) = map.next_key_seed(Name(M::NAMES))? {
            let Some((member, name)) = member else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let bit = 1 << (member & 63);
            if seen & bit != 0 {
                return Err(A::Error::custom(format_args!("{name} occurs twice")));
            }
            seen |= bit;
            let json = map.next_value::<&RawValue>()?.get();
            null |= if json == "null" { bit } else { 0 };
            object
                .put(member, json)
                .map_err(|reason| A::Error::custom(format_args!("{name} {reason}")))?;
        }
        let missing = M::NAMES
            .iter()
            .take(M::REQUIRED)
            .zip(0..)
            .find(|(_, n)| seen & (1 << n) == 0);
        match missing {
            Some((name, _)) => Err(A::Error::custom(format_args!("{name} is missing"))),
            None => {
                object.finish(seen, null);
                Ok(object)
            }
        }
    }
}

/// Finds a member's place among the names.
struct Name(&'static [&'static str]);

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Option<(usize, &'static str)>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name {
    type Value = Option<(usize, &'static str)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member's name")
    }

    fn visit_str<E>(self, found: &str) -> Result<Self::Value, E> {
        let place = self.0.iter().position(|name| *name == found);
        Ok(place.and_then(|place| Some((place, *self.0.get(place)?))))
    }
}

//! What a line means that is no tick.

use nordnet_proto::{Decoded, Malformed, MarketMessage};
use serde_json::value::RawValue;

use super::{Object, integer};

/// The members of a news item: its number and source, when, the headline, the
/// language and the type, and the instruments.
type News = (i64, i64, Option<i64>, [Option<String>; 3], Vec<i64>);

/// Panics where what was found is not what a line of such a type means.
pub(super) fn check(
    kind: &str,
    line: &str,
    data: Option<&Object<'_>>,
    found: &Result<Decoded<MarketMessage>, Malformed>,
) {
    use MarketMessage::{Heartbeat, News, Unknown};
    match (kind, found) {
        ("news", Ok(Decoded::Message(News(item)))) => {
            let item = (
                item.news_id.get(),
                item.source.get(),
                item.timestamp.map(|time| time.as_millis()),
                [&item.headline, &item.language, &item.kind].map(Clone::clone),
                item.instruments.iter().map(|id| id.get()).collect(),
            );
            assert_eq!(data.and_then(news), Some(item), "{line}");
        }
        ("news", Err(_)) => assert!(data.and_then(news).is_none(), "{line} is news"),
        // Whatever their data is.
        ("heartbeat", Ok(Decoded::Message(Heartbeat))) | ("err", Ok(Decoded::Error(_))) => {}
        (_, Ok(Decoded::Message(Unknown(unknown)))) => {
            let is_known = matches!(kind, "news" | "heartbeat" | "err");
            assert!(!is_known, "{line} is known");
            assert_eq!((&*unknown.kind, &*unknown.raw), (kind, line));
        }
        (_, found) => panic!("{line} is no {found:?}"),
    }
}

/// A news item, if each member is there once at most and can be read.
fn news(data: &Object<'_>) -> Option<News> {
    let names = "news_id source_id timestamp headline lang type instruments";
    if names.split(' ').any(|name| data.count(name) > 1) {
        return None;
    }
    let text = |name| optional(data, name, |json| serde_json::from_str(json.get()).ok());
    Some((
        integer(data.get("news_id")?)?,
        integer(data.get("source_id")?)?,
        optional(data, "timestamp", integer)?,
        [text("headline")?, text("lang")?, text("type")?],
        optional(data, "instruments", integers)?.unwrap_or_default(),
    ))
}

/// Nothing if the member is absent or `null`; `None` if it cannot be read.
fn optional<T>(
    data: &Object<'_>,
    name: &str,
    read: impl Fn(&RawValue) -> Option<T>,
) -> Option<Option<T>> {
    let json = data.get(name).filter(|json| json.get() != "null");
    match json {
        None => Some(None),
        Some(json) => read(json).map(Some),
    }
}

fn integers(json: &RawValue) -> Option<Vec<i64>> {
    let items: Vec<&RawValue> = serde_json::from_str(json.get()).ok()?;
    items.into_iter().map(integer).collect()
}

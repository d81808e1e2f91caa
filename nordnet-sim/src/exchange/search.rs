//! The list searches: stocks, leveraged products, option chains.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::dialect::EmptyLists;
use crate::fixed::Fixed;
use crate::json::{Json, object};

use super::Exchange;
use super::listings::{Kind, Underlying};
use super::rest::{Call, Refusal};

mod attributes;
mod facets;
mod figures;
mod row;

pub(super) use attributes::Group;
use attributes::{ATTRIBUTES, Attribute, Filter};
pub(super) use row::Row;

/// A kind of list that can be searched, with the blocks of its rows.
struct List {
    kind: Kind,
    groups: &'static [Group],
}

const STOCKS: List = List {
    kind: Kind::Share,
    groups: &[
        Group::Instrument,
        Group::Exchange,
        Group::Market,
        Group::Price,
        Group::Company,
        Group::Returns,
        Group::Ratios,
        Group::Statistics,
    ],
};
const BULL_BEAR: List = List {
    kind: Kind::Certificate,
    groups: &[
        Group::Instrument,
        Group::Etp,
        Group::Certificate,
        Group::Exchange,
        Group::Market,
        Group::Price,
    ],
};
const KNOCK_OUT: &[Group] = &[
    Group::Instrument,
    Group::Etp,
    Group::Exchange,
    Group::Market,
    Group::KnockOut,
    Group::KnockOutSum,
    Group::KnockOutPrice,
    Group::Price,
];
const MINI_FUTURES: List = List {
    kind: Kind::MiniFuture,
    groups: KNOCK_OUT,
};
const TURBOS: List = List {
    kind: Kind::Turbo,
    groups: KNOCK_OUT,
};
const OPTIONS: List = List {
    kind: Kind::Option,
    groups: &[
        Group::Instrument,
        Group::Exchange,
        Group::Market,
        Group::Derivative,
        Group::Option,
        Group::Price,
    ],
};

/// What `attribute_groups` takes. Nothing belongs to the first.
const STOCK_GROUPS: [&str; 9] = [
    "DOCUMENT_INFO",
    "EXCHANGE_INFO",
    "HISTORICAL_RETURN_INFO",
    "INSTRUMENT_INFO",
    "KEY_RATIOS_INFO",
    "PRICE_INFO",
    "MARKET_INFO",
    "COMPANY_INFO",
    "STATISTICAL_INFO",
];

/// A condition of `apply_filters`: an attribute is one of these values.
type Condition<'a> = (&'static Attribute, Vec<&'a str>);

impl Exchange {
    /// `GET /instrument_search/query/stocklist`
    pub(super) fn search_stocks(&self, call: &Call<'_>) -> Result<Json, Refusal> {
        let groups = call.choices("attribute_groups", &STOCK_GROUPS)?;
        let single = call.list("attributes");
        let all = groups.is_empty() && single.is_empty();
        let wanted =
            |one: &Attribute| all || groups.contains(&one.group.code()) || single.contains(&one.id);
        let (_, page) = self.search(call, &STOCKS, Some("name"), wanted)?;
        Ok(page)
    }

    /// `GET /instrument_search/query/bullbearlist`
    pub(super) fn search_bull_bear(&self, call: &Call<'_>) -> Result<Json, Refusal> {
        let (total, page) = self.search(call, &BULL_BEAR, Some("name"), |_| true)?;
        // This search alone says without a body that there is nothing.
        if total == 0 && self.config.dialect.empty_lists == EmptyLists::NoContent {
            return Ok(Json::Absent);
        }
        Ok(page)
    }

    /// `GET /instrument_search/query/minifuturelist`
    pub(super) fn search_mini_futures(&self, call: &Call<'_>) -> Result<Json, Refusal> {
        let (_, page) = self.search(call, &MINI_FUTURES, None, |_| true)?;
        Ok(page)
    }

    /// `GET /instrument_search/query/unlimitedturbolist`
    pub(super) fn search_unlimited_turbos(&self, call: &Call<'_>) -> Result<Json, Refusal> {
        let (_, page) = self.search(call, &TURBOS, None, |_| true)?;
        Ok(page)
    }

    /// `GET /instrument_search/query/optionlist/pairs`
    pub(super) fn search_option_pairs(&self, call: &Call<'_>) -> Result<Json, Refusal> {
        let required = |name| call.query(name).ok_or_else(|| Refusal::parameter(name));
        let currency = required("currency")?;
        let symbol = required("underlying_symbol")?;
        let expiry = required("expire_date")?.parse::<i64>();
        let expiry = expiry.map_err(|_| Refusal::parameter("expire_date"))?;
        let mut pairs: BTreeMap<Fixed, [Json; 2]> = BTreeMap::new();
        for (index, listing) in self.listings() {
            let Some(terms) = &listing.terms else {
                continue;
            };
            let on_symbol = matches!(terms.underlying, Underlying::Listing(index)
                if self.market[index].listing.symbol == symbol);
            let expires = terms.expiry().map(|date| date.start()) == Some(expiry);
            if listing.kind == OPTIONS.kind
                && listing.currency() == currency
                && on_symbol
                && expires
                && let Some(strike) = terms.strike()
            {
                let pair = pairs
                    .entry(strike)
                    .or_insert_with(|| [object! {}, object! {}]);
                let row = self.row(index, call.english);
                pair[usize::from(!terms.rises)] = row.blocks(OPTIONS.groups, |_| true);
            }
        }
        let count = pairs.len() as i64;
        let results = pairs
            .into_iter()
            .map(|(strike, [call_option, put_option])| {
                object! {
                    "strike_price": strike,
                    "call_option": call_option,
                    "put_option": put_option,
                }
            });
        Ok(object! {
            "rows": count,
            "total_hits": count,
            "results": results.collect::<Vec<_>>(),
        })
    }

    pub(super) fn row(&self, index: usize, english: bool) -> Row<'_> {
        Row {
            exchange: self,
            index,
            english,
        }
    }

    /// Returns how many hits there are, and the page of them that is asked for.
    fn search(
        &self,
        call: &Call<'_>,
        list: &List,
        sort: Option<&str>,
        wanted: impl Fn(&Attribute) -> bool,
    ) -> Result<(usize, Json), Refusal> {
        let limit = call.count("limit", 50)?;
        let offset = call.count("offset", 0)?;
        let descending = call.choice("sort_order", &["asc", "desc"])? == Some("desc");
        let conditions = conditions(call)?;
        let text = call.query("free_text_search").map(str::to_lowercase);
        let sort = match call.query("sort_attribute").or(sort) {
            None => None,
            Some(id) => Some(
                Attribute::find(id)
                    .filter(|one| one.sorts)
                    .ok_or(Refusal::parameter("sort_attribute"))?,
            ),
        };
        let rows = self.listings().filter(|(_, one)| one.kind == list.kind);
        let rows = rows.map(|(index, _)| self.row(index, call.english));
        let mut hits: Vec<(Option<Key>, Row<'_>)> = rows
            .filter(|row| text.as_deref().is_none_or(|text| row.mentions(text)))
            .filter(|row| row.meets(&conditions))
            .map(|row| (sort.and_then(|one| key_of(&(one.value)(&row))), row))
            .collect();
        hits.sort_by(|(one, _), (other, _)| in_order(one.as_ref(), other.as_ref(), descending));
        let total = hits.len();
        let page: Vec<Row<'_>> = hits
            .into_iter()
            .map(|(_, row)| row)
            .skip(offset)
            .take(limit)
            .collect();
        let results = page.iter().map(|row| row.blocks(list.groups, &wanted));
        let mut members = vec![
            ("rows", Json::Int(page.len() as i64)),
            ("total_hits", Json::Int(total as i64)),
            ("results", results.collect::<Vec<_>>().into()),
        ];
        if list.groups.contains(&Group::Etp) {
            members.push(("underlying_instrument_id", shared_underlying(&page).into()));
        }
        Ok((total, Json::Object(members)))
    }
}

impl Row<'_> {
    /// Returns the blocks of these groups with the attributes that are wanted.
    fn blocks(&self, groups: &[Group], wanted: impl Fn(&Attribute) -> bool) -> Json {
        let block = |group: &Group| (group.block(), self.block(*group, &wanted));
        Json::Object(groups.iter().map(block).collect())
    }

    /// Returns a whole block, absent if it would be empty.
    pub(super) fn whole_block(&self, group: Group) -> Json {
        self.block(group, |_| true)
    }

    fn block(&self, group: Group, wanted: impl Fn(&Attribute) -> bool) -> Json {
        let members = ATTRIBUTES.iter().filter(|one| one.group == group);
        let members: Vec<_> = members
            .filter(|one| wanted(one))
            .map(|one| (one.member, (one.value)(self)))
            .collect();
        if members.iter().all(|(_, value)| *value == Json::Absent) {
            return Json::Absent;
        }
        Json::Object(members)
    }

    fn meets(&self, conditions: &[Condition<'_>]) -> bool {
        conditions.iter().all(|(attribute, values)| {
            let key = key_of(&(attribute.value)(self));
            key.is_some_and(|key| values.iter().any(|value| key.says(value)))
        })
    }
}

/// Returns what all rows follow, if that is the same.
fn shared_underlying(page: &[Row<'_>]) -> Option<i64> {
    let followed = |row: &Row<'_>| row.followed().map(|one| one.instrument_id);
    let first = page.first().and_then(followed);
    first.filter(|_| page.iter().all(|row| followed(row) == first))
}

/// Reads `name=value,value|name=value`: conditions that all have to be met.
fn conditions<'a>(call: &'a Call<'_>) -> Result<Vec<Condition<'a>>, Refusal> {
    let text = call.query("apply_filters").unwrap_or_default();
    let conditions = text.split('|').filter(|part| !part.is_empty()).map(|part| {
        let (id, values) = part.split_once('=')?;
        let attribute = Attribute::find(id).filter(|one| one.filter != Filter::No)?;
        Some((attribute, values.split(',').collect()))
    });
    let conditions: Option<_> = conditions.collect();
    conditions.ok_or(Refusal::parameter("apply_filters"))
}

/// A value that can be compared with others of its attribute.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Bool(bool),
    Number(Fixed),
    Text(String),
}

impl Key {
    fn says(&self, value: &str) -> bool {
        match self {
            Self::Number(number) => value.parse() == Ok(*number),
            _ => self.to_string() == value.to_lowercase(),
        }
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bool(value) => value.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => f.write_str(&text.to_lowercase()),
        }
    }
}

fn key_of(value: &Json) -> Option<Key> {
    match value {
        Json::Bool(value) => Some(Key::Bool(*value)),
        Json::Int(number) => Some(Key::Number(Fixed::from_units(*number))),
        Json::Number(number) => Some(Key::Number(*number)),
        Json::Text(text) => Some(Key::Text(text.clone())),
        // A price or a difference, with its digits.
        Json::Object(members) => members.first().and_then(|(_, value)| key_of(value)),
        _ => None,
    }
}

/// What has no value comes last, in either direction.
fn in_order(one: Option<&Key>, other: Option<&Key>, descending: bool) -> Ordering {
    match (one, other) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Greater,
        (Some(_), None) => Ordering::Less,
        (Some(one), Some(other)) if descending => other.cmp(one),
        (Some(one), Some(other)) => one.cmp(other),
    }
}

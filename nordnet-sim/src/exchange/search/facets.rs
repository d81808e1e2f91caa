//! What the searches can do with each attribute, and the values it has.

use std::collections::BTreeMap;

use crate::json::{Json, object};

use super::super::Exchange;
use super::super::listings::{Kind, venue_of};
use super::super::rest::{Call, Refusal};
use super::super::texts::{COUNTRIES, INSTRUMENT_TYPES};
use super::attributes::{ATTRIBUTES, Attribute, Filter, Group};
use super::row::Row;
use super::{BULL_BEAR, Key, MINI_FUTURES, OPTIONS, STOCKS, TURBOS, conditions, key_of};

/// What `attribute_group` takes.
const GROUPS: [&str; 17] = [
    "EXCHANGE_INFO",
    "HISTORICAL_RETURN_INFO",
    "INSTRUMENT_INFO",
    "KEY_RATIOS_INFO",
    "PRICE_INFO",
    "MARKET_INFO",
    "OPTION_INFO",
    "UNDERLYING_INFO",
    "FUND_INFO",
    "PRICE_KO_INFO",
    "DERIVATIVE_INFO",
    "ETP_INFO",
    "KO_INFO",
    "CERTIFICATES_INFO",
    "STATISTICAL_INFO",
    "COMPANY_INFO",
    "STATUS_INFO",
];

const ENTITY_TYPES: [&str; 11] = [
    "STOCKLIST",
    "OPTIONLIST",
    "FUTUREFORWARDLIST",
    "BULLBEARLIST",
    "MINIFUTURELIST",
    "UNLIMITEDTURBOLIST",
    "WARRANTLIST",
    "ASSET",
    "FUNDLIST",
    "DANISHINVESTFUNDLIST",
    "ETFLIST",
];

const TRADED: &[Group] = &[
    Group::Instrument,
    Group::Exchange,
    Group::Market,
    Group::Price,
    Group::Etp,
    Group::Status,
];

/// Returns what belongs to a kind of list: everything to all assets, and to
/// those that there is nothing of here, no listing.
fn entity(name: Option<&str>) -> (Option<Kind>, &'static [Group]) {
    match name {
        Some("STOCKLIST") => (Some(STOCKS.kind), STOCKS.groups),
        Some("OPTIONLIST") => (Some(OPTIONS.kind), OPTIONS.groups),
        Some("BULLBEARLIST") => (Some(BULL_BEAR.kind), BULL_BEAR.groups),
        Some("MINIFUTURELIST") => (Some(MINI_FUTURES.kind), MINI_FUTURES.groups),
        Some("UNLIMITEDTURBOLIST") => (Some(TURBOS.kind), TURBOS.groups),
        Some("WARRANTLIST") => (Some(Kind::Warrant), TRADED),
        Some("ETFLIST") => (Some(Kind::Fund), TRADED),
        Some("FUTUREFORWARDLIST" | "FUNDLIST" | "DANISHINVESTFUNDLIST") => (None, &[]),
        _ => (None, ALL),
    }
}

const ALL: &[Group] = &[
    Group::Instrument,
    Group::Exchange,
    Group::Market,
    Group::Price,
    Group::Company,
    Group::Returns,
    Group::Ratios,
    Group::Statistics,
    Group::Status,
    Group::Certificate,
    Group::Etp,
    Group::KnockOut,
    Group::KnockOutSum,
    Group::KnockOutPrice,
    Group::Derivative,
    Group::Option,
];

impl Exchange {
    /// `GET /instrument_search/attributes`
    pub(crate) fn search_attributes(&self, call: &Call<'_>) -> Result<Json, Refusal> {
        let asked = call.choices("attribute_group", &GROUPS)?;
        let (kind, groups) = entity(call.choice("entity_type", &ENTITY_TYPES)?);
        let filterable = call.flag("only_filterable", false)?;
        let returnable = call.flag("only_returnable", false)?;
        let sortable = call.flag("only_sortable", false)?;
        let conditions = conditions(call)?;
        let (expand, minmax) = (call.list("expand"), call.list("minmax"));

        let rows = self.listings();
        let rows = rows.filter(|(_, one)| kind.is_none_or(|kind| kind == one.kind));
        let rows = rows.map(|(index, _)| self.row(index, call.english));
        let rows: Vec<Row<'_>> = rows.filter(|row| row.meets(&conditions)).collect();

        let chosen = ATTRIBUTES.iter().filter(|one| {
            groups.contains(&one.group)
                && (asked.is_empty() || asked.contains(&one.group.code()))
                && (!filterable || one.filter != Filter::No)
                && (!returnable || one.is_returned())
                && (!sortable || one.sorts)
        });
        let attributes: Vec<Json> = chosen
            .map(|one| {
                let told = match one.filter {
                    Filter::Listed => true,
                    Filter::Within(_) => expand.contains(&one.id),
                    Filter::Free | Filter::No => false,
                };
                let values = told.then(|| one.values(&rows, call));
                let (min, max) = if minmax.contains(&one.id) {
                    one.bounds(&rows)
                } else {
                    (None, None)
                };
                object! {
                    "id": one.id,
                    "name": one.name.map(|name| call.say(name)),
                    "filterable": one.filter != Filter::No,
                    "sortable": one.sorts,
                    "returnable": one.is_returned(),
                    "filter_details": one.filter_details(values),
                    "min": min,
                    "max": max,
                }
            })
            .collect();
        Ok(object! {
            "attributes_count": attributes.len() as i64,
            "attributes": (!attributes.is_empty()).then_some(attributes),
        })
    }
}

impl Attribute {
    /// The trading status is not part of any list.
    fn is_returned(&self) -> bool {
        self.group != Group::Status
    }

    fn filter_details(&self, values: Option<Json>) -> Json {
        let parent = match self.filter {
            Filter::No => return Json::Absent,
            Filter::Within(parent) => Some(parent),
            Filter::Free | Filter::Listed => None,
        };
        object! {
            "attribute": self.id,
            "parent_filters": parent.map(|parent| Json::Array(vec![parent.into()])),
            "requires_expand": parent.is_some(),
            "values": values,
        }
    }

    fn keys<'a>(&self, rows: &'a [Row<'_>]) -> impl Iterator<Item = Key> + use<'a, '_> {
        let value = self.value;
        rows.iter().filter_map(move |row| key_of(&value(row)))
    }

    fn values(&self, rows: &[Row<'_>], call: &Call<'_>) -> Json {
        let mut counts: BTreeMap<Key, i64> = BTreeMap::new();
        for key in self.keys(rows) {
            *counts.entry(key).or_default() += 1;
        }
        let values = counts.into_iter().map(|(key, count)| {
            let id = match &key {
                Key::Text(text) => text.clone(),
                key => key.to_string(),
            };
            object! { "name": self.label(&id, call), "id": id, "count": count }
        });
        Json::Array(values.collect())
    }

    /// Returns the name of a value that has one.
    fn label(&self, id: &str, call: &Call<'_>) -> Option<&'static str> {
        match self.id {
            "market_id" => venue_of(id.parse().ok()?).map(|venue| call.say(venue.name)),
            "exchange_country" => {
                let country = COUNTRIES.iter().find(|(code, _)| *code == id);
                country.map(|(_, name)| call.say(*name))
            }
            "instrument_type" => {
                let naming = INSTRUMENT_TYPES
                    .iter()
                    .find(|naming| naming.instrument_type == id);
                naming.map(|naming| call.say(naming.name))
            }
            _ => None,
        }
    }

    /// Returns the least and the greatest of its values that are numbers.
    fn bounds(&self, rows: &[Row<'_>]) -> (Option<Json>, Option<Json>) {
        let numbers = self.keys(rows).filter_map(|key| match key {
            Key::Number(number) => Some(number),
            _ => None,
        });
        let numbers: Vec<_> = numbers.collect();
        let least = numbers.iter().min().map(|number| Json::Number(*number));
        let greatest = numbers.iter().max().map(|number| Json::Number(*number));
        (least, greatest)
    }
}

//! Instruments, their types, what derives from them, and who may trade them.

use std::collections::BTreeSet;

use crate::json::{Json, object};

use super::Exchange;
use super::catalog::tradable_key;
use super::clock::Date;
use super::listings::{Issuer, Kind, Listing, Terms, Underlying};
use super::master::{untraded, untraded_at, untraded_numbered};
use super::rest::{Call, Refusal};
use super::texts::{INSTRUMENT_TYPES, Naming};

impl Exchange {
    /// `GET /instruments/{instrument_id}`
    pub(super) fn get_instruments(&self, call: &Call<'_>) -> Result<Json, Refusal> {
        let ids = call.numbers(0, "instrument_id")?.into_iter();
        let found = ids.map(|id| {
            let listed = self.instrument_numbered(id);
            listed
                .map(|index| self.instrument(index))
                .or_else(|| untraded_numbered(id).map(untraded))
        });
        self.listed(found, "instrument_id")
    }

    /// `GET /instruments/lookup/{lookup_type}/{lookup}`
    pub(super) fn lookup_instruments(&self, call: &Call<'_>) -> Result<Json, Refusal> {
        let unreadable = Refusal::parameter("lookup");
        let mut found = Vec::new();
        for key in call.segment(1).split(',') {
            found.push(match call.segment(0) {
                "market_id_identifier" => {
                    let (market, identifier) = tradable_key(key).ok_or(unreadable)?;
                    let listed = self.instrument_at(market, identifier);
                    listed
                        .map(|index| self.instrument(index))
                        .or_else(|| untraded_at(market, identifier).map(untraded))
                }
                "isin_code_currency_market_id" => {
                    let parts: Vec<&str> = key.split(':').collect();
                    let [isin, currency, market] = parts[..] else {
                        return Err(unreadable);
                    };
                    let market = market.parse().map_err(|_| unreadable)?;
                    let listed = self.instrument_by_isin(isin, currency, market);
                    listed.map(|index| self.instrument(index))
                }
                _ => return Err(Refusal::parameter("lookup_type")),
            });
        }
        self.listed(found, "lookup")
    }

    /// `GET /instruments/types`
    pub(super) fn list_instrument_types(&self, call: &Call<'_>) -> Json {
        let types = INSTRUMENT_TYPES.iter();
        Json::Array(types.map(|naming| type_json(naming, call)).collect())
    }

    /// `GET /instruments/types/{instrument_type}`
    pub(super) fn get_instrument_types(&self, call: &Call<'_>) -> Result<Json, Refusal> {
        let codes = call.segment(0).split(',');
        let found = codes.map(|code| {
            let known = INSTRUMENT_TYPES
                .iter()
                .find(|naming| naming.instrument_type == code);
            known.map(|naming| type_json(naming, call))
        });
        self.listed(found, "instrument_type")
    }

    /// `GET /instruments/underlyings/{derivative_type}/{currency}`
    pub(super) fn list_underlyings(&self, call: &Call<'_>) -> Result<Json, Refusal> {
        let options = match call.segment(0) {
            "leverage" => false,
            "option_pair" => true,
            _ => return Err(Refusal::parameter("derivative_type")),
        };
        let mut found: Vec<Underlying> = Vec::new();
        for (_, listing) in self.listings() {
            let wanted = listing.is_leveraged()
                && (listing.kind == Kind::Option) == options
                && listing.currency() == call.segment(1);
            if let Some(terms) = listing.terms.as_ref().filter(|_| wanted)
                && !found.contains(&terms.underlying)
            {
                found.push(terms.underlying);
            }
        }
        let found = found.into_iter().map(|one| self.underlying(one));
        Ok(Json::Array(found.collect()))
    }

    /// `GET /instruments/validation/suitability/{instrument_id}`
    pub(super) fn check_instrument_suitability(&self, call: &Call<'_>) -> Result<Json, Refusal> {
        let ids = call.numbers(0, "instrument_id")?.into_iter();
        let found = ids.map(|id| {
            let listed = self.instrument_numbered(id);
            let eligible = listed
                .map(|index| self.market[index].listing.suits_customer())
                .or_else(|| untraded_numbered(id).map(|_| false))?;
            Some(object! { "instrument_id": id, "eligible": eligible })
        });
        self.listed(found, "instrument_id")
    }

    /// `GET /tradables/validation/suitability/{tradables}`
    pub(super) fn check_tradable_suitability(&self, call: &Call<'_>) -> Result<Json, Refusal> {
        let found = call.tradables(0)?.into_iter().map(|(market, identifier)| {
            let listed = self.instrument_at(market, identifier);
            let eligible = listed
                .map(|index| self.market[index].listing.suits_customer())
                .or_else(|| untraded_at(market, identifier).map(|_| false))?;
            Some(object! { "market_id": market, "identifier": identifier, "eligible": eligible })
        });
        self.listed(found, "tradables")
    }

    /// `GET /instruments/{instrument_id}/leverages`
    pub(super) fn list_leverages(&self, call: &Call<'_>) -> Result<Json, Refusal> {
        let found = self.leverages(call)?.into_iter();
        Ok(Json::Array(
            found.map(|(index, ..)| self.instrument(index)).collect(),
        ))
    }

    /// `GET /instruments/{instrument_id}/leverages/filters`
    pub(super) fn get_leverage_filters(&self, call: &Call<'_>) -> Result<Json, Refusal> {
        let found = self.leverages(call)?;
        let codes = |code: fn(&Listing, &Terms) -> Option<String>| {
            let codes = found.iter().filter_map(|(_, one, terms)| code(one, terms));
            let codes: BTreeSet<String> = codes.collect();
            codes.into_iter().map(Json::from).collect::<Vec<_>>()
        };
        let mut issuers: Vec<&Issuer> = Vec::new();
        for issuer in found.iter().filter_map(|(.., terms)| terms.issuer) {
            if !issuers.contains(&issuer) {
                issuers.push(issuer);
            }
        }
        let issuers = issuers
            .into_iter()
            .map(|issuer| object! { "issuer_id": issuer.id, "name": issuer.name });
        Ok(object! {
            "currencies": codes(|one, _| Some(one.currency().to_owned())),
            "expiration_dates": codes(|_, terms| terms.expiry().map(Date::text)),
            "instrument_group_types": codes(|one, _| Some(one.naming().group.to_owned())),
            "instrument_types": codes(|one, _| Some(one.naming().instrument_type.to_owned())),
            "issuers": issuers.collect::<Vec<_>>(),
            "market_view": codes(|one, _| one.market_view().map(str::to_owned)),
            "no_of_instruments": found.len() as i64,
        })
    }

    /// Returns the leveraged products on an instrument that pass the filters.
    fn leverages(&self, call: &Call<'_>) -> Result<Vec<(usize, &Listing, &Terms)>, Refusal> {
        let id = call.number_in(0, "instrument_id")?;
        let underlying = self.instrument_numbered(id).map(Underlying::Listing);
        let expiry = match call.query("expiration_date") {
            None => None,
            Some(text) => Some(Date::parse(text).ok_or(Refusal::parameter("expiration_date"))?),
        };
        let issuer = match call.query("issuer_id") {
            None => None,
            Some(text) => Some(text.parse().map_err(|_| Refusal::parameter("issuer_id"))?),
        };
        let view = call.choice("market_view", &["D", "U"])?;
        let asked = |name, code: &str| call.query(name).is_none_or(|asked| asked == code);
        let passes = |one: &Listing, terms: &Terms| {
            Some(terms.underlying) == underlying
                && one.kind != Kind::Option
                && one.is_leveraged()
                && asked("currency", one.currency())
                && asked("instrument_type", one.naming().instrument_type)
                && asked("instrument_group_type", one.naming().group)
                && (expiry.is_none() || terms.expiry() == expiry)
                && (issuer.is_none() || terms.issuer.map(|one: &Issuer| one.id) == issuer)
                && (view.is_none() || one.market_view() == view)
        };
        let found = self.listings().filter_map(|(index, one)| {
            let terms = one.terms.as_ref()?;
            passes(one, terms).then_some((index, one, terms))
        });
        Ok(found.collect())
    }
}

fn type_json(naming: &Naming, call: &Call<'_>) -> Json {
    object! { "instrument_type": naming.instrument_type, "name": call.say(naming.name) }
}

//! Countries by code and name.

use serde::{Deserialize, Serialize};

use super::reads::{reads_all, reads_some};
use crate::id::CountryCode;

reads_all! {
    /// `GET /countries`: all countries. Trading is not offered in each of
    /// them.
    ListCountries, "list_countries" => CountryEntry, "countries"
}

reads_some! {
    /// `GET /countries/{country}`: some countries. Those that do not exist are
    /// left out; the list is empty if none does.
    ///
    /// ```
    /// use nordnet_proto::api::GetCountries;
    ///
    /// let one = GetCountries::of("SE");
    /// let two = GetCountries::of_all(["SE", "FI"]);
    /// # let _ = (one, two);
    /// ```
    GetCountries of CountryCode, "get_countries" => CountryEntry, "countries", list
}

/// A country of the list; schema `Country`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CountryEntry {
    /// Its code.
    #[serde(rename = "country")]
    pub code: CountryCode,
    /// Its name in the language of the request.
    pub name: String,
}

//! The search for options.

use super::{OptionPair, Page};
use crate::api::EpochTime;
use crate::api::reads::reads;
use crate::endpoint::{Endpoint, Target};
use crate::id::Currency;

/// `GET /instrument_search/query/optionlist/pairs`: the options on an
/// underlying that expire together, a call and a put for each strike.
///
/// Prices are live only with the rights to them, and each live answer counts as
/// a look at the market's data.
///
/// ```
/// use nordnet_proto::api::{EpochTime, SearchOptionPairs};
/// use nordnet_proto::{Config, Country, SessionKey, to_request};
///
/// # let (config, key) = (Config::new(Country::Sweden), SessionKey::new("5d1f7c0e"));
/// let third_friday = EpochTime::new(1_781_827_200_000);
/// let call = SearchOptionPairs::new("ERIC B", "SEK", third_friday);
/// let (request, _) = to_request(call, &config, &key)?;
/// assert!(request.uri().query().unwrap().ends_with("underlying_symbol=ERIC%20B"));
/// # Ok::<(), nordnet_proto::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct SearchOptionPairs {
    underlying_symbol: String,
    currency: Currency,
    expire_date: EpochTime,
}

impl SearchOptionPairs {
    /// Asks for the options on a ticker, in a currency, that expire then.
    ///
    /// The unit of the expiry is not documented: pass what another answer
    /// gave, or milliseconds.
    pub fn new(
        underlying_symbol: impl Into<String>,
        currency: impl Into<Currency>,
        expire_date: impl Into<EpochTime>,
    ) -> Self {
        Self {
            underlying_symbol: underlying_symbol.into(),
            currency: currency.into(),
            expire_date: expire_date.into(),
        }
    }
}

impl Endpoint for SearchOptionPairs {
    reads!("search_option_pairs" => Page<OptionPair>);

    fn target(&self, target: &mut Target) {
        for segment in ["instrument_search", "query", "optionlist", "pairs"] {
            target.segment(segment);
        }
        target
            .query("currency", &self.currency)
            .query("expire_date", self.expire_date.get())
            .query("underlying_symbol", &self.underlying_symbol);
    }
}

//! What a search gives.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::id::InstrumentId;
use crate::lenient_int;
use crate::response::{self, List};

/// One page of what a search finds; schemas `StocklistResults`,
/// `BullBearListResults`, `MinifutureListResults`, `UnlimitedTurboListResults`
/// and `OptionListResults`.
///
/// An answer of 204 is an empty page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound(deserialize = "T: DeserializeOwned"))]
#[non_exhaustive]
pub struct Page<T> {
    /// The rows. There may be more than the limit that was asked for.
    #[serde(default, deserialize_with = "response::or_default")]
    pub results: List<T>,
    /// How many rows the server says there are on this page.
    #[serde(
        default,
        deserialize_with = "lenient_int::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub rows: Option<i64>,
    /// How many rows there are on all pages.
    #[serde(
        default,
        deserialize_with = "lenient_int::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub total_hits: Option<i64>,
    /// The underlying of all rows, if it is one and the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub underlying_instrument_id: Option<InstrumentId>,
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self {
            results: List::default(),
            rows: Some(0),
            total_hits: Some(0),
            underlying_instrument_id: None,
        }
    }
}

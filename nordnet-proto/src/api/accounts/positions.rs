//! What accounts hold.

use serde::{Deserialize, Serialize};

use super::numbers;
use crate::api::reads::reads;
use crate::api::{Amount, Instrument};
use crate::decimal::Decimal;
use crate::endpoint::{Endpoint, Target};
use crate::id::{AccountId, AccountNumber, IntoAccountNumber};
use crate::response::List;
use crate::volume::Volume;

/// `GET /accounts/{accid}/positions`: what accounts hold. Empty if they hold
/// nothing but cash.
///
/// ```
/// use nordnet_proto::api::{ListPositions, Position};
/// use nordnet_proto::{AccountNumber, Config, Country, SessionKey, to_request};
///
/// # let (config, key) = (Config::new(Country::Sweden), SessionKey::new("5d1f7c0e"));
/// let call = ListPositions::of(AccountNumber::new(60012345));
/// let (request, _) = to_request(call, &config, &key)?;
/// assert_eq!(request.uri().path(), "/api/2/accounts/60012345/positions");
///
/// // An element of the response:
/// fn show(position: &Position) {
///     println!("{} {}: {}", position.qty, position.instrument.symbol, position.market_value);
/// }
/// # Ok::<(), nordnet_proto::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct ListPositions {
    accounts: Vec<AccountNumber>,
    include_instrument_loans: bool,
    include_intraday_limit: bool,
}

impl ListPositions {
    /// Lists the positions of an account.
    #[must_use]
    pub fn of(account: impl IntoAccountNumber) -> Self {
        Self::of_all([account])
    }

    /// Lists the positions of some accounts. None at all is an error when the
    /// call is sent.
    pub fn of_all(accounts: impl IntoIterator<Item = impl IntoAccountNumber>) -> Self {
        Self {
            accounts: numbers(accounts),
            include_instrument_loans: false,
            include_intraday_limit: false,
        }
    }

    /// Lists what is lent out too.
    #[must_use]
    pub const fn include_instrument_loans(mut self) -> Self {
        self.include_instrument_loans = true;
        self
    }

    /// Asks for the limit within the day; no member of the answer that would
    /// hold it is documented.
    #[must_use]
    pub const fn include_intraday_limit(mut self) -> Self {
        self.include_intraday_limit = true;
        self
    }
}

impl Endpoint for ListPositions {
    reads!("list_positions" => List<Position>);

    fn target(&self, target: &mut Target) {
        target
            .segment("accounts")
            .list(&self.accounts)
            .segment("positions");
        if self.include_instrument_loans {
            target.query("include_instrument_loans", true);
        }
        if self.include_intraday_limit {
            target.query("include_intraday_limit", true);
        }
    }
}

/// One holding; schema `Position`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Position {
    /// The account.
    #[serde(rename = "accno")]
    pub account: AccountNumber,
    /// The index of the account in this session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accid: Option<AccountId>,
    /// What is held.
    pub instrument: Instrument,
    /// How many units; negative when sold short.
    pub qty: Volume,
    /// The average price paid, in the currency of the instrument.
    pub acq_price: Amount,
    /// The average price paid, in the currency of the account.
    pub acq_price_acc: Amount,
    /// The value now, in the currency of the instrument.
    pub market_value: Amount,
    /// The value now, in the currency of the account.
    pub market_value_acc: Amount,
    /// The price in the morning, in the currency of the instrument.
    pub morning_price: Amount,
    /// How much of the value can be borrowed, in percent.
    pub pawn_percent: Decimal,
    /// The margin requirement, in percent.
    pub margin_percent: Decimal,
}

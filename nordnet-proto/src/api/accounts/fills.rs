//! Own executions.

use super::numbers;
use crate::api::Fill;
use crate::api::reads::reads;
use crate::endpoint::{Endpoint, Target};
use crate::id::{AccountNumber, IntoAccountNumber};
use crate::response::List;

/// `GET /accounts/{accid}/trades`: own executions of today and up to seven
/// days back. Empty if there are none; their order is not documented.
///
/// ```
/// use nordnet_proto::api::{Days, ListFills};
/// use nordnet_proto::{AccountNumber, Config, Country, SessionKey, to_request};
///
/// # let (config, key) = (Config::new(Country::Sweden), SessionKey::new("5d1f7c0e"));
/// let accounts = [60012345, 60012399].map(AccountNumber::new);
/// let call = ListFills::of_all(accounts).days(Days::MAX);
/// let (request, _) = to_request(call, &config, &key)?;
/// assert_eq!(
///     request.uri().path_and_query().unwrap(),
///     "/api/2/accounts/60012345,60012399/trades?days=7"
/// );
/// # Ok::<(), nordnet_proto::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct ListFills {
    accounts: Vec<AccountNumber>,
    days: Days,
}

impl ListFills {
    /// Lists today's executions of an account. The source gives no time zone
    /// for "today".
    #[must_use]
    pub fn of(account: impl IntoAccountNumber) -> Self {
        Self::of_all([account])
    }

    /// Lists today's executions of some accounts. None at all is an error when
    /// the call is sent.
    pub fn of_all(accounts: impl IntoIterator<Item = impl IntoAccountNumber>) -> Self {
        Self {
            accounts: numbers(accounts),
            days: Days::TODAY,
        }
    }

    /// Looks back some days.
    #[must_use]
    pub const fn days(mut self, days: Days) -> Self {
        self.days = days;
        self
    }
}

impl Endpoint for ListFills {
    reads!("list_trades" => List<Fill>);

    fn target(&self, target: &mut Target) {
        target
            .segment("accounts")
            .list(&self.accounts)
            .segment("trades");
        if self.days != Days::TODAY {
            target.query("days", self.days.0);
        }
    }
}

/// How many days to look back: 0, which is today only, to 7.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Days(u8);

impl Days {
    /// Today only.
    pub const TODAY: Self = Self(0);
    /// As far as the API looks back: seven days.
    pub const MAX: Self = Self(7);

    /// Looks back a number of days, or `None` beyond seven.
    #[must_use]
    pub const fn new(days: u8) -> Option<Self> {
        if days <= Self::MAX.0 {
            Some(Self(days))
        } else {
            None
        }
    }
}

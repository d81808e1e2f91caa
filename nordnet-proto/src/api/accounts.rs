//! Accounts, their balances, positions and own executions.

mod info;

use std::fmt;

use http::Method;
use serde::Deserialize;

pub use info::{AccountInfo, Reserved};

use super::{Amount, Fill, Instrument};
use crate::answer::{self, List};
use crate::decimal::Decimal;
use crate::endpoint::{Endpoint, InSession, Observe, Safety, Target};
use crate::error::Error;
use crate::failure::Failure;
use crate::id::{AccountId, AccountNumber};
use crate::request::HttpResponse;

/// `GET /accounts`: the accounts that the session may see.
#[derive(Clone, Debug, Default)]
pub struct ListAccounts {
    include_credit_accounts: bool,
}

impl ListAccounts {
    /// Lists the accounts, without credit accounts.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            include_credit_accounts: false,
        }
    }

    /// Lists credit accounts too.
    #[must_use]
    pub const fn include_credit_accounts(mut self) -> Self {
        self.include_credit_accounts = true;
        self
    }
}

impl Endpoint for ListAccounts {
    const METHOD: Method = Method::GET;
    const SAFETY: Safety = Safety::Read;
    type Auth = InSession;
    type Access = Observe;
    type Response = List<Account>;

    fn target(&self, target: &mut Target) {
        target.segment("accounts");
        if self.include_credit_accounts {
            target.query("include_credit_accounts", true);
        }
    }

    fn settle(&self, answer: Result<HttpResponse, Failure>) -> Result<List<Account>, Error> {
        answer::list(answer)
    }
}

/// One account; schema `Account`.
///
/// Prints as its number and its alias.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Account {
    /// The permanent number.
    #[serde(rename = "accno")]
    pub number: AccountNumber,
    /// The index within this session.
    pub accid: Option<AccountId>,
    /// The customer's nickname; may be empty.
    pub alias: String,
    /// The type as a text in the language of the request.
    #[serde(rename = "type")]
    pub kind: String,
    /// The number of the type; the codes are not documented.
    #[serde(rename = "atyid")]
    pub kind_code: Option<i64>,
    /// Whether it is the account that is preselected.
    #[serde(rename = "default")]
    pub is_default: bool,
    /// Whether it is blocked: every query of a blocked account fails.
    #[serde(default, deserialize_with = "answer::or_default")]
    pub is_blocked: bool,
    /// Why it is blocked, in the language of the request.
    pub blocked_reason: Option<String>,
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.alias.is_empty() {
            return fmt::Display::fmt(&self.number, f);
        }
        f.pad(&format!("{} {}", self.number, self.alias))
    }
}

impl List<Account> {
    /// The accounts that are not blocked: those that can be asked about.
    pub fn open(&self) -> impl Iterator<Item = &Account> {
        self.iter().filter(|account| !account.is_blocked)
    }

    /// The account that is preselected.
    #[must_use]
    pub fn preselected(&self) -> Option<&Account> {
        self.iter().find(|account| account.is_default)
    }
}

/// Something that names an account: its number, or an [`Account`].
impl From<&Account> for AccountNumber {
    fn from(account: &Account) -> Self {
        account.number
    }
}

/// `GET /accounts/{accid}/info`: balances and buying power of one account.
#[derive(Clone, Debug)]
pub struct GetAccountInfo {
    account: AccountNumber,
}

impl GetAccountInfo {
    /// Asks for the balances of an account.
    #[must_use]
    pub fn of(account: impl Into<AccountNumber>) -> Self {
        Self {
            account: account.into(),
        }
    }
}

impl Endpoint for GetAccountInfo {
    const METHOD: Method = Method::GET;
    const SAFETY: Safety = Safety::Read;
    type Auth = InSession;
    type Access = Observe;
    type Response = AccountInfo;

    fn target(&self, target: &mut Target) {
        target
            .segment("accounts")
            .segment(self.account)
            .segment("info");
    }

    /// The source answers with a list, also for one account.
    fn settle(&self, answer: Result<HttpResponse, Failure>) -> Result<AccountInfo, Error> {
        answer::only(answer, |info: &AccountInfo| info.account == self.account)
    }
}

/// `GET /accounts/{accid}/positions`: what an account holds.
#[derive(Clone, Debug)]
pub struct ListPositions {
    account: AccountNumber,
}

impl ListPositions {
    /// Lists the positions of an account.
    #[must_use]
    pub fn of(account: impl Into<AccountNumber>) -> Self {
        Self {
            account: account.into(),
        }
    }
}

impl Endpoint for ListPositions {
    const METHOD: Method = Method::GET;
    const SAFETY: Safety = Safety::Read;
    type Auth = InSession;
    type Access = Observe;
    type Response = List<Position>;

    fn target(&self, target: &mut Target) {
        target
            .segment("accounts")
            .segment(self.account)
            .segment("positions");
    }

    fn settle(&self, answer: Result<HttpResponse, Failure>) -> Result<List<Position>, Error> {
        answer::list(answer)
    }
}

/// One holding; schema `Position`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Position {
    /// The account.
    #[serde(rename = "accno")]
    pub account: AccountNumber,
    /// The index of the account in this session.
    pub accid: Option<AccountId>,
    /// What is held.
    pub instrument: Instrument,
    /// How many units; negative when sold short.
    pub qty: Decimal,
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

/// `GET /accounts/{accid}/trades`: own executions of today and up to seven
/// days back.
#[derive(Clone, Debug)]
pub struct ListFills {
    account: AccountNumber,
    days: Days,
}

impl ListFills {
    /// Lists today's executions of an account. The source gives no time zone
    /// for "today".
    #[must_use]
    pub fn of(account: impl Into<AccountNumber>) -> Self {
        Self {
            account: account.into(),
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
    const METHOD: Method = Method::GET;
    const SAFETY: Safety = Safety::Read;
    type Auth = InSession;
    type Access = Observe;
    type Response = List<Fill>;

    fn target(&self, target: &mut Target) {
        target
            .segment("accounts")
            .segment(self.account)
            .segment("trades");
        if self.days != Days::TODAY {
            target.query("days", self.days.0);
        }
    }

    fn settle(&self, answer: Result<HttpResponse, Failure>) -> Result<List<Fill>, Error> {
        answer::list(answer)
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

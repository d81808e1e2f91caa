//! The balances of an account.

use serde::{Deserialize, Serialize};

use super::numbers;
use crate::api::Amount;
use crate::api::reads::reads;
use crate::endpoint::{Endpoint, InSession, Observe, Safety, Target};
use crate::error::Error;
use crate::failure::Failure;
use crate::id::{AccountId, AccountNumber, Currency, IntoAccountNumber};
use crate::request::HttpResponse;
use crate::response::{self, List};
use crate::time::Date;

/// `GET /accounts/{accid}/info`: balances and buying power of one account.
///
/// ```
/// use nordnet_proto::api::{AccountInfo, GetAccountInfo};
/// use nordnet_proto::{AccountNumber, Config, Country, SessionKey, to_request};
///
/// # let (config, key) = (Config::new(Country::Sweden), SessionKey::new("5d1f7c0e"));
/// let call = GetAccountInfo::of(AccountNumber::new(60012345));
/// let (request, _) = to_request(call, &config, &key)?;
/// assert_eq!(request.uri().path(), "/api/2/accounts/60012345/info");
///
/// // The response:
/// fn show(info: &AccountInfo) {
///     println!("{} of {} to trade with", info.trading_power, info.own_capital);
/// }
/// # Ok::<(), nordnet_proto::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct GetAccountInfo {
    account: AccountNumber,
}

impl GetAccountInfo {
    /// Asks for the balances of an account.
    #[must_use]
    pub fn of(account: impl IntoAccountNumber) -> Self {
        Self {
            account: account.into_account_number(),
        }
    }
}

impl Endpoint for GetAccountInfo {
    const OPERATION: &'static str = GetAccountInfos::OPERATION;
    const METHOD: http::Method = GetAccountInfos::METHOD;
    const SAFETY: Safety = GetAccountInfos::SAFETY;
    type Auth = InSession;
    type Access = Observe;
    type Response = AccountInfo;

    fn target(&self, target: &mut Target) {
        GetAccountInfos::of_all([self.account]).target(target);
    }

    /// The source answers with a list, also for one account.
    fn settle(&self, answer: Result<HttpResponse, Failure>) -> Result<AccountInfo, Error> {
        response::only(Self::OPERATION, answer, |info: &AccountInfo| {
            info.account == self.account
        })
    }
}

/// `GET /accounts/{accid}/info`: balances and buying power of some accounts.
///
/// ```
/// use nordnet_proto::List;
/// use nordnet_proto::api::{Account, GetAccountInfos};
///
/// // Without blocked accounts: a call about one of them fails.
/// fn balances(accounts: &List<Account>) -> GetAccountInfos {
///     GetAccountInfos::of_all(accounts.open()).without_interest_rate()
/// }
/// ```
#[derive(Clone, Debug)]
pub struct GetAccountInfos {
    accounts: Vec<AccountNumber>,
    without_interest_rate: bool,
    without_short_position_margin: bool,
}

impl GetAccountInfos {
    /// Asks for the balances of some accounts. None at all is an error when the
    /// call is sent.
    pub fn of_all(accounts: impl IntoIterator<Item = impl IntoAccountNumber>) -> Self {
        Self {
            accounts: numbers(accounts),
            without_interest_rate: false,
            without_short_position_margin: false,
        }
    }

    /// Leaves out the interest, which is faster. Which member this is about is
    /// not documented.
    #[must_use]
    pub const fn without_interest_rate(mut self) -> Self {
        self.without_interest_rate = true;
        self
    }

    /// Leaves out [`AccountInfo::short_positions_margin`].
    #[must_use]
    pub const fn without_short_position_margin(mut self) -> Self {
        self.without_short_position_margin = true;
        self
    }
}

impl Endpoint for GetAccountInfos {
    reads!("get_account_info" => List<AccountInfo>);

    fn target(&self, target: &mut Target) {
        target
            .segment("accounts")
            .list(&self.accounts)
            .segment("info");
        if self.without_interest_rate {
            target.query("include_interest_rate", false);
        }
        if self.without_short_position_margin {
            target.query("include_short_pos_margin", false);
        }
    }
}

/// `GET /accounts/{accid}`: balances and buying power of one account, as they
/// were asked for before there was [`GetAccountInfo`].
#[deprecated = "the source has superseded it by `GetAccountInfo`"]
#[derive(Clone, Debug)]
pub struct GetAccount {
    account: AccountNumber,
}

#[expect(
    deprecated,
    reason = "the call is complete though another one is better"
)]
impl GetAccount {
    /// Asks for the balances of an account.
    #[must_use]
    pub fn of(account: impl IntoAccountNumber) -> Self {
        Self {
            account: account.into_account_number(),
        }
    }
}

#[expect(
    deprecated,
    reason = "the call is complete though another one is better"
)]
impl Endpoint for GetAccount {
    reads!("get_account" => AccountInfo, response::object);

    fn target(&self, target: &mut Target) {
        target.segment("accounts").segment(self.account);
    }
}

/// Balances and buying power of an account; schema `AccountInfo`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AccountInfo {
    /// The account.
    #[serde(rename = "accno")]
    pub account: AccountNumber,
    /// The index of the account in this session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accid: Option<AccountId>,
    /// The base currency of the account.
    pub account_currency: Currency,
    /// The day it was opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registration_date: Option<Date>,
    /// Cash over all currencies.
    pub account_sum: Amount,
    /// The market value of all holdings.
    pub full_marketvalue: Amount,
    /// Interest accrued.
    pub interest: Amount,
    /// Cash locked for forward contracts.
    pub forward_sum: Amount,
    /// Today's result of closed futures; cleared overnight.
    pub future_sum: Amount,
    /// The open result of futures that are still held.
    pub unrealized_future_profit_loss: Amount,
    /// Cash, holdings, interest, forwards and futures together.
    pub own_capital: Amount,
    /// Own capital as it was in the morning.
    pub own_capital_morning: Amount,
    /// The balance of a linked credit account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credit_account_sum: Option<Amount>,
    /// The interest accrued on a linked credit account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credit_account_interest: Option<Amount>,
    /// Own capital and the linked credit account together.
    pub equity: Amount,
    /// The credit granted.
    pub account_credit: Amount,
    /// The ceiling on borrowing.
    pub loan_limit: Amount,
    /// The loan value of all holdings.
    pub pawn_value: Amount,
    /// Collateral for option positions.
    pub collateral: Amount,
    /// Cash tied up in open buy orders.
    pub buy_orders_value: Amount,
    /// Buying power now.
    pub trading_power: Amount,
    /// Bonus money.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bonus_cash: Option<Amount>,
    /// Credit for use within the day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intraday_credit: Option<Amount>,
    /// The margin for short positions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub short_positions_margin: Option<Amount>,
    /// Buying power set aside, by purpose.
    pub reserved: Reserved,
}

/// Buying power set aside, by purpose; schema `Reserved`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Reserved {
    /// For corporate actions.
    pub corporate_actions: Amount,
    /// For orders of mutual funds.
    pub fund_orders: Amount,
    /// For monthly savings in listed instruments.
    pub monthly_savings_exchange_traded: Amount,
    /// For anything else.
    pub other: Amount,
    /// All together.
    pub total: Amount,
}

//! The balances of an account.

use serde::Deserialize;

use crate::api::Amount;
use crate::id::{AccountId, AccountNumber, Currency};
use crate::time::Date;

/// Balances and buying power of an account; schema `AccountInfo`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct AccountInfo {
    /// The account.
    #[serde(rename = "accno")]
    pub account: AccountNumber,
    /// The index of the account in this session.
    pub accid: Option<AccountId>,
    /// The base currency of the account.
    pub account_currency: Currency,
    /// The day it was opened.
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
    pub credit_account_sum: Option<Amount>,
    /// The interest accrued on a linked credit account.
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
    pub bonus_cash: Option<Amount>,
    /// Credit for use within the day.
    pub intraday_credit: Option<Amount>,
    /// The margin for short positions.
    pub short_positions_margin: Option<Amount>,
    /// Buying power set aside, by purpose.
    pub reserved: Reserved,
}

/// Buying power set aside, by purpose; schema `Reserved`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
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

//! Accounts, their balances, positions and own executions.

mod account;
mod fills;
mod info;
mod ledgers;
mod positions;
mod returns;

pub use account::{Account, ListAccounts};
pub use fills::{Days, ListFills};
#[expect(
    deprecated,
    reason = "the call is complete though another one is better"
)]
pub use info::GetAccount;
pub use info::{AccountInfo, GetAccountInfo, GetAccountInfos, Reserved};
pub use ledgers::{Ledger, Ledgers, ListLedgers};
pub use positions::{ListPositions, Position};
pub use returns::{GetReturnsToday, TransactionsToday};

use crate::id::{AccountNumber, IntoAccountNumber};

/// The accounts that a call is about.
fn numbers(accounts: impl IntoIterator<Item = impl IntoAccountNumber>) -> Vec<AccountNumber> {
    accounts
        .into_iter()
        .map(IntoAccountNumber::into_account_number)
        .collect()
}

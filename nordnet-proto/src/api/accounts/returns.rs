//! Money that came and went today.

use serde::{Deserialize, Serialize};

use crate::api::Amount;
use crate::api::reads::reads;
use crate::endpoint::{Endpoint, Target};
use crate::id::{AccountNumber, IntoAccountNumber};
use crate::response::List;

/// `GET /accounts/{accid}/returns/transactions/today`: today's deposits and
/// withdrawals. Empty if there are none.
#[derive(Clone, Debug)]
pub struct GetReturnsToday {
    account: AccountNumber,
    include_credit_account: bool,
}

impl GetReturnsToday {
    /// Asks for the deposits and withdrawals of an account and of the credit
    /// account that belongs to it.
    #[must_use]
    pub fn of(account: impl IntoAccountNumber) -> Self {
        Self {
            account: account.into_account_number(),
            include_credit_account: true,
        }
    }

    /// Leaves out the credit account.
    #[must_use]
    pub const fn without_credit_account(mut self) -> Self {
        self.include_credit_account = false;
        self
    }
}

impl Endpoint for GetReturnsToday {
    reads!("get_returns_today" => List<TransactionsToday>);

    fn target(&self, target: &mut Target) {
        target.segment("accounts").segment(self.account);
        for segment in ["returns", "transactions", "today"] {
            target.segment(segment);
        }
        if !self.include_credit_account {
            target.query("include_credit_account", false);
        }
    }
}

/// Money that came and went today; schema `AccountTransactionsToday`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TransactionsToday {
    /// Deposits less withdrawals, presumably.
    pub transactions: Amount,
}

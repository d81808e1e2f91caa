//! Cash by currency.

use serde::{Deserialize, Serialize};

use crate::api::Amount;
use crate::api::reads::reads;
use crate::endpoint::{Endpoint, Target};
use crate::id::{AccountNumber, Currency, IntoAccountNumber};
use crate::response::List;

/// `GET /accounts/{accid}/ledgers`: the cash of an account by currency. Without
/// ledgers and totals if there are none.
///
/// ```
/// use nordnet_proto::api::ListLedgers;
/// use nordnet_proto::{AccountNumber, Endpoint, HttpResponse};
///
/// let answer = HttpResponse::new(r#"{"total":{"value":78950.75,"currency":"SEK"},"ledgers":[]}"#.into());
/// let ledgers = ListLedgers::of(AccountNumber::new(60012345)).settle(Ok(answer))?;
/// assert_eq!(ledgers.total, Some("78950.75 SEK".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ListLedgers {
    account: AccountNumber,
}

impl ListLedgers {
    /// Lists the ledgers of an account.
    #[must_use]
    pub fn of(account: impl IntoAccountNumber) -> Self {
        Self {
            account: account.into_account_number(),
        }
    }
}

impl Endpoint for ListLedgers {
    reads!("list_ledgers" => Ledgers);

    fn target(&self, target: &mut Target) {
        target
            .segment("accounts")
            .segment(self.account)
            .segment("ledgers");
    }
}

/// The cash of an account by currency; schema `LedgerInformation`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Ledgers {
    /// One ledger for each currency.
    pub ledgers: List<Ledger>,
    /// Cash over all ledgers, in the currency of the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<Amount>,
    /// Interest that the account is to get, in its currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_acc_int_cred: Option<Amount>,
    /// Interest that the account is to pay, in its currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_acc_int_deb: Option<Amount>,
}

/// Cash in one currency; schema `Ledger`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Ledger {
    /// The currency.
    pub currency: Currency,
    /// The cash.
    pub account_sum: Amount,
    /// The cash, in the currency of the account.
    pub account_sum_acc: Amount,
    /// Interest to get.
    pub acc_int_cred: Amount,
    /// Interest to pay.
    pub acc_int_deb: Amount,
    /// What one unit is worth in the currency of the account: a rate, although
    /// it is written as money.
    pub exchange_rate: Amount,
}

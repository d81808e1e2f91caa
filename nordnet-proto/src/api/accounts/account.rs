//! The accounts of a session.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::api::reads::reads;
use crate::endpoint::{Endpoint, Target};
use crate::id::{AccountId, AccountNumber};
use crate::lenient_int;
use crate::response::{self, List};

/// `GET /accounts`: the accounts that the session may see.
///
/// ```
/// use nordnet_proto::api::ListAccounts;
/// use nordnet_proto::{Endpoint, HttpResponse};
///
/// let answer = HttpResponse::new(
///     r#"[{"accno":60012345,"accid":1,"type":"ISK","default":true,"alias":"Savings"}]"#.into(),
/// );
/// let accounts = ListAccounts::new().settle(Ok(answer))?;
/// assert_eq!(accounts[0].to_string(), "60012345 Savings");
/// assert_eq!(accounts.preselected(), accounts.first());
/// # Ok::<(), nordnet_proto::Error>(())
/// ```
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
    reads!("list_accounts" => List<Account>);

    fn target(&self, target: &mut Target) {
        target.segment("accounts");
        if self.include_credit_accounts {
            target.query("include_credit_accounts", true);
        }
    }
}

/// One account; schema `Account`.
///
/// Prints as its number and its alias.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Account {
    /// The permanent number.
    #[serde(rename = "accno")]
    pub number: AccountNumber,
    /// The index within this session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accid: Option<AccountId>,
    /// The customer's nickname; may be empty.
    pub alias: String,
    /// The type as a text in the language of the request.
    #[serde(rename = "type")]
    pub kind: String,
    /// The number of the type; the codes are not documented.
    #[serde(
        rename = "atyid",
        default,
        deserialize_with = "lenient_int::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub kind_code: Option<i64>,
    /// Whether it is the account that is preselected.
    #[serde(rename = "default")]
    pub is_default: bool,
    /// Whether it is blocked: every query of a blocked account fails.
    #[serde(default, deserialize_with = "response::or_default")]
    pub is_blocked: bool,
    /// Why it is blocked, in the language of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
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
///
/// The index of an account within a session is no number:
///
/// ```compile_fail,E0277
/// use nordnet_proto::api::{Account, ListOrders};
///
/// fn orders(account: &Account) -> ListOrders {
///     ListOrders::of(account.accid.unwrap()) // not `account` or `account.number`
/// }
/// ```
impl From<&Account> for AccountNumber {
    fn from(account: &Account) -> Self {
        account.number
    }
}

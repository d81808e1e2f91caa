//! What a call takes for the number of an account.

use super::AccountNumber;

/// What a call takes for an account: its number, or the
/// [`Account`](crate::api::Account) from [`ListAccounts`](crate::api::ListAccounts).
/// Sealed.
///
/// ```
/// use nordnet_proto::AccountNumber;
/// use nordnet_proto::api::{Account, GetAccountInfo, ListOrders};
///
/// fn calls(account: &Account) -> (GetAccountInfo, ListOrders) {
///     (GetAccountInfo::of(account), ListOrders::of(AccountNumber::new(60012345)))
/// }
/// ```
///
/// A bare number could be any other, such as that of an order:
///
/// ```compile_fail,E0277
/// # use nordnet_proto::api::GetAccountInfo;
/// let call = GetAccountInfo::of(60012345);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not name an account",
    label = "expected an `AccountNumber` or a `&Account`",
    note = "write `AccountNumber::new(60012345)`, or pass the `&Account` that `ListAccounts` gave"
)]
pub trait IntoAccountNumber: sealed::Sealed {
    /// The number of the account.
    fn into_account_number(self) -> AccountNumber;
}

impl IntoAccountNumber for AccountNumber {
    fn into_account_number(self) -> AccountNumber {
        self
    }
}

impl IntoAccountNumber for &AccountNumber {
    fn into_account_number(self) -> AccountNumber {
        *self
    }
}

impl IntoAccountNumber for &crate::api::Account {
    fn into_account_number(self) -> AccountNumber {
        self.into()
    }
}

mod sealed {
    #[expect(unnameable_types, reason = "that nobody can name it is what seals")]
    pub trait Sealed {}
    impl Sealed for super::AccountNumber {}
    impl Sealed for &super::AccountNumber {}
    impl Sealed for &crate::api::Account {}
}

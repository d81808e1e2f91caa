//! Which calls can move money, and which clients may send them.

use super::{Endpoint, Lane, sealed};
use crate::order::{Intent, OrderCall, Outcome, Reference};

/// Whether a call can move money; sealed.
///
/// A call that can is an [`OrderCall`]: no other endpoint has [`Trade`] as its access.
/// The functions let generic code treat a call as an order call if it is one.
pub trait Access<E: Endpoint>: PermittedTo<Trading> + sealed::Sealed {
    /// The default of [`Endpoint::LANE`].
    const LANE: Lane;

    /// Gives an order call a reference from `next` if it has none; leaves any
    /// other call as it is.
    fn stamp(call: &mut E, next: &mut dyn FnMut() -> Reference);

    /// Returns what an order call asks for, and `None` for any other call.
    fn intent(call: &E) -> Option<Intent>;

    /// Returns the response to an order call, and `None` for any other call.
    fn outcome(response: &E::Response) -> Option<&Outcome>;

    /// Returns [`OrderCall::refusal`], and `None` for any other call.
    fn refusal(response: &E::Response) -> Option<String>;
}

/// The call does nothing to orders.
#[derive(Debug)]
pub enum Observe {}

/// The call enters, changes, cancels or activates orders.
#[derive(Debug)]
pub enum Trade {}

impl<E: Endpoint> Access<E> for Observe {
    const LANE: Lane = Lane::Read;

    fn stamp(_: &mut E, _: &mut dyn FnMut() -> Reference) {}

    fn intent(_: &E) -> Option<Intent> {
        None
    }

    fn outcome(_: &E::Response) -> Option<&Outcome> {
        None
    }

    fn refusal(_: &E::Response) -> Option<String> {
        None
    }
}

impl<E: OrderCall> Access<E> for Trade {
    const LANE: Lane = Lane::Order;

    fn stamp(call: &mut E, next: &mut dyn FnMut() -> Reference) {
        call.stamp(next);
    }

    fn intent(call: &E) -> Option<Intent> {
        Some(call.intent())
    }

    fn outcome(response: &Outcome) -> Option<&Outcome> {
        Some(response)
    }

    fn refusal(response: &Outcome) -> Option<String> {
        E::refusal(response)
    }
}

/// The marker of a client that cannot send an order: the default.
#[derive(Debug)]
pub enum ReadOnly {}

/// The marker of a client that may send orders.
#[derive(Debug)]
pub enum Trading {}

/// Implemented for the access of each call that a client with the marker `A` may send;
/// sealed.
///
/// ```
/// use nordnet_proto::api::ListAccounts;
/// use nordnet_proto::{CancelOrder, Endpoint, PermittedTo, PlaceOrder, ReadOnly, Trading};
///
/// fn may_send<Client, E: Endpoint<Access: PermittedTo<Client>>>() {}
/// may_send::<ReadOnly, ListAccounts>();
/// may_send::<Trading, ListAccounts>();
/// may_send::<Trading, PlaceOrder>();
/// may_send::<Trading, CancelOrder>();
/// ```
///
/// A read-only client sends no order:
///
/// ```compile_fail,E0277
/// # use nordnet_proto::{Endpoint, PermittedTo, PlaceOrder, ReadOnly};
/// # fn may_send<Client, E: Endpoint<Access: PermittedTo<Client>>>() {}
/// may_send::<ReadOnly, PlaceOrder>();
/// ```
///
/// ```compile_fail,E0277
/// # use nordnet_proto::{CancelOrder, Endpoint, PermittedTo, ReadOnly};
/// # fn may_send<Client, E: Endpoint<Access: PermittedTo<Client>>>() {}
/// may_send::<ReadOnly, CancelOrder>();
/// ```
///
/// ```compile_fail,E0277
/// # use nordnet_proto::{Endpoint, ModifyOrder, PermittedTo, ReadOnly};
/// # fn may_send<Client, E: Endpoint<Access: PermittedTo<Client>>>() {}
/// may_send::<ReadOnly, ModifyOrder>();
/// ```
#[diagnostic::on_unimplemented(
    message = "a read-only client cannot send an order call",
    label = "this call needs a client that may trade",
    note = "build the client with `.trading()` to place, change, cancel and activate orders"
)]
pub trait PermittedTo<A>: sealed::Sealed {}

impl PermittedTo<ReadOnly> for Observe {}
impl PermittedTo<Trading> for Observe {}
impl PermittedTo<Trading> for Trade {}

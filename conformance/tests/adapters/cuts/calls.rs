//! Calls that place, change and cancel orders.

use std::thread;
use std::time::{Duration, Instant};

use nordnet_proto::{CancelOrder, Error, ModifyOrder, OrderId, Outcome, Reference};
use nordnet_sim::{Fixed, OrderRecord};

use super::case::{Case, Strike};
use super::lane::World;
use super::{Verdict, Wrong};
use crate::shared::{ACCOUNT, MOMENT, current, placed, processed, resting_order, sek};

/// How long it may take until the effect of a call is visible.
const SHOWN_WITHIN: Duration = Duration::from_secs(5);

/// A price other than that of a resting order.
pub(super) const OTHER: &str = "61.00";

type Report = Result<Outcome, Error>;

pub(super) fn place(world: &mut World, case: &Case) -> Verdict {
    if case.kept {
        // It leaves a connection open for the order of the case.
        world.place_undisturbed()?;
    }
    let reference = world.new_reference();
    world.plan(case);
    let report = world.send(resting_order(&reference));
    let shows = || !placed(&world.control, &reference).is_empty();
    let text = reference.as_str();
    let received = received(world, "place_order", text, case, &report, shows)?;
    let orders = placed(&world.control, &reference);
    if orders.len() > 1 {
        let words = format!("placed {} times: {report:?}", orders.len());
        return Err(Wrong::Untrue(words));
    }
    if let (Ok(Outcome::Accepted(accepted)), Some(order)) = (&report, orders.first())
        && accepted.order_id != OrderId::new(order.order_id)
    {
        let words = format!("it is order {}: {accepted:?}", order.order_id);
        return Err(Wrong::Untrue(words));
    }
    if report.is_err() {
        world.deny(reference.clone());
    }
    once(case, &report, received)?;
    registered(world, &reference, &report)
}

/// Like a new order, a change is never repeated: it could undo a later one.
pub(super) fn modify(world: &mut World, case: &Case) -> Verdict {
    let order = world.place_undisturbed()?;
    let handle = world.new_reference();
    let price: Fixed = OTHER.parse().unwrap();
    world.plan(case);
    let report = change(world, &order, &handle);
    let id = order.order_id.to_string();
    let shows = || current(&world.control, &order).price == price;
    let received = received(world, "modify_order", &id, case, &report, shows)?;
    once(case, &report, received)?;
    registered(world, &handle, &report)
}

/// A cancellation is repeated, since twice has the same effect. If the first one was
/// carried out, the exchange may refuse the second, with a reason that says nothing
/// about the first.
pub(super) fn cancel(world: &mut World, case: &Case) -> Verdict {
    let order = world.place_undisturbed()?;
    let handle = world.new_reference();
    world.plan(case);
    let report = take_back(world, &order, &handle);
    let id = order.order_id.to_string();
    let shows = || current(&world.control, &order).order_state == "DELETED";
    let received = received(world, "cancel_order", &id, case, &report, shows)?;
    let right = match (case.strike(), &report) {
        (Strike::After, Ok(Outcome::Accepted(_) | Outcome::Unknown(_))) => received == 2,
        (_, Ok(Outcome::Accepted(_))) => received == 1,
        _ => false,
    };
    if !right {
        return Err(format!("received {received} times: {report:?}").into());
    }
    registered(world, &handle, &report)
}

pub(super) fn change(world: &World, order: &OrderRecord, handle: &Reference) -> Report {
    let id = OrderId::new(order.order_id);
    let call = ModifyOrder::price(id, sek(OTHER), ACCOUNT).unwrap();
    world.send(call.with_reference(handle.clone()))
}

pub(super) fn take_back(world: &World, order: &OrderRecord, handle: &Reference) -> Report {
    let call = CancelOrder::new(OrderId::new(order.order_id), ACCOUNT);
    world.send(call.with_reference(handle.clone()))
}

/// How many times the exchange has received the whole of a request, which contains
/// `text`, if the report is true.
fn received(
    world: &World,
    operation: &str,
    text: &str,
    case: &Case,
    report: &Report,
    shows: impl Fn() -> bool,
) -> Result<usize, Wrong> {
    let count = || processed(&world.control, operation, text);
    let until = Instant::now() + SHOWN_WITHIN;
    // A client with a short time limit may be done before the exchange is.
    let is_to_come = case.strike() != Strike::Before;
    while (is_to_come || count() > 0) && !shows() && Instant::now() < until {
        thread::sleep(MOMENT);
    }
    let (count, shows) = (count(), shows());
    let is_true = match report {
        Ok(Outcome::Accepted(_)) => shows,
        Ok(Outcome::Rejected(_)) | Err(_) => !shows,
        Ok(Outcome::Unknown(_)) => true,
    };
    let words = format!("received {count} times, done: {shows}, report: {report:?}");
    match (count > 0) == shows {
        _ if !is_true => Err(Wrong::Untrue(words)),
        false => Err(Wrong::Poor(words)),
        true => Ok(count),
    }
}

/// Checks the report of a call that is never repeated.
fn once(case: &Case, report: &Report, received: usize) -> Result<(), String> {
    let right = match (case.strike(), report) {
        (Strike::Never, Ok(Outcome::Accepted(_))) => received == 1,
        // All was sent, and no response came.
        (Strike::After, Ok(Outcome::Unknown(_))) => received == 1,
        // A part was sent, and nobody knows how much of it arrived.
        (Strike::Before, Ok(Outcome::Unknown(_))) => received == 0,
        // The connection was dead before it was used: nothing was sent, or
        // everything on another one.
        (Strike::Before, Err(Error::NotSent(_))) => case.at == 0 && received == 0,
        (Strike::Before, Ok(Outcome::Accepted(_))) => case.at == 0 && received == 1,
        _ => false,
    };
    if right {
        Ok(())
    } else {
        Err(format!("received {received} times: {report:?}"))
    }
}

/// Checks that the client reports the same later, and lists the call as unresolved if
/// its outcome is unknown, until it is resolved.
fn registered(world: &World, reference: &Reference, report: &Report) -> Verdict {
    let client = &world.client;
    let later = client.outcome(reference);
    let unresolved = client.unresolved();
    let (same, words) = match (report, &later) {
        (Ok(Outcome::Unknown(first)), Some(Ok(Outcome::Unknown(later)))) => {
            (first == later && unresolved == [first.clone()], "unknown")
        }
        (Ok(first), Some(Ok(later))) => (first == later && unresolved.is_empty(), "accepted"),
        (Err(_), Some(Err(_))) => (unresolved.is_empty(), "not sent"),
        _ => (false, ""),
    };
    let _ = client.resolve(reference);
    if same && client.unresolved().is_empty() {
        Ok(words)
    } else {
        let words = format!("first {report:?}, then {later:?} and {unresolved:?}");
        Err(Wrong::Untrue(words))
    }
}

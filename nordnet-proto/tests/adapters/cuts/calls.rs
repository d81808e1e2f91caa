//! Calls that place, change and cancel orders.

use std::thread;
use std::time::{Duration, Instant};

use nordnet_proto::{CancelOrder, Error, ModifyOrder, OrderId, Outcome, Reference};
use nordnet_sim::{Fixed, OrderRecord};

use super::case::{Case, Strike};
use super::lane::World;
use super::{Verdict, Wrong};
use crate::shared::{ACCOUNT, MOMENT, Waits, current, placed, processed, resting_order, sek};

/// How long it may take until what was done shows.
const SHOWN_WITHIN: Duration = Duration::from_secs(5);

/// Another price than that of a resting order.
pub(super) const OTHER: &str = "61.00";

type Told = Result<Outcome, Error>;

pub(super) fn place<R: Waits>(world: &mut World<R>, case: &Case) -> Verdict {
    if case.kept {
        // It leaves a connection for the order of the case.
        world.place_undisturbed()?;
    }
    let reference = world.new_reference();
    world.plan(case);
    let told = R::result(world.client.send(resting_order(&reference)));
    let shows = || !placed(&world.control, &reference).is_empty();
    let text = reference.as_str();
    let received = received(world, "place_order", text, case, &told, shows)?;
    let orders = placed(&world.control, &reference);
    if orders.len() > 1 {
        let words = format!("placed {} times: {told:?}", orders.len());
        return Err(Wrong::Untrue(words));
    }
    if let (Ok(Outcome::Accepted(accepted)), Some(order)) = (&told, orders.first())
        && accepted.order_id != OrderId::new(order.order_id)
    {
        let words = format!("it is order {}: {accepted:?}", order.order_id);
        return Err(Wrong::Untrue(words));
    }
    if told.is_err() {
        world.deny(reference.clone());
    }
    once(case, &told, received)?;
    registered(world, &reference, &told)
}

/// Like a new order never sent again: it could undo a later change.
pub(super) fn modify<R: Waits>(world: &mut World<R>, case: &Case) -> Verdict {
    let order = world.place_undisturbed()?;
    let handle = world.new_reference();
    let price: Fixed = OTHER.parse().unwrap();
    world.plan(case);
    let told = change(world, &order, &handle);
    let id = order.order_id.to_string();
    let shows = || current(&world.control, &order).price == price;
    let received = received(world, "modify_order", &id, case, &told, shows)?;
    once(case, &told, received)?;
    registered(world, &handle, &told)
}

/// Sent again if need be, since twice has the same effect. If the first was
/// carried out after all, the exchange may refuse the second, for a reason that
/// says nothing about the first.
pub(super) fn cancel<R: Waits>(world: &mut World<R>, case: &Case) -> Verdict {
    let order = world.place_undisturbed()?;
    let handle = world.new_reference();
    world.plan(case);
    let told = take_back(world, &order, &handle);
    let id = order.order_id.to_string();
    let shows = || current(&world.control, &order).order_state == "DELETED";
    let received = received(world, "cancel_order", &id, case, &told, shows)?;
    let right = match (case.strike(), &told) {
        (Strike::After, Ok(Outcome::Accepted(_) | Outcome::Unknown(_))) => received == 2,
        (_, Ok(Outcome::Accepted(_))) => received == 1,
        _ => false,
    };
    if !right {
        return Err(format!("received {received} times: {told:?}").into());
    }
    registered(world, &handle, &told)
}

pub(super) fn change<R: Waits>(world: &World<R>, order: &OrderRecord, handle: &Reference) -> Told {
    let id = OrderId::new(order.order_id);
    let call = ModifyOrder::price(id, sek(OTHER), ACCOUNT).unwrap();
    R::result(world.client.send(call.with_reference(handle.clone())))
}

pub(super) fn take_back<R: Waits>(
    world: &World<R>,
    order: &OrderRecord,
    handle: &Reference,
) -> Told {
    let call = CancelOrder::new(OrderId::new(order.order_id), ACCOUNT);
    R::result(world.client.send(call.with_reference(handle.clone())))
}

/// How often the exchange has received a request whole, by a text that it must
/// hold, if what was told of it is true.
fn received<R: Waits>(
    world: &World<R>,
    operation: &str,
    text: &str,
    case: &Case,
    told: &Told,
    shows: impl Fn() -> bool,
) -> Result<usize, Wrong> {
    let count = || processed(&world.control, operation, text);
    let until = Instant::now() + SHOWN_WITHIN;
    // A client that is hasty may be done before the exchange is.
    let is_to_come = case.strike() != Strike::Before;
    while (is_to_come || count() > 0) && !shows() && Instant::now() < until {
        thread::sleep(MOMENT);
    }
    let (count, shows) = (count(), shows());
    let is_true = match told {
        Ok(Outcome::Accepted(_)) => shows,
        Ok(Outcome::Rejected(_)) | Err(_) => !shows,
        Ok(Outcome::Unknown(_)) => true,
    };
    let words = format!("received {count} times, done: {shows}, told: {told:?}");
    match (count > 0) == shows {
        _ if !is_true => Err(Wrong::Untrue(words)),
        false => Err(Wrong::Poor(words)),
        true => Ok(count),
    }
}

/// What may be said of a call that is never repeated.
fn once(case: &Case, told: &Told, received: usize) -> Result<(), String> {
    let right = match (case.strike(), told) {
        (Strike::Never, Ok(Outcome::Accepted(_))) => received == 1,
        // All was sent, and there is no answer.
        (Strike::After, Ok(Outcome::Unknown(_))) => received == 1,
        // Some was sent, of which nobody says how much arrived.
        (Strike::Before, Ok(Outcome::Unknown(_))) => received == 0,
        // The connection was dead before it was used: nothing was sent, or all
        // on another one.
        (Strike::Before, Err(Error::NotSent(_))) => case.at == 0 && received == 0,
        (Strike::Before, Ok(Outcome::Accepted(_))) => case.at == 0 && received == 1,
        _ => false,
    };
    if right {
        Ok(())
    } else {
        Err(format!("received {received} times: {told:?}"))
    }
}

/// The client tells the same when it is asked later, lists what is unknown and
/// nothing else, until that is resolved.
fn registered<R: Waits>(world: &World<R>, reference: &Reference, told: &Told) -> Verdict {
    let client = &world.client;
    let later = client.outcome(reference);
    let unresolved = client.unresolved();
    let (same, words) = match (told, &later) {
        (Ok(Outcome::Unknown(told)), Some(Ok(Outcome::Unknown(later)))) => {
            (told == later && unresolved == [told.clone()], "unknown")
        }
        (Ok(told), Some(Ok(later))) => (told == later && unresolved.is_empty(), "accepted"),
        (Err(_), Some(Err(_))) => (unresolved.is_empty(), "certainly not"),
        _ => (false, ""),
    };
    let _ = client.resolve(reference);
    if same && client.unresolved().is_empty() {
        Ok(words)
    } else {
        let words = format!("first {told:?}, then {later:?} and {unresolved:?}");
        Err(Wrong::Untrue(words))
    }
}

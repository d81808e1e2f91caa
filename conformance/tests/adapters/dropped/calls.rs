//! Order calls that are dropped after a number of polls: each takes effect once, unless
//! it was never polled.

use nordnet_driver::Client;
use nordnet_proto::order::Limit;
use nordnet_proto::{
    ActivateOrders, CancelOrder, ModifyOrder, OrderId, Outcome, PlaceOrder, Reference, Trading,
};
use nordnet_sim::OrderRecord;

use super::{World, is_ok, poll_times};
use crate::adapter::Adapter;
use crate::shared::{
    ACCOUNT, current, ericsson, eventually, placed, processed, resting_order, sek,
};

pub(super) fn place(world: &mut World, client: &Client<Trading>, polls: usize) -> bool {
    let reference = world.new_reference();
    let done = is_ok(poll_times(
        world.adapter,
        client.send(resting_order(&reference)),
        polls,
    ));
    accepted_unless_unpolled(world.adapter, client, &reference, polls);
    let orders = placed(&world.control, &reference).len();
    assert_eq!(orders, usize::from(polls > 0), "after {polls} polls");
    done
}

pub(super) fn modify(world: &mut World, client: &Client<Trading>, polls: usize) -> bool {
    let order = world.place_undisturbed();
    let handle = world.new_reference();
    let id = OrderId::new(order.order_id);
    let call = ModifyOrder::price(id, sek("61.00"), ACCOUNT).unwrap();
    let done = is_ok(poll_times(
        world.adapter,
        client.send(call.with_reference(handle.clone())),
        polls,
    ));
    accepted_unless_unpolled(world.adapter, client, &handle, polls);
    took_effect(world, "modify_order", &order, polls, |now| {
        now.price != order.price
    });
    done
}

pub(super) fn cancel(world: &mut World, client: &Client<Trading>, polls: usize) -> bool {
    let order = world.place_undisturbed();
    let handle = world.new_reference();
    let call = CancelOrder::new(OrderId::new(order.order_id), ACCOUNT);
    let done = is_ok(poll_times(
        world.adapter,
        client.send(call.with_reference(handle.clone())),
        polls,
    ));
    accepted_unless_unpolled(world.adapter, client, &handle, polls);
    took_effect(world, "cancel_order", &order, polls, |now| {
        now.order_state == "DELETED"
    });
    done
}

pub(super) fn activate(world: &mut World, client: &Client<Trading>, polls: usize) -> bool {
    let reference = world.new_reference();
    let held = PlaceOrder::buy(1, ericsson(), Limit::at(sek("60.00")).held(), ACCOUNT).unwrap();
    let held = held.with_reference(reference.clone());
    let outcome = world.adapter.wait(world.client.send(held));
    assert!(matches!(outcome, Ok(Outcome::Accepted(_))), "{outcome:?}");
    let order = placed(&world.control, &reference).remove(0);
    let handle = world.new_reference();
    let call = ActivateOrders::of(OrderId::new(order.order_id), ACCOUNT);
    let done = is_ok(poll_times(
        world.adapter,
        client.send(call.with_reference(handle.clone())),
        polls,
    ));
    accepted_unless_unpolled(world.adapter, client, &handle, polls);
    took_effect(world, "activate_orders", &order, polls, |now| {
        now.order_state == "ON_MARKET"
    });
    done
}

/// Checks that a call that was polled is listed, and runs to its end.
fn accepted_unless_unpolled(
    adapter: Adapter,
    client: &Client<Trading>,
    reference: &Reference,
    polls: usize,
) {
    let listed = client.outcome(reference);
    let right = match &listed {
        None => polls == 0,
        Some(Ok(Outcome::Accepted(_) | Outcome::Unknown(_))) => polls > 0,
        Some(_) => false,
    };
    assert!(right, "right after {polls} polls: {listed:?}");
    assert_eq!(adapter.wait(client.settle()), [], "after {polls} polls");
    let outcome = client.outcome(reference);
    let right = match &outcome {
        None => polls == 0,
        Some(outcome) => polls > 0 && matches!(outcome, Ok(Outcome::Accepted(_))),
    };
    assert!(right, "after {polls} polls: {outcome:?}");
}

fn took_effect(
    world: &World,
    operation: &str,
    order: &OrderRecord,
    polls: usize,
    shows: impl Fn(&OrderRecord) -> bool,
) {
    let id = order.order_id.to_string();
    let times = processed(&world.control, operation, &id);
    assert_eq!(
        times,
        usize::from(polls > 0),
        "{operation} after {polls} polls"
    );
    if polls > 0 {
        eventually(operation, || shows(&current(&world.control, order)));
    }
}

//! What a "too many requests" delays, and whose connections a call may use.

use std::time::Duration;

use nordnet_proto::api::{ListAccounts, StartLogin};
use nordnet_proto::{ActivateOrders, ApiKey, Endpoint, Error, Lane, Operation, Outcome, Step};

use crate::driver::{API_KEY, Reply, Run, World, always, answer, in_turn, response};
use crate::order_calls::{ACCOUNT, OK, ORDER, cancel, modify, place};

const SECOND: Duration = Duration::from_secs(1);

fn limited(seconds: &'static str) -> Reply {
    Reply::Answer(response(429, "", &[("retry-after", seconds)]))
}

/// The times at which a call was sent, in seconds since it began.
fn sent<T>(run: &Run<T>) -> Vec<u64> {
    run.sent.iter().map(|sent| sent.at.as_secs()).collect()
}

fn accounts(world: &mut World) -> Run<nordnet_proto::List<nordnet_proto::api::Account>> {
    world.run(ListAccounts::new(), always(answer(200, "[]")))
}

/// A client that was just told that it reads too much.
fn reads_too_much() -> World {
    let mut world = World::live();
    let mut read = Operation::new(ListAccounts::new());
    let Step::Send(out) = world.poll(&mut read) else {
        panic!("it is not sent");
    };
    let Reply::Answer(busy) = limited("20") else {
        unreachable!()
    };
    read.handle_answer(out.attempt, Ok(busy));
    assert!(matches!(world.poll(&mut read), Step::Wait(_)));
    world
}

#[test]
fn a_read_too_many_delays_reads_and_nothing_else() {
    let mut world = reads_too_much();
    assert_eq!(sent(&world.run(place(), always(answer(200, OK)))), [0]);
    assert_eq!(sent(&world.run(cancel(), always(answer(200, OK)))), [0]);
    assert_eq!(sent(&accounts(&mut world)), [19]);
}

#[test]
fn a_read_too_many_delays_the_keep_alive() {
    let mut world = World::live();
    world.wait(900 * SECOND + 100 * SECOND);
    let run = world.run(
        ListAccounts::new(),
        in_turn([limited("25"), answer(200, "[]")]),
    );
    assert_eq!(sent(&run), [0, 25]);
    let due = world.session.poll_timeout().unwrap();
    world.now = due;
    let mut touch = world.session.handle_timeout(world.now).unwrap();
    let mut read = Operation::new(ListAccounts::new());
    let Step::Send(out) = world.poll(&mut read) else {
        panic!("it is not sent");
    };
    let Reply::Answer(busy) = limited("20") else {
        unreachable!()
    };
    read.handle_answer(out.attempt, Ok(busy));
    let _ = world.poll(&mut read);
    assert!(matches!(world.poll(&mut touch), Step::Wait(_)));
}

#[test]
fn an_order_too_many_delays_orders_and_nothing_else() {
    for too_many in [
        |world: &mut World| world.run(place(), always(limited("20"))).result,
        |world: &mut World| world.run(modify(), always(limited("20"))).result,
    ] {
        let mut world = World::live();
        let result = too_many(&mut world);
        assert!(matches!(result, Err(Error::RateLimited { .. })));
        assert_eq!(sent(&accounts(&mut world)), [0]);
        assert_eq!(sent(&world.run(cancel(), always(answer(200, OK)))), [0]);

        let order = world.run(place(), always(answer(200, OK)));
        assert!(order.sent.is_empty(), "an order is not sent late");
        let wait = order.result.unwrap_err().wait().unwrap();
        assert_eq!(wait.as_secs(), 19);
        let ok = format!("[{OK}]");
        let activation = ActivateOrders::of(ORDER, ACCOUNT);
        assert_eq!(sent(&world.run(activation, always(answer(200, &ok)))), [19]);
        assert_eq!(sent(&world.run(place(), always(answer(200, OK)))), [0]);
    }
}

#[test]
fn a_cancellation_too_many_is_sent_once_more_after_its_wait() {
    let mut world = World::live();
    let run = world.run(cancel(), in_turn([limited("12"), answer(200, OK)]));
    assert_eq!(sent(&run), [0, 12]);
    assert!(matches!(run.result, Ok(Outcome::Accepted(_))));

    let run = world.run(cancel(), in_turn([limited("12"), limited("12")]));
    assert_eq!(sent(&run), [0, 12], "and not a third time");
    assert!(matches!(run.result, Err(Error::RateLimited { .. })));
    // Another cancellation does not wait for that.
    assert_eq!(sent(&world.run(cancel(), always(answer(200, OK)))), [0]);
    assert_eq!(sent(&accounts(&mut world)), [0]);
}

#[test]
fn a_login_too_many_delays_all_but_cancellations() {
    let mut world = World::sweden();
    world.login_server = Box::new(always(limited("300")));
    assert!(world.log_in().is_err());
    let pauses = world.session.counters().paused;
    assert_eq!(pauses.as_secs(), 600, "reads and orders");
}

#[test]
fn each_call_is_in_its_lane() {
    fn lane<E: Endpoint>(_: &E) -> Lane {
        E::LANE
    }
    assert_eq!(lane(&ListAccounts::new()), Lane::Read);
    let api_key = ApiKey::new(API_KEY).unwrap();
    assert_eq!(lane(&StartLogin::new(api_key)), Lane::Read);
    assert_eq!(lane(&place()), Lane::Order);
    assert_eq!(lane(&modify()), Lane::Order);
    assert_eq!(lane(&ActivateOrders::of(ORDER, ACCOUNT)), Lane::Order);
    assert_eq!(lane(&cancel()), Lane::Cancel);
}

/// An answer that is there before the request is none to it, so a new connection
/// is listened to before an order leaves on it.
#[test]
fn a_new_connection_stays_silent_before_an_order_leaves() {
    fn quiet<E: Endpoint<Response: std::fmt::Debug>>(call: E, took: u64) -> Option<u128> {
        let mut world = World::live();
        let Step::Send(out) = world.poll(&mut Operation::new(call)) else {
            panic!("it is not sent");
        };
        let quiet = out.quiet(Duration::from_millis(took))?;
        Some(quiet.as_millis())
    }
    assert_eq!(quiet(ListAccounts::new(), 30), None);
    for (took, silent) in [(0, 20), (30, 20), (90, 45), (4000, 100)] {
        assert_eq!(quiet(place(), took), Some(silent));
        assert_eq!(quiet(modify(), took), Some(silent));
        assert_eq!(quiet(cancel(), took), Some(silent));
    }
}

//! Futures that are dropped after any number of polls: no order is lost or placed
//! twice, and the client works afterwards.

mod calls;

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::thread;
use std::time::{Duration, Instant};

use nordnet_driver::Client;
use nordnet_proto::api::{ActionState, ListAccounts, SearchStocks};
use nordnet_proto::market::Update;
use nordnet_proto::{
    AccountMessage, Endpoint, Error, Event, FeedConfig, LoginError, MarketMessage, Outcome, Pages,
    PermittedTo, Reference, Subscription, Trading,
};
use nordnet_sim::{Answer, Control, Cut, Feeds, OrderRecord, Server};

use crate::adapter::Adapter;
use crate::shared::{builder, ericsson, eventually, placed, resting_order};

/// Longer than anything takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// The pause between two polls, in which the tasks of a client take a step.
const STEP: Duration = Duration::from_micros(200);

/// More polls than anything takes.
const MOST: usize = 5000;

/// More polls than the first call of a client takes.
const FIRST: usize = 60;

struct World {
    adapter: Adapter,
    server: Server,
    control: Control,
    client: Client<Trading>,
    references: usize,
}

pub(crate) fn orders(adapter: Adapter) {
    let mut world = World::open(adapter);
    for call in [calls::place, calls::modify, calls::cancel, calls::activate] {
        world.at_every_poll(|world, polls| {
            let client = world.client.clone();
            call(world, &client, polls)
        });
        // The call of a new client, which has to log in and to connect first.
        for polls in (0..FIRST).step_by(3) {
            let builder = builder(adapter, &world.server).trading();
            let fresh = adapter.wait(builder.journal(|_| Ok(())).open()).unwrap();
            call(&mut world, &fresh, polls);
        }
    }
}

pub(crate) fn reads(adapter: Adapter) {
    let mut world = World::open(adapter);
    let client = world.client.clone();
    world.at_every_poll(|_, polls| {
        is_ok(poll_times(adapter, client.send(ListAccounts::new()), polls))
    });
    world.at_every_poll(|_, polls| {
        let call = client.send_within(ListAccounts::new(), PATIENCE);
        is_ok(poll_times(adapter, call, polls))
    });
    world.at_every_poll(|_, polls| {
        let pages = Pages::of(SearchStocks::new().limit(7));
        is_ok(poll_times(adapter, client.run(pages), polls))
    });
    world.at_every_poll(|_, polls| is_ok(poll_times(adapter, client.session(), polls)));
    assert_eq!(world.control.counters().logins, 1);
}

/// A login goes on for the other calls that need it, and there is only one.
pub(crate) fn logins(adapter: Adapter) {
    let mut world = World::open(adapter);
    world.at_every_poll(|world, polls| {
        is_ok(poll_times(
            adapter,
            builder(adapter, &world.server).open(),
            polls,
        ))
    });
    world.at_every_poll(|world, polls| {
        is_ok(poll_times(
            adapter,
            builder(adapter, &world.server).login(),
            polls,
        ))
    });
    world.at_every_poll(|world, polls| {
        let client = adapter
            .wait(builder(adapter, &world.server).open())
            .unwrap();
        let done = is_ok(poll_times(adapter, client.session(), polls));
        adapter.wait(client.send(ListAccounts::new())).unwrap();
        assert_eq!(client.counters().logins, 1);
        done
    });
}

/// Either nothing happens, or the session ends.
pub(crate) fn logouts(adapter: Adapter) {
    let mut world = World::open(adapter);
    world.at_every_poll(|world, polls| {
        // The logout needs a new connection.
        let builder = builder(adapter, &world.server);
        let builder = builder.configure(|config| config.limits.kept_connections = 0);
        let client = adapter.wait(builder.login()).unwrap();
        let sessions = world.control.sessions().len();
        let witness = client.clone();
        let done = is_ok(poll_times(adapter, client.logout(), polls));
        match adapter.wait(witness.send(ListAccounts::new())) {
            Ok(_) => assert!(!done, "it was still logged in"),
            Err(Error::Login(LoginError::LoggedOut)) => {
                eventually("the session ends", || {
                    world.control.sessions().len() < sessions
                });
            }
            Err(error) => panic!("{polls}: {error}"),
        }
        done
    });
}

pub(crate) fn settling(adapter: Adapter) {
    let mut world = World::open(adapter);
    world.at_every_poll(|world, polls| {
        let slow = Answer::ordinary().late(Duration::from_millis(3));
        world.control.respond("place_order", 1, slow).unwrap();
        let reference = world.new_reference();
        let order = world.client.send(resting_order(&reference));
        assert!(poll_times(adapter, order, 1).is_none());
        let settled = poll_times(adapter, world.client.settle(), polls);
        assert!(settled.as_ref().is_none_or(Vec::is_empty));
        settled.is_some()
    });
}

/// A program that ends right after it has dropped the future of an order.
pub(crate) fn logout_waits_for_orders_in_flight(adapter: Adapter) {
    let mut world = World::open(adapter);
    let reference = order_in_flight(adapter, &mut world);
    adapter.wait(world.client.clone().logout()).unwrap();
    let outcome = world.client.outcome(&reference);
    assert!(
        matches!(outcome, Some(Ok(Outcome::Accepted(_)))),
        "{outcome:?}"
    );
}

/// Orders are refused from the first poll on, so the session must not stay.
pub(crate) fn dropped_logout_ends_the_session(adapter: Adapter) {
    let mut world = World::open(adapter);
    order_in_flight(adapter, &mut world);
    let sessions = world.control.sessions().len();
    assert!(poll_times(adapter, world.client.clone().logout(), 1).is_none());
    eventually("the session ends", || {
        world.control.sessions().len() < sessions
    });
}

/// Sends an order whose response takes a while, and drops its future.
fn order_in_flight(adapter: Adapter, world: &mut World) -> Reference {
    let slow = Answer::ordinary().late(Duration::from_millis(300));
    world.control.respond("place_order", 1, slow).unwrap();
    let reference = world.new_reference();
    let order = world.client.send(resting_order(&reference));
    assert!(poll_times(adapter, order, 1).is_none());
    reference
}

/// Dropping the future of a call that gets no response does not wait for it, nor does
/// dropping its client.
pub(crate) fn calls_in_flight_do_not_block(adapter: Adapter) {
    let mut world = World::open(adapter);
    let never = Answer::ordinary().late(Duration::from_secs(600));
    world.control.respond("*", 2, never).unwrap();
    let order = resting_order(&world.new_reference());
    let mut order = Box::pin(send(world.client.clone(), order));
    let mut read = Box::pin(send(world.client.clone(), ListAccounts::new()));
    let both = poll_fn(|cx| {
        let order = order.as_mut().poll(cx).is_ready();
        let read = read.as_mut().poll(cx).is_ready();
        if order || read {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    });
    let end = Instant::now() + PATIENCE;
    let mut both = pin!(both);
    while world.client.unresolved().is_empty() {
        assert!(Instant::now() < end, "the order was never in flight");
        assert!(adapter.wait_within(STEP, both.as_mut()).is_none());
    }
    let begun = Instant::now();
    drop((order, read, world.client));
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(1), "{took:?}");
}

/// Each wait for an event is dropped: connects, logins and messages on their way are
/// kept, and every message comes once.
pub(crate) fn feeds(adapter: Adapter) {
    for polls in [1, 2, 3, 7] {
        let mut world = World::open(adapter);
        let mut config = FeedConfig::default();
        config.backoff_first = Duration::from_millis(1);
        config.backoff_cap = Duration::from_millis(1);
        let mut market = world.client.market_feed_with(config.clone()).unwrap();
        let mut account = world.client.account_feed_with(config).unwrap();
        market.subscribe(Subscription::Price(ericsson()));
        let mut ticks = 0;
        let mut reported = BTreeMap::new();
        let end = Instant::now() + PATIENCE;
        while ticks < 2
            || reported.len() < 20
            || reported.values().any(|states: &Vec<_>| states.len() < 2)
        {
            assert!(
                Instant::now() < end,
                "waits of {polls} polls: {ticks}, {reported:?}"
            );
            let tick = poll_times(adapter, market.next(), polls);
            if let Some(Some(Event::Message(MarketMessage::Price(tick)))) = tick {
                assert!(tick.is_full(), "the first of its connection");
                ticks += 1;
                if ticks == 1 {
                    world.control.cut_feeds(Feeds::Public, Cut::Abrupt);
                }
            }
            let update = poll_times(adapter, account.next(), polls);
            if let Some(Some(Event::Message(AccountMessage::Order(update)))) = update {
                let states = reported
                    .get_mut(update.reference.as_deref().unwrap())
                    .unwrap();
                states.push(update.action_state);
            }
            let open = world.control.connections();
            let logged_in = open.iter().filter(|one| one.epoch.is_some()).count();
            if logged_in == 2 && reported.len() < 20 {
                let order = world.place_undisturbed();
                reported.insert(order.reference.unwrap(), Vec::new());
            }
        }
        let both = [ActionState::InsertPending, ActionState::InsertConfirmed].map(Some);
        assert!(
            reported.values().all(|states| *states == both),
            "{reported:?}"
        );
        let connects = [market.counters().connects, account.counters().connects];
        assert_eq!(connects, [2, 1]);
        assert_eq!(world.control.counters().logins, 1);
    }
}

/// Each wait for an event or an update is dropped.
pub(crate) fn watches(adapter: Adapter) {
    let _runtime = adapter.enter();
    let server = Server::builder().rate(20.0).start().unwrap();
    let client = adapter.wait(builder(adapter, &server).login()).unwrap();
    for polls in [1, 2, 3, 7] {
        let watch = || client.market().price([ericsson()]);
        let mut market = watch().open().unwrap();
        let mut latest = watch().latest().unwrap();
        let (mut events, mut ticks) = (0, 0);
        let end = Instant::now() + PATIENCE;
        while market.counters().prices < 10 || ticks < 10 {
            assert!(Instant::now() < end, "waits of {polls} polls");
            let event = poll_times(adapter, market.next(), polls);
            let is_tick = matches!(event, Some(Some(Event::Message(MarketMessage::Price(_)))));
            events += u64::from(is_tick);
            if let Some(Some(update)) = poll_times(adapter, latest.next(), polls)
                && let Update::Changed { ticks: some, .. } = update
            {
                ticks += some;
            }
        }
        assert_eq!(events, market.counters().prices);
    }
}

async fn send<E>(client: Client<Trading>, call: E) -> Result<E::Response, Error>
where
    E: Endpoint<Access: PermittedTo<Trading>>,
{
    client.send(call).await
}

impl World {
    fn open(adapter: Adapter) -> Self {
        let server = Server::builder().rate(0.0).speed(20.0).start().unwrap();
        let login = builder(adapter, &server).trading().login();
        Self {
            adapter,
            control: server.control(),
            server,
            client: adapter.wait(login).unwrap(),
            references: 0,
        }
    }

    /// Runs a test for 0, 1, 2, ... polls until it returns that these were enough. After
    /// each run the client has to work.
    fn at_every_poll(&mut self, mut done_after: impl FnMut(&mut Self, usize) -> bool) {
        for polls in 0..MOST {
            let done = done_after(self, polls);
            let begun = Instant::now();
            assert_eq!(
                self.adapter.wait(self.client.settle()),
                [],
                "after {polls} polls"
            );
            let accounts = self.adapter.wait(self.client.send(ListAccounts::new()));
            assert!(accounts.is_ok(), "after {polls} polls: {accounts:?}");
            assert!(begun.elapsed() < PATIENCE);
            if done {
                return;
            }
        }
        panic!("not done after {MOST} polls");
    }

    fn new_reference(&mut self) -> Reference {
        self.references += 1;
        Reference::new(format!("drop-{}", self.references)).unwrap()
    }

    fn place_undisturbed(&mut self) -> OrderRecord {
        let reference = self.new_reference();
        let outcome = self
            .adapter
            .wait(self.client.send(resting_order(&reference)));
        assert!(matches!(outcome, Ok(Outcome::Accepted(_))), "{outcome:?}");
        placed(&self.control, &reference).remove(0)
    }
}

/// Returns `true` if the future was done; then it must have succeeded.
fn is_ok<T, E: std::fmt::Debug>(done: Option<Result<T, E>>) -> bool {
    done.map(|result| _ = result.unwrap()).is_some()
}

/// Polls a future up to `polls` times, and drops it.
fn poll_times<F: Future>(adapter: Adapter, future: F, polls: usize) -> Option<F::Output> {
    let mut future = pin!(future);
    for _ in 0..polls {
        let poll = poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx)));
        if let Some(Poll::Ready(result)) = adapter.wait_within(PATIENCE, poll) {
            return Some(result);
        }
        thread::sleep(STEP);
    }
    None
}

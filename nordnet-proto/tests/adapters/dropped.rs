//! Futures that are dropped after any number of polls: no order is lost or
//! placed twice, and the client goes on working.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::thread;
use std::time::{Duration, Instant};

use nordnet_proto::api::{ActionState, ListAccounts, SearchStocks};
use nordnet_proto::driver::{AsyncAdapter, BoxFuture, Client};
use nordnet_proto::market::Update;
use nordnet_proto::{
    AccountMessage, Error, Event, FeedConfig, LoginError, MarketMessage, Outcome, Pages, Reference,
    Subscription, Trading,
};
use nordnet_sim::{Answer, Control, Cut, Feeds, OrderRecord, Server};

use crate::shared::{Waits, builder, ericsson, eventually, placed, resting_order};

#[path = "dropped/calls.rs"]
mod calls;

/// An adapter whose calls are futures.
pub(crate) trait Futures: Waits + AsyncAdapter {
    fn future<T: Send + 'static>(call: Self::Call<T>) -> BoxFuture<T>;
}

/// Longer than anything takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// Between two polls, in which the tasks of a client take a step.
const STEP: Duration = Duration::from_micros(200);

/// More polls than anything takes.
const MOST: usize = 5000;

/// How many polls it takes until what a client does at its first call is done.
const FIRST: usize = 60;

struct World<R: Futures> {
    server: Server,
    control: Control,
    client: Client<R, Trading>,
    references: usize,
}

pub(crate) fn orders<R: Futures>() {
    let mut world = World::<R>::open();
    for call in [calls::place, calls::modify, calls::cancel, calls::activate] {
        world.at_every_poll(|world, polls| {
            let client = world.client.clone();
            call(world, &client, polls)
        });
        // Where a login, a record and a connection have to come first.
        for polls in (0..FIRST).step_by(3) {
            let builder = builder::<R>(&world.server).trading();
            let fresh = R::result(builder.journal(|_| Ok(())).open()).unwrap();
            call(&mut world, &fresh, polls);
        }
    }
}

pub(crate) fn reads<R: Futures>() {
    let mut world = World::<R>::open();
    let client = world.client.clone();
    world.at_every_poll(|_, polls| is_ok(polled::<R, _>(client.send(ListAccounts::new()), polls)));
    world.at_every_poll(|_, polls| {
        let call = client.send_within(ListAccounts::new(), PATIENCE);
        is_ok(polled::<R, _>(call, polls))
    });
    world.at_every_poll(|_, polls| {
        let pages = Pages::of(SearchStocks::new().limit(7));
        is_ok(polled::<R, _>(client.run(pages), polls))
    });
    world.at_every_poll(|_, polls| is_ok(polled::<R, _>(client.session(), polls)));
    assert_eq!(world.control.counters().logins, 1);
}

/// A login goes on for those who need it too; nobody logs in twice.
pub(crate) fn logins<R: Futures>() {
    let mut world = World::<R>::open();
    world.at_every_poll(|world, polls| {
        is_ok(polled::<R, _>(builder::<R>(&world.server).open(), polls))
    });
    world.at_every_poll(|world, polls| {
        is_ok(polled::<R, _>(builder::<R>(&world.server).login(), polls))
    });
    world.at_every_poll(|world, polls| {
        let client = R::result(builder::<R>(&world.server).open()).unwrap();
        let done = is_ok(polled::<R, _>(client.session(), polls));
        R::result(client.send(ListAccounts::new())).unwrap();
        assert_eq!(client.counters().logins, 1);
        done
    });
}

/// Either nothing has happened, or the session ends.
pub(crate) fn logouts<R: Futures>() {
    let mut world = World::<R>::open();
    world.at_every_poll(|world, polls| {
        // It has to connect anew.
        let builder = builder::<R>(&world.server);
        let builder = builder.configure(|config| config.limits.kept_connections = 0);
        let client = R::result(builder.login()).unwrap();
        let sessions = world.control.sessions().len();
        let witness = client.clone();
        let done = is_ok(polled::<R, _>(client.logout(), polls));
        match R::result(witness.send(ListAccounts::new())) {
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

pub(crate) fn settling<R: Futures>() {
    let mut world = World::<R>::open();
    world.at_every_poll(|world, polls| {
        let slow = Answer::ordinary().late(Duration::from_millis(3));
        world.control.respond("place_order", 1, slow).unwrap();
        let reference = world.new_reference();
        let order = world.client.send(resting_order(&reference));
        assert!(polled::<R, _>(order, 1).is_none());
        let settled = polled::<R, _>(world.client.settle(), polls);
        assert!(settled.as_ref().is_none_or(Vec::is_empty));
        settled.is_some()
    });
}

/// The program ends right after an order whose future was dropped.
pub(crate) fn logging_out_waits_for_orders_in_flight<R: Futures>() {
    let mut world = World::<R>::open();
    let slow = Answer::ordinary().late(Duration::from_millis(300));
    world.control.respond("place_order", 1, slow).unwrap();
    let reference = world.new_reference();
    let order = world.client.send(resting_order(&reference));
    assert!(polled::<R, _>(order, 1).is_none());
    R::result(world.client.clone().logout()).unwrap();
    let outcome = world.client.outcome(&reference);
    assert!(
        matches!(outcome, Some(Ok(Outcome::Accepted(_)))),
        "{outcome:?}"
    );
}

/// Neither the future of a call that is never answered nor its client is waited
/// for when they are dropped.
pub(crate) fn calls_in_flight_hold_nobody_up<R: Futures>() {
    let mut world = World::<R>::open();
    let never = Answer::ordinary().late(Duration::from_secs(600));
    world.control.respond("*", 2, never).unwrap();
    let order = resting_order(&world.new_reference());
    let mut order = R::future(world.client.send(order));
    let mut read = R::future(world.client.send(ListAccounts::new()));
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
        assert!(Instant::now() < end, "the order is never in flight");
        assert!(R::in_time(STEP, both.as_mut()).is_none());
    }
    let begun = Instant::now();
    drop((order, read, world.client));
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(1), "{took:?}");
}

/// Each wait for an event is dropped: connects, logins and messages under way
/// are kept all the same, and every message comes once.
pub(crate) fn feeds<R: Futures>() {
    for polls in [1, 2, 3, 7] {
        let mut world = World::<R>::open();
        let mut config = FeedConfig::default();
        config.backoff_first = Duration::from_millis(1);
        config.backoff_cap = Duration::from_millis(1);
        let mut market = world.client.market_feed_with(config.clone()).unwrap();
        let mut account = world.client.account_feed_with(config).unwrap();
        market.subscribe(Subscription::Price(ericsson()));
        let mut ticks = 0;
        let mut told = BTreeMap::new();
        let end = Instant::now() + PATIENCE;
        while ticks < 2 || told.len() < 20 || told.values().any(|states: &Vec<_>| states.len() < 2)
        {
            assert!(
                Instant::now() < end,
                "waits of {polls} polls: {ticks}, {told:?}"
            );
            let tick = poll_times::<R, _>(market.next(), polls);
            if let Some(Some(Event::Message(MarketMessage::Price(tick)))) = tick {
                assert!(tick.is_full(), "of each connection the first");
                ticks += 1;
                if ticks == 1 {
                    world.control.cut_feeds(Feeds::Public, Cut::Abrupt);
                }
            }
            let update = poll_times::<R, _>(account.next(), polls);
            if let Some(Some(Event::Message(AccountMessage::Order(update)))) = update {
                let states = told.get_mut(update.reference.as_deref().unwrap()).unwrap();
                states.push(update.action_state);
            }
            let open = world.control.connections();
            let logged_in = open.iter().filter(|one| one.epoch.is_some()).count();
            if logged_in == 2 && told.len() < 20 {
                let order = world.place_undisturbed();
                told.insert(order.reference.unwrap(), Vec::new());
            }
        }
        let both = [ActionState::InsertPending, ActionState::InsertConfirmed].map(Some);
        assert!(told.values().all(|states| *states == both), "{told:?}");
        let connects = [market.counters().connects, account.counters().connects];
        assert_eq!(connects, [2, 1]);
        assert_eq!(world.control.counters().logins, 1);
    }
}

/// Each wait for what a watch tells is dropped; nothing of it is lost.
pub(crate) fn watches<R: Futures>() {
    let server = Server::builder().rate(20.0).start().unwrap();
    let client = R::result(builder::<R>(&server).login()).unwrap();
    for polls in [1, 2, 3, 7] {
        let watch = || client.market().price([ericsson()]);
        let mut market = watch().open().unwrap();
        let mut latest = watch().latest().unwrap();
        let (mut events, mut ticks) = (0, 0);
        let end = Instant::now() + PATIENCE;
        while market.counters().prices < 10 || ticks < 10 {
            assert!(Instant::now() < end, "waits of {polls} polls");
            let event = poll_times::<R, _>(market.next(), polls);
            let is_tick = matches!(event, Some(Some(Event::Message(MarketMessage::Price(_)))));
            events += u64::from(is_tick);
            if let Some(Some(update)) = poll_times::<R, _>(latest.next(), polls)
                && let Update::Changed { ticks: some, .. } = update
            {
                ticks += some;
            }
        }
        assert_eq!(events, market.counters().prices);
    }
}

impl<R: Futures> World<R> {
    fn open() -> Self {
        let server = Server::builder().rate(0.0).speed(20.0).start().unwrap();
        let login = builder::<R>(&server).trading().login();
        Self {
            control: server.control(),
            server,
            client: R::result(login).unwrap(),
            references: 0,
        }
    }

    /// Does something again and again, each time for one poll more, until that
    /// is often enough; after each time the client is of use.
    fn at_every_poll(&mut self, mut done_after: impl FnMut(&mut Self, usize) -> bool) {
        for polls in 0..MOST {
            let done = done_after(self, polls);
            let begun = Instant::now();
            assert_eq!(R::result(self.client.settle()), [], "after {polls} polls");
            let accounts = R::result(self.client.send(ListAccounts::new()));
            assert!(accounts.is_ok(), "after {polls} polls: {accounts:?}");
            assert!(begun.elapsed() < PATIENCE);
            if done {
                return;
            }
        }
        panic!("it never ends");
    }

    fn new_reference(&mut self) -> Reference {
        self.references += 1;
        Reference::new(format!("drop-{}", self.references)).unwrap()
    }

    fn place_undisturbed(&mut self) -> OrderRecord {
        let reference = self.new_reference();
        let outcome = R::result(self.client.send(resting_order(&reference)));
        assert!(matches!(outcome, Ok(Outcome::Accepted(_))), "{outcome:?}");
        placed(&self.control, &reference).remove(0)
    }
}

/// Whether it was done; then it went well.
fn is_ok<T, E: std::fmt::Debug>(done: Option<Result<T, E>>) -> bool {
    done.map(|result| _ = result.unwrap()).is_some()
}

fn polled<R: Futures, T: Send + 'static>(call: R::Call<T>, polls: usize) -> Option<T> {
    poll_times::<R, _>(R::future(call), polls)
}

/// Polls a future so many times at most, and drops it.
fn poll_times<R: Futures, F: Future>(future: F, polls: usize) -> Option<F::Output> {
    let mut future = pin!(future);
    for _ in 0..polls {
        let poll = poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx)));
        if let Some(Poll::Ready(result)) = R::in_time(PATIENCE, poll) {
            return Some(result);
        }
        thread::sleep(STEP);
    }
    None
}

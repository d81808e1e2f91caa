//! Connections that are cut below TLS, at any byte of the handshake and of the records
//! after it: if an order cannot have left, the client knows it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use nordnet_driver::Client;
use nordnet_proto::api::ListAccounts;
use nordnet_proto::{BaseUrl, Error, Outcome, Reference, Trading};
use nordnet_sim::{Control, Cut, Direction, Server};

use crate::adapter::Adapter;
use crate::relay::{Passed, Relay};
use crate::shared::{builder, eventually, placed, processed, resting_order};

/// How many cases run at once.
const LANES: usize = 16;

/// By how many bytes the length of signatures and tickets varies.
const SPREAD: u64 = 16;

#[derive(Clone, Copy, Debug)]
struct Case {
    direction: Direction,
    cut: Cut,
    at: u64,
    /// If the client cannot have come to its request.
    in_handshake: bool,
}

/// Cuts at one byte in `step`.
pub(crate) fn cut(adapter: Adapter, step: usize) {
    let cases = cases(adapter, step as u64);
    let next = AtomicUsize::new(0);
    let reports: Vec<_> = thread::scope(|scope| {
        let lane = || {
            let mut world = World::open(adapter);
            let mut reports = Vec::new();
            while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                reports.push((case.in_handshake, world.run(*case)));
            }
            world.check_denied();
            reports
        };
        let lanes: Vec<_> = (0..LANES).map(|_| scope.spawn(lane)).collect();
        let reports = lanes.into_iter().map(|lane| lane.join().unwrap());
        reports.flatten().collect()
    });
    for words in ["accepted", "unknown", "not sent"] {
        let all = reports.iter().filter(|(_, report)| *report == words);
        let early = all.clone().filter(|(in_handshake, _)| *in_handshake);
        println!(
            "{:6}  {words}, of which {} in the handshake",
            all.count(),
            early.count()
        );
    }
    assert_eq!(reports.len(), cases.len());
    assert!(reports.iter().any(|(_, report)| *report == "accepted"));
}

fn cases(adapter: Adapter, step: u64) -> Vec<Case> {
    // The second connection uses a ticket of the first one.
    let mut world = World::open(adapter);
    assert_eq!(world.place(&world.patient.clone()).1, "accepted");
    let passed = world.relay.passed();
    let ends = |way: usize| passed.iter().map(move |one| one.bytes[way]).max().unwrap();
    let opened = |way: usize| {
        let openings = passed.iter().filter_map(|one: &Passed| one.opening);
        openings.map(move |opening| opening[way]).min().unwrap()
    };
    let mut cases = Vec::new();
    for (way, direction) in [Direction::In, Direction::Out].into_iter().enumerate() {
        for cut in [Cut::Abrupt, Cut::Reset, Cut::Stall] {
            let first = cases.len() as u64 % step;
            cases.extend(
                (first..ends(way) + SPREAD)
                    .step_by(step as usize)
                    .map(|at| Case {
                        direction,
                        cut,
                        at,
                        in_handshake: at + SPREAD < opened(way),
                    }),
            );
        }
    }
    cases
}

struct World {
    adapter: Adapter,
    _server: Server,
    control: Control,
    relay: Relay,
    patient: Client<Trading>,
    hasty: Client<Trading>,
    references: usize,
    denied: Vec<Reference>,
}

impl World {
    fn open(adapter: Adapter) -> Self {
        let server = Server::builder().rate(0.0).start().unwrap();
        let relay = Relay::to(
            server
                .rest_url()
                .trim_start_matches("https://")
                .parse()
                .unwrap(),
        );
        let base_url: BaseUrl = format!("https://{}", relay.address).parse().unwrap();
        let client = |answer: Option<Duration>| {
            let builder = builder(adapter, &server).configure(|config| {
                config.base_url = base_url.clone();
                config.limits.kept_connections = 0;
                config.limits.answer = answer.unwrap_or(config.limits.answer);
            });
            adapter.open(builder.trading()).unwrap()
        };
        let world = Self {
            adapter,
            control: server.control(),
            relay,
            patient: client(None),
            hasty: client(Some(Duration::from_millis(250))),
            _server: server,
            references: 0,
            denied: Vec::new(),
        };
        for client in [&world.patient, &world.hasty] {
            // A machine under load can be too slow for the hasty one.
            eventually("it logs in", || adapter.session(client).is_ok());
        }
        world
    }

    fn run(&mut self, case: Case) -> &'static str {
        let client = match case.cut {
            Cut::Stall => self.hasty.clone(),
            _ => self.patient.clone(),
        };
        self.relay.cut_at(case.direction, case.at, case.cut);
        let (received, report) = self.place(&client);
        if case.in_handshake {
            assert_eq!((received, report), (0, "not sent"), "{case:?}");
        }
        self.relay.cut_at(case.direction, case.at, case.cut);
        let read = self.adapter.send(&client, ListAccounts::new());
        // A machine under load can be too slow for the hasty one.
        assert!(read.is_ok() || case.cut == Cut::Stall, "{case:?}: {read:?}");
        report
    }

    /// Places an order. Returns how many times the exchange received it, and what the
    /// client reported, which has to be true.
    fn place(&mut self, client: &Client<Trading>) -> (usize, &'static str) {
        self.references += 1;
        let reference = Reference::new(format!("sealed-{}", self.references)).unwrap();
        let report = self.adapter.send(client, resting_order(&reference));
        let received = processed(&self.control, "place_order", reference.as_str());
        assert!(received <= 1, "received {received} times");
        let words = match &report {
            Ok(Outcome::Accepted(_)) if received == 1 => "accepted",
            Ok(Outcome::Unknown(_)) => "unknown",
            Err(Error::NotSent(_)) if received == 0 => "not sent",
            _ => panic!("received {received} times: {report:?}"),
        };
        let _ = client.resolve(&reference);
        if report.is_err() {
            self.denied.push(reference);
        }
        (received, words)
    }

    /// Checks that no order came later that was not placed, as the client reported.
    fn check_denied(&self) {
        for reference in &self.denied {
            assert_eq!(placed(&self.control, reference), []);
        }
    }
}

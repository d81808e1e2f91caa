//! Connections that are cut below TLS, at any byte of the handshake and of what
//! is sealed after it: where an order cannot have left, that is known.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use nordnet_proto::api::ListAccounts;
use nordnet_proto::driver::Client;
use nordnet_proto::{BaseUrl, Error, Outcome, Reference, Trading};
use nordnet_sim::{Control, Cut, Direction, Server};

use crate::relay::{Passed, Relay};
use crate::shared::{Waits, builder, eventually, placed, processed, resting_order};

/// How many cases run at a time.
const LANES: usize = 16;

/// Signatures and tickets are now longer and now shorter.
const SPREAD: u64 = 16;

#[derive(Clone, Copy, Debug)]
struct Case {
    direction: Direction,
    cut: Cut,
    at: u64,
    /// Whether the client cannot have got to its request.
    in_handshake: bool,
}

/// Cuts at every so many bytes.
pub(crate) fn cut<R: Waits>(step: usize) {
    let cases = cases::<R>(step as u64);
    let next = AtomicUsize::new(0);
    let told: Vec<_> = thread::scope(|scope| {
        let lane = || {
            let mut world = World::<R>::open();
            let mut told = Vec::new();
            while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                told.push((case.in_handshake, world.run(*case)));
            }
            world.check_denied();
            told
        };
        let lanes: Vec<_> = (0..LANES).map(|_| scope.spawn(lane)).collect();
        let told = lanes.into_iter().map(|lane| lane.join().unwrap());
        told.flatten().collect()
    });
    for words in ["accepted", "unknown", "certainly not"] {
        let all = told.iter().filter(|(_, told)| *told == words);
        let early = all.clone().filter(|(in_handshake, _)| *in_handshake);
        println!(
            "{:6}  {words}, of which {} in the handshake",
            all.count(),
            early.count()
        );
    }
    assert_eq!(told.len(), cases.len());
    assert!(told.iter().any(|(_, told)| *told == "accepted"));
}

fn cases<R: Waits>(step: u64) -> Vec<Case> {
    // The first connection brings a ticket that the second one uses.
    let mut world = World::<R>::open();
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

struct World<R: Waits> {
    _server: Server,
    control: Control,
    relay: Relay,
    patient: Client<R, Trading>,
    hasty: Client<R, Trading>,
    references: usize,
    denied: Vec<Reference>,
}

impl<R: Waits> World<R> {
    fn open() -> Self {
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
            let builder = builder::<R>(&server).configure(|config| {
                config.base_url = base_url.clone();
                config.limits.kept_connections = 0;
                config.limits.answer = answer.unwrap_or(config.limits.answer);
            });
            R::result(builder.trading().open()).unwrap()
        };
        let world = Self {
            control: server.control(),
            relay,
            patient: client(None),
            hasty: client(Some(Duration::from_millis(250))),
            _server: server,
            references: 0,
            denied: Vec::new(),
        };
        for client in [&world.patient, &world.hasty] {
            // A machine under load may be too slow for the hasty one.
            eventually("it logs in", || R::result(client.session()).is_ok());
        }
        world
    }

    fn run(&mut self, case: Case) -> &'static str {
        let client = match case.cut {
            Cut::Stall => self.hasty.clone(),
            _ => self.patient.clone(),
        };
        self.relay.cut_at(case.direction, case.at, case.cut);
        let (received, told) = self.place(&client);
        if case.in_handshake {
            assert_eq!((received, told), (0, "certainly not"), "{case:?}");
        }
        self.relay.cut_at(case.direction, case.at, case.cut);
        let read = R::result(client.send(ListAccounts::new()));
        // A machine under load may be too slow for the hasty one.
        assert!(read.is_ok() || case.cut == Cut::Stall, "{case:?}: {read:?}");
        told
    }

    /// How often an order has come in, and what was told of it, which is true.
    fn place(&mut self, client: &Client<R, Trading>) -> (usize, &'static str) {
        self.references += 1;
        let reference = Reference::new(format!("sealed-{}", self.references)).unwrap();
        let told = R::result(client.send(resting_order(&reference)));
        let received = processed(&self.control, "place_order", reference.as_str());
        assert!(received <= 1, "received {received} times");
        let words = match &told {
            Ok(Outcome::Accepted(_)) if received == 1 => "accepted",
            Ok(Outcome::Unknown(_)) => "unknown",
            Err(Error::NotSent(_)) if received == 0 => "certainly not",
            _ => panic!("received {received} times: {told:?}"),
        };
        let _ = client.resolve(&reference);
        if told.is_err() {
            self.denied.push(reference);
        }
        (received, words)
    }

    /// What was certainly not placed has not come later.
    fn check_denied(&self) {
        for reference in &self.denied {
            assert_eq!(placed(&self.control, reference), []);
        }
    }
}

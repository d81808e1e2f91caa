//! Whatever happens in whatever order: an order reaches the server at most
//! once, and an error means that it did not.

use std::time::Duration;

use proptest::prelude::*;

use nordnet_proto::{
    Attempt, Cause, Config, Country, Error, Failure, HttpResponse, LoginError, Operation, Outcome,
    Step,
};

use crate::driver::{World, response};
use crate::order_calls::{OK, cancel, modify, place};

/// One thing that a driver may do.
#[derive(Clone, Debug)]
enum Act {
    Poll,
    Wait(u64),
    Answer(Kind),
    /// Answers an attempt that was answered before.
    AnswerAgain(Kind),
    LogIn(bool),
    Record(bool),
}

/// How the server, or the way to it, answers.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Unsent,
    DeadConnection,
    Lost,
    Status(u16),
    Verdict(&'static str),
}

impl Kind {
    fn answer(self) -> Result<HttpResponse, Failure> {
        match self {
            Self::Unsent => Err(Failure::before_sending(Cause::Connect, "")),
            Self::DeadConnection => Err(Failure::before_sending(Cause::Closed, "")),
            Self::Lost => Err(Failure::after_sending(Cause::Closed, "")),
            Self::Status(status) => Ok(response(status, "", &[])),
            Self::Verdict(body) => Ok(response(200, body, &[])),
        }
    }

    const fn reached(self) -> bool {
        !matches!(self, Self::Unsent | Self::DeadConnection)
    }

    /// Whether the server may have done what was asked.
    fn may_have_acted(self) -> bool {
        match self {
            Self::Status(status) => !matches!(status, 400 | 401 | 403 | 404 | 429),
            Self::Verdict(REFUSED) => false,
            other => other.reached(),
        }
    }
}

const REFUSED: &str = r#"{"order_id":1,"result_code":"NO"}"#;

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        Just(Kind::Unsent),
        Just(Kind::DeadConnection),
        Just(Kind::Lost),
        prop::sample::select(vec![204, 302, 400, 401, 401, 403, 404, 408, 429, 500, 503])
            .prop_map(Kind::Status),
        prop::sample::select(vec![OK, REFUSED, "<html>", ""]).prop_map(Kind::Verdict),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => Just(Act::Poll),
        1 => (1_u64..20_000).prop_map(Act::Wait),
        2 => kind().prop_map(Act::Answer),
        1 => kind().prop_map(Act::AnswerAgain),
        1 => prop::bool::weighted(0.8).prop_map(Act::LogIn),
        1 => prop::bool::weighted(0.8).prop_map(Act::Record),
    ]
}

/// What is known of a call from outside.
#[derive(Default)]
struct Seen {
    sends: usize,
    reached: usize,
    dead_connections: usize,
    may_have_acted: bool,
    out: Option<Attempt>,
    old: Option<Attempt>,
    end: Option<Result<Outcome, Error>>,
}

impl Seen {
    fn answered(&mut self, kind: Kind) {
        self.reached += usize::from(kind.reached());
        self.dead_connections += usize::from(matches!(kind, Kind::DeadConnection));
        self.may_have_acted |= kind.may_have_acted();
        self.old = self.out.take();
    }
}

/// A call of any kind behind one face.
fn play<E>(world: &mut World, call: &mut Operation<E>, acts: &[Act]) -> Seen
where
    E: nordnet_proto::Endpoint<Response = Outcome>,
{
    let mut seen = Seen::default();
    let mut until = None;
    let to_the_end = (0..45).flat_map(|_| [Act::LogIn(true), Act::Record(true), Act::Wait(1000)]);
    let acts: Vec<_> = acts.iter().cloned().chain(to_the_end).collect();
    for act in &acts {
        match act {
            Act::Poll => {}
            Act::Wait(millis) => world.wait(Duration::from_millis(*millis)),
            Act::Answer(kind) => {
                if let Some(attempt) = seen.out {
                    call.handle_answer(attempt, kind.answer());
                    seen.answered(*kind);
                }
            }
            Act::AnswerAgain(kind) => {
                if let Some(attempt) = seen.old {
                    call.handle_answer(attempt, kind.answer());
                }
            }
            Act::LogIn(true) => {
                let _ = world.log_in();
            }
            Act::LogIn(false) => {
                call.handle_login(Err(LoginError::OutOfTime));
            }
            Act::Record(ok) => {
                let result = ok.then_some(()).ok_or_else(|| "full".into());
                call.handle_recorded(result);
            }
        }
        let total = Duration::from_secs(30);
        let until = *until.get_or_insert(world.now + total);
        let step = world.poll(call);
        if !matches!(step, Step::InFlight { .. }) && seen.out.is_some() {
            // The core gave it up unanswered: it may have arrived.
            seen.answered(Kind::Lost);
        }
        match step {
            Step::Send(out) => {
                seen.sends += 1;
                seen.out = Some(out.attempt);
                assert!(world.now < until, "sent after the deadline");
            }
            Step::Done(result) => {
                assert!(seen.end.replace(result).is_none(), "two ends");
            }
            Step::Settled => break,
            _ => assert!(world.now < until, "goes on after the deadline"),
        }
    }
    assert!(seen.end.is_some(), "never ends");
    seen
}

fn check(seen: &Seen, world: &World) -> Result<(), TestCaseError> {
    let unresolved = world.session.unresolved();
    match seen.end.as_ref().unwrap() {
        Err(error) => {
            prop_assert!(!seen.may_have_acted, "{error} of what was done");
            prop_assert!(unresolved.is_empty());
        }
        Ok(Outcome::Rejected(rejection)) => {
            prop_assert!(!seen.may_have_acted || rejection.is_already_gone());
            prop_assert!(unresolved.is_empty());
        }
        Ok(Outcome::Accepted(_)) => {
            prop_assert!(seen.may_have_acted);
            prop_assert!(unresolved.is_empty());
        }
        Ok(Outcome::Unknown(unknown)) => {
            prop_assert!(seen.reached > 0);
            prop_assert_eq!(unresolved, std::slice::from_ref(unknown));
        }
    }
    Ok(())
}

fn world(record: bool) -> World {
    let mut config = Config::new(Country::Sweden);
    config.record_intents = record;
    World::new(config)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1500,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn orders_and_changes_reach_the_server_at_most_once(
        record: bool, change: bool, acts in prop::collection::vec(act(), 0..40)
    ) {
        let mut world = world(record);
        let seen = if change {
            play(&mut world, &mut Operation::new(modify()), &acts)
        } else {
            play(&mut world, &mut Operation::new(place()), &acts)
        };
        prop_assert!(seen.reached <= 1);
        prop_assert!(seen.sends <= 1 + seen.dead_connections.min(1));
        check(&seen, &world)?;
    }

    #[test]
    fn a_cancellation_is_never_called_vain_when_it_may_have_acted(
        record: bool, acts in prop::collection::vec(act(), 0..60)
    ) {
        let mut world = world(record);
        let seen = play(&mut world, &mut Operation::new(cancel()), &acts);
        check(&seen, &world)?;
    }
}

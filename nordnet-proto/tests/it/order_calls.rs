//! What the answer to an order call, or its absence, means: every row of the
//! table for each kind of call.

use std::time::Duration;

use nordnet_proto::api::{Amount, ListAccounts};
use nordnet_proto::{
    AccountNumber, CancelOrder, Cause, Decimal, Endpoint, Error, ModifyOrder, OrderId, Outcome,
    PlaceOrder, TlsCause, TradableId,
};

use crate::driver::{LATENCY, Reply, Run, World, always, answer, in_turn, lost, response, unsent};

pub(crate) const ACCOUNT: AccountNumber = AccountNumber::new(60012345);
pub(crate) const ORDER: OrderId = OrderId::new(430518872);
pub(crate) const OK: &str = r#"{"order_id":430518872,"result_code":"OK","order_state":"ON_MARKET","action_state":"INS_PEND"}"#;

pub(crate) fn place() -> PlaceOrder {
    let limit = Amount::new(Decimal::new(8650, 2), "SEK");
    PlaceOrder::buy(200, TradableId::new(11, "101"), limit, ACCOUNT).unwrap()
}

pub(crate) fn modify() -> ModifyOrder {
    ModifyOrder::volume(ORDER, 100, ACCOUNT).unwrap()
}

pub(crate) fn cancel() -> CancelOrder {
    CancelOrder::new(ORDER, ACCOUNT)
}

/// The class of a result, in words.
pub(crate) fn class(result: &Result<Outcome, Error>) -> String {
    match result {
        Ok(Outcome::Accepted(_)) => "accepted".into(),
        Ok(Outcome::Rejected(rejection)) if rejection.is_already_gone() => "gone".into(),
        Ok(Outcome::Rejected(_)) => "rejected".into(),
        Ok(Outcome::Unknown(_)) => "unknown".into(),
        Err(error) => error_class(error),
    }
}

fn error_class(error: &Error) -> String {
    let wait = |wait: Duration| format!(" {}", wait.as_secs());
    match error {
        Error::NotSent(_) => "not sent".into(),
        Error::Lost(_) => "lost".into(),
        Error::SessionEnded => "session ended".into(),
        Error::RateLimited { wait: rest, .. } => format!("limited{}", wait(*rest)),
        Error::Unavailable { wait: rest, .. } => {
            format!("down{}", rest.map(wait).unwrap_or_default())
        }
        Error::Refused(_) => "refused".into(),
        Error::Unreadable(_) => "unreadable".into(),
        other => format!("{other:?}"),
    }
}

/// What is expected of a call: how often it is sent, and how it ends.
pub(crate) type Expected = (usize, &'static str);

/// Checks an answer, given again and again, against place, change, cancel and
/// a read.
pub(crate) fn row(name: &str, reply: &Reply, expected: [Expected; 4]) {
    let one = |run: &Run<Outcome>, limit: u64| {
        assert!(
            run.took <= Duration::from_secs(limit),
            "{name}: {:?}",
            run.took
        );
        (run.sent.len(), class(&run.result))
    };
    let live = World::live;
    let get = live().run(ListAccounts::new(), always(reply.clone()));
    assert!(
        get.took <= Duration::from_secs(30),
        "{name}: {:?}",
        get.took
    );
    let read = get
        .result
        .as_ref()
        .map_or_else(error_class, |_| "value".into());
    let found = [
        one(&live().run(place(), always(reply.clone())), 15),
        one(&live().run(modify(), always(reply.clone())), 15),
        one(&live().run(cancel(), always(reply.clone())), 30),
        (get.sent.len(), read),
    ];
    let found = found
        .each_ref()
        .map(|(sends, class)| (*sends, class.as_str()));
    assert_eq!(found, expected, "{name}");
}

#[test]
fn what_was_not_sent_is_certain() {
    for cause in [
        Cause::Resolve,
        Cause::Connect,
        Cause::Timeout,
        Cause::Io(std::io::ErrorKind::PermissionDenied),
    ] {
        let not = "not sent";
        let expected = [(1, not), (1, not), (3, not), (4, not)];
        row(&cause.to_string(), &unsent(cause), expected);
    }
    for cause in [
        TlsCause::Name,
        TlsCause::Validity,
        TlsCause::Issuer,
        TlsCause::Other,
    ] {
        let expected = [(1, "not sent"); 4];
        row(&cause.to_string(), &unsent(Cause::Tls(cause)), expected);
    }
}

#[test]
fn a_kept_connection_that_was_dead_is_replaced_by_a_new_one_once() {
    let not = "not sent";
    let expected = [(2, not), (2, not), (4, not), (5, not)];
    row("closed", &unsent(Cause::Closed), expected);

    let run = World::live().run(place(), in_turn([unsent(Cause::Closed), answer(200, OK)]));
    assert_eq!(class(&run.result), "accepted");
    let reuse = run.sent.iter().map(|sent| sent.may_reuse_connection);
    assert!(reuse.eq([true, false]));
    assert_eq!(run.sent[1].at, LATENCY, "without a wait");
    assert_eq!(run.sent[0].body, run.sent[1].body, "the same order");
}

#[test]
fn what_was_lost_after_a_byte_is_unknown() {
    for cause in [
        Cause::Timeout,
        Cause::Closed,
        Cause::Io(std::io::ErrorKind::ConnectionReset),
        Cause::Io(std::io::ErrorKind::UnexpectedEof),
    ] {
        let expected = [(1, "unknown"), (1, "unknown"), (3, "unknown"), (4, "lost")];
        row(&cause.to_string(), &lost(cause), expected);
    }
    for cause in [
        Cause::TooLarge,
        Cause::Protocol,
        Cause::Tls(TlsCause::Other),
    ] {
        let expected = [(1, "unknown"), (1, "unknown"), (1, "unknown"), (1, "lost")];
        row(&cause.to_string(), &lost(cause), expected);
    }
    let expected = [(1, "unknown"), (1, "unknown"), (2, "unknown"), (2, "lost")];
    row("silence", &Reply::Silence, expected);
}

#[test]
fn a_verdict_counts_and_not_its_status() {
    let expected = [
        (1, "accepted"),
        (1, "accepted"),
        (1, "accepted"),
        (1, "unreadable"),
    ];
    row("OK", &answer(200, OK), expected);
    let refused =
        r#"{"order_id":0,"result_code":"INSUFFICIENT_FUNDS","message":"Köpkraft saknas"}"#;
    let expected = [
        (1, "rejected"),
        (1, "rejected"),
        (1, "rejected"),
        (1, "unreadable"),
    ];
    row("not OK", &answer(200, refused), expected);

    let run = World::live().run(place(), always(answer(200, refused)));
    let Ok(Outcome::Rejected(rejection)) = run.result else {
        panic!("{:?}", run.result);
    };
    assert_eq!(
        rejection.to_string(),
        "rejected (INSUFFICIENT_FUNDS): Köpkraft saknas"
    );
}

#[test]
fn a_verdict_that_cannot_be_read_is_unknown() {
    for body in [
        "",
        " ",
        "{",
        &OK[..OK.len() - 1],
        "null",
        "true",
        r#"{"result_code":"OK"}"#,
        r#"{"order_id":1}"#,
        r#"{"order_id":1,"result_code":null}"#,
        r#"{"order_id":"1","result_code":"OK"}"#,
        r#"{"order_id":1.5,"result_code":"OK"}"#,
        r#"{"order_id":1,"order_id":2,"result_code":"OK"}"#,
        r#"{"order_id":1,"result_code":"OK","result_code":"FAIL"}"#,
        r#"{"order_id":1,"result_code":"OK"} {}"#,
        "\u{feff}{\"order_id\":1,\"result_code\":\"OK\"}",
        "{\"order_id\":1,\"result_code\":\"OK\"}\0",
        "<html><body>Service temporarily unavailable</body></html>",
    ] {
        let unknown = (1, "unknown");
        let expected = [unknown, unknown, unknown, (1, "unreadable")];
        row(body, &answer(200, body), expected);
    }
    let unknown = (1, "unknown");
    row(
        "list",
        &answer(200, "[]"),
        [unknown, unknown, unknown, (1, "value")],
    );
    row(
        "none",
        &answer(204, ""),
        [unknown, unknown, unknown, (1, "value")],
    );
}

#[test]
fn a_status_that_says_nothing_about_the_order_is_unknown() {
    let unknown = (1, "unknown");
    for status in [
        100, 101, 102, 103, 201, 202, 203, 205, 206, 299, 300, 301, 302, 303, 304, 307, 308, 600,
        999,
    ] {
        let expected = [unknown, unknown, unknown, (1, "unreadable")];
        row(&status.to_string(), &answer(status, OK), expected);
    }
    for status in [402, 409, 410, 418, 451] {
        let expected = [unknown, unknown, unknown, (1, "refused")];
        row(&status.to_string(), &answer(status, ""), expected);
    }
}

#[test]
fn a_refusal_by_status_is_certain() {
    let error = r#"{"code":"NEXT_INVALID","message":"no"}"#;
    for body in [error, "", " ", r#"{"code":null}"#] {
        for status in [400, 403, 405, 413, 415, 422] {
            let expected = [
                (1, "rejected"),
                (1, "rejected"),
                (1, "rejected"),
                (1, "refused"),
            ];
            row(&status.to_string(), &answer(status, body), expected);
        }
        let expected = [(1, "rejected"), (1, "gone"), (1, "gone"), (1, "refused")];
        row("404", &answer(404, body), expected);
    }
}

#[test]
fn an_order_is_not_sent_again_after_a_new_login() {
    let ended = "session ended";
    let expected = [(1, ended), (1, ended), (2, ended), (2, ended)];
    row("401 for ever", &answer(401, ""), expected);

    let script = || in_turn([answer(401, ""), answer(200, OK)]);
    let mut world = World::live();
    assert_eq!(class(&world.run(place(), script()).result), ended);
    assert_eq!(world.logins(), 0, "the next call logs in");
    assert_eq!(
        class(&world.run(modify(), always(answer(200, OK))).result),
        "accepted"
    );
    assert_eq!(world.logins(), 1);

    let mut world = World::live();
    let run = world.run(cancel(), script());
    assert_eq!(
        (class(&run.result).as_str(), world.logins()),
        ("accepted", 1)
    );
    assert_ne!(run.sent[0].authorization, run.sent[1].authorization);
}

#[test]
fn too_many_requests_are_certain_and_wait() {
    let limited = "limited 10";
    let expected = [(1, limited), (1, limited), (2, limited), (3, limited)];
    row("429", &answer(429, ""), expected);
    let after = |seconds| Reply::Answer(response(429, "", &[("retry-after", seconds)]));
    row("429, too short", &after("1"), expected);
    let limited = "limited 20";
    let expected = [(1, limited), (1, limited), (2, limited), (2, limited)];
    row("429, 20 s", &after("20"), expected);
    let limited = "limited 4000";
    row("429, too long", &after("4000"), [(1, limited); 4]);

    let run = World::live().run(cancel(), always(after("20")));
    assert_eq!(run.sent[1].at, Duration::from_secs(20) + LATENCY);
}

#[test]
fn a_server_out_of_order_leaves_orders_unknown() {
    for status in [500, 501, 502, 503, 504, 599] {
        let expected = [(1, "unknown"), (1, "unknown"), (2, "unknown"), (4, "down")];
        row(&status.to_string(), &answer(status, "<html>"), expected);
    }
    let after = |seconds| Reply::Answer(response(503, "", &[("retry-after", seconds)]));
    let expected = [
        (1, "unknown"),
        (1, "unknown"),
        (2, "unknown"),
        (4, "down 5"),
    ];
    row("503, 5 s", &after("5"), expected);
    let expected = [
        (1, "unknown"),
        (1, "unknown"),
        (1, "unknown"),
        (1, "down 4000"),
    ];
    row("503, too long", &after("4000"), expected);

    let run = World::live().run(ListAccounts::new(), always(after("5")));
    let at: Vec<_> = run.sent.iter().map(|sent| sent.at.as_secs()).collect();
    assert_eq!(at, [0, 5, 10, 15]);
}

#[test]
fn a_cancellation_that_may_have_acted_stays_unknown() {
    for first in [lost(Cause::Closed), answer(500, "")] {
        for then in [
            unsent(Cause::Tls(TlsCause::Name)),
            answer(429, ""),
            answer(400, ""),
            answer(200, r#"{"order_id":1,"result_code":"ORDER_DELETED"}"#),
        ] {
            let script = [first.clone()].into_iter().chain(vec![then.clone(); 3]);
            let run = World::live().run(cancel(), in_turn(script));
            assert_eq!(class(&run.result), "unknown", "{first:?}, {then:?}");
        }
        let run = World::live().run(cancel(), in_turn([first.clone(), answer(404, "")]));
        assert_eq!(class(&run.result), "gone");
        let run = World::live().run(cancel(), in_turn([first.clone(), answer(200, OK)]));
        assert_eq!(class(&run.result), "accepted");
    }
    let run = World::live().run(cancel(), in_turn([answer(429, ""), answer(400, "")]));
    assert_eq!(class(&run.result), "rejected", "a 429 does nothing");
}

#[test]
fn an_error_says_so_to_a_reader() {
    let message = |reply| match World::live().run(place(), always(reply)).result {
        Err(error) => error.to_string(),
        Ok(Outcome::Unknown(unresolved)) => unresolved.to_string(),
        Ok(Outcome::Rejected(rejection)) => rejection.to_string(),
        Ok(other) => panic!("{other:?}"),
    };
    let texts = [
        message(unsent(Cause::Resolve)),
        message(answer(429, "")),
        message(answer(503, "")),
        message(answer(404, r#"{"code":"NO_ACCOUNT"}"#)),
    ];
    assert_eq!(
        texts[0],
        "nothing was sent: the host name could not be resolved: test"
    );
    assert_eq!(texts[1], "too many requests; wait 10 s");
    assert!(texts[2].starts_with("outcome unknown: BUY 200 11:101 limit 86.50 SEK in account"));
    assert!(texts[2].ends_with("(HTTP 503)"));
    assert_eq!(texts[3], "rejected (NO_ACCOUNT)");
}

/// Every endpoint has the safety that its repeats rely on.
#[test]
fn orders_and_changes_are_sent_once_only() {
    use nordnet_proto::Safety;
    assert_eq!(PlaceOrder::SAFETY, Safety::OnceOnly);
    assert_eq!(ModifyOrder::SAFETY, Safety::OnceOnly);
    assert_eq!(CancelOrder::SAFETY, Safety::Idempotent);
    assert_eq!(ListAccounts::SAFETY, Safety::Read);
}

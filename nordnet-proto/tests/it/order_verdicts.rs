//! What a verdict proves: the table in the docs of `order`, and what holds for every
//! combination of its members.

use nordnet_proto::api::Amount;
use nordnet_proto::order::{Doubt, FillAndKill};
use nordnet_proto::{
    CancelOrder, Decimal, Endpoint, Error, HttpResponse, ModifyOrder, OrderId, Outcome, PlaceOrder,
    TradableId,
};

use crate::driver::response;
use crate::order_calls::{ACCOUNT, ORDER, cancel, modify, place};

const ORDER_STATES: [&str; 6] = ["", "ON_MARKET", "LOCAL", "LOCKED", "DELETED", "NEW_STATE"];
const ACTION_STATES: [&str; 17] = [
    "",
    "INS_PEND",
    "INS_WAIT",
    "INS_CONF",
    "INS_STOP",
    "INS_FAIL",
    "MOD_PEND",
    "MOD_WAIT",
    "MOD_CONF",
    "MOD_PUSH",
    "MOD_FAIL",
    "DEL_PEND",
    "DEL_WAIT",
    "DEL_CONF",
    "DEL_PUSH",
    "DEL_FAIL",
    "NEW_STATE",
];

fn body(code: &str, order_id: i64, order: &str, action: &str) -> String {
    let mut body = serde_json::json!({ "order_id": order_id, "result_code": code });
    for (name, state) in [("order_state", order), ("action_state", action)] {
        if !state.is_empty() {
            body[name] = state.into();
        }
    }
    body.to_string()
}

fn settle(call: &impl Endpoint<Response = Outcome>, status: u16, body: &str) -> &'static str {
    let answer: HttpResponse = response(status, body, &[]);
    match call.settle(Ok(answer)) {
        Ok(Outcome::Accepted(_)) => "accepted",
        Ok(Outcome::Rejected(_)) => "rejected",
        Ok(Outcome::Unknown(_)) => "unknown",
        Err(Error::SessionEnded | Error::RateLimited { .. }) => "nothing done",
        Err(error) => panic!("{error}"),
    }
}

fn at_once() -> PlaceOrder {
    let limit = FillAndKill::at(Amount::new(Decimal::new(8650, 2), "SEK"));
    PlaceOrder::buy(200, TradableId::new(11, "101"), limit, ACCOUNT).unwrap()
}

/// Rows: result code, states, and what a new order, a change and a cancellation
/// come to: `a`ccepted, `r`ejected, `u`nknown.
#[test]
fn a_verdict_proves_no_more_than_its_members_agree_on() {
    for (code, order, action, expected) in [
        ("OK", "", "", "aaa"),
        ("OK", "ON_MARKET", "INS_PEND", "aaa"),
        ("OK", "ON_MARKET", "INS_WAIT", "aaa"),
        ("OK", "LOCAL", "INS_STOP", "aaa"),
        ("OK", "ON_MARKET", "MOD_PEND", "aaa"),
        ("OK", "ON_MARKET", "DEL_PEND", "aaa"),
        ("OK", "NEW_STATE", "NEW_STATE", "aaa"),
        ("OK", "DELETED", "DEL_CONF", "uua"),
        ("OK", "DELETED", "", "uua"),
        ("OK", "", "DEL_PUSH", "uua"),
        ("OK", "ON_MARKET", "INS_FAIL", "uuu"),
        ("OK", "DELETED", "INS_FAIL", "uuu"),
        ("OK", "ON_MARKET", "MOD_FAIL", "uuu"),
        ("OK", "ON_MARKET", "DEL_FAIL", "uuu"),
        ("NOT_ENOUGH_TRADING_POWER", "", "", "rrr"),
        ("ORDER_LOCKED", "LOCKED", "MOD_FAIL", "uru"),
        ("ORDER_NOT_FOUND", "", "", "rrr"),
        ("E1", "ON_MARKET", "", "urr"),
        ("E1", "LOCAL", "", "urr"),
        ("E1", "LOCKED", "", "urr"),
        ("E1", "NEW_STATE", "", "urr"),
        ("E1", "DELETED", "", "rrr"),
        ("E1", "", "INS_FAIL", "ruu"),
        ("E1", "DELETED", "INS_FAIL", "rrr"),
        ("E1", "ON_MARKET", "INS_FAIL", "uuu"),
        ("E1", "", "MOD_FAIL", "uru"),
        ("E1", "DELETED", "MOD_FAIL", "uru"),
        ("E1", "ON_MARKET", "DEL_FAIL", "uur"),
        ("E1", "DELETED", "DEL_FAIL", "uuu"),
        ("E1", "DELETED", "DEL_PUSH", "urr"),
        ("E1", "DELETED", "DEL_CONF", "uru"),
        ("E1", "ON_MARKET", "DEL_CONF", "uuu"),
        ("WARN_ODD_LOT", "ON_MARKET", "INS_CONF", "uuu"),
        ("E1", "", "INS_PEND", "uuu"),
        ("E1", "LOCAL", "INS_STOP", "uuu"),
        ("E1", "ON_MARKET", "MOD_PEND", "uuu"),
        ("E1", "ON_MARKET", "DEL_PEND", "uuu"),
        ("E1", "", "NEW_STATE", "uuu"),
        ("ok", "ON_MARKET", "INS_CONF", "uuu"),
        ("ok", "", "", "uuu"),
        ("OK ", "", "", "uuu"),
        ("OK_WITH_WARNING", "", "", "uuu"),
        ("", "", "", "uuu"),
    ] {
        let body = body(code, ORDER.get(), order, action);
        let found = [
            settle(&place(), 200, &body),
            settle(&modify(), 200, &body),
            settle(&cancel(), 200, &body),
        ];
        let found: String = found.iter().map(|word| &word[..1]).collect();
        assert_eq!(found, expected, "{body}");
    }
    // An order that executes at once may be gone at once.
    for (action, expected) in [
        ("", "accepted"),
        ("INS_CONF", "accepted"),
        ("INS_FAIL", "unknown"),
    ] {
        let body = body("OK", 1, "DELETED", action);
        assert_eq!(settle(&at_once(), 200, &body), expected, "{body}");
    }
}

/// Rows: result code, number of the order (0 is no number), and what a new order, a
/// change and a cancellation come to.
#[test]
fn the_number_of_the_order_has_to_fit() {
    let asked = ORDER.get();
    for (code, order_id, expected) in [
        ("OK", asked, "aaa"),
        ("OK", 1, "auu"),
        ("OK", 0, "uuu"),
        ("OK", -1, "uuu"),
        ("OK", i64::MIN, "uuu"),
        ("E1", asked, "rrr"),
        ("E1", 1, "ruu"),
        ("E1", 0, "rrr"),
        ("E1", -1, "rrr"),
    ] {
        let body = body(code, order_id, "", "");
        let found = [
            settle(&place(), 200, &body),
            settle(&modify(), 200, &body),
            settle(&cancel(), 200, &body),
        ];
        let found: String = found.iter().map(|word| &word[..1]).collect();
        assert_eq!(found, expected, "{body}");
    }
    for body in [
        r#"{"result_code":"OK"}"#,
        r#"{"result_code":"E1"}"#,
        r#"{"order_id":1}"#,
    ] {
        assert_eq!(settle(&place(), 200, body), "unknown", "{body}");
    }
}

/// Whatever the members are, nobody is told of an order that there may not be, nor
/// that there is none while a member says that there may be one.
#[test]
fn no_combination_is_claimed_to_be_more_than_it_proves() {
    let mut seen = [0; 3];
    for code in [
        "OK",
        "ok",
        "OK ",
        "Ok!",
        "",
        " ",
        "E1",
        "ORDER_LOCKED",
        "WARN_ODD_LOT",
    ] {
        for order in ORDER_STATES {
            for action in ACTION_STATES {
                for order_id in [ORDER.get(), 7, 0, -1] {
                    let body = body(code, order_id, order, action);
                    for (name, found) in [
                        ("place", settle(&place(), 200, &body)),
                        ("modify", settle(&modify(), 200, &body)),
                        ("cancel", settle(&cancel(), 200, &body)),
                    ] {
                        match found {
                            "accepted" => {
                                seen[0] += 1;
                                assert!(code == "OK" && order_id > 0, "{name} {body}");
                                assert!(!action.ends_with("_FAIL"), "{name} {body}");
                                assert!(name == "place" || order_id == ORDER.get(), "{body}");
                            }
                            "rejected" => {
                                seen[1] += 1;
                                let refuses = ["E1", "ORDER_LOCKED", "WARN_ODD_LOT"];
                                assert!(refuses.contains(&code), "{name} {body}");
                                assert!(name == "place" || order_id != 7, "{name} {body}");
                                let is_live = name == "place" && !["", "DELETED"].contains(&order);
                                assert!(!is_live, "{name} {body}");
                                let acted = match name {
                                    "place" => !["", "INS_FAIL"].contains(&action),
                                    "modify" => action.starts_with("MOD_") && action != "MOD_FAIL",
                                    _ => ["DEL_PEND", "DEL_WAIT", "DEL_CONF"].contains(&action),
                                };
                                assert!(!acted && action != "NEW_STATE", "{name} {body}");
                            }
                            _ => seen[2] += 1,
                        }
                    }
                }
            }
        }
    }
    assert!(seen.iter().all(|count| *count > 50), "{seen:?}");
}

#[test]
fn a_status_does_not_refuse_what_the_verdict_below_it_took() {
    let taken = body("OK", ORDER.get(), "ON_MARKET", "INS_CONF");
    let refused = body("E1", 0, "", "");
    for status in [400, 403, 404, 422] {
        assert_eq!(settle(&place(), status, &taken), "unknown", "{status}");
        assert_eq!(settle(&place(), status, &refused), "rejected", "{status}");
    }
    for status in [401, 429] {
        assert_eq!(settle(&cancel(), status, &taken), "unknown", "{status}");
        assert_eq!(
            settle(&cancel(), status, &refused),
            "nothing done",
            "{status}"
        );
    }
}

#[test]
fn an_unclear_verdict_says_what_does_not_fit() {
    let answer =
        |code, order_id, order, action| response(200, &body(code, order_id, order, action), &[]);
    let doubt = |outcome: Result<Outcome, Error>| match outcome {
        Ok(Outcome::Unknown(unresolved)) => unresolved.doubt,
        other => panic!("{other:?}"),
    };
    let warned = doubt(place().settle(Ok(answer("WARN_ODD_LOT", 77, "ON_MARKET", "INS_CONF"))));
    assert_eq!(
        warned.to_string(),
        "the verdict is unclear: the result is not OK, but the state does not say that the \
         request failed (\"WARN_ODD_LOT\", order 77, ON_MARKET, INS_CONF); look at the order"
    );
    let Doubt::Unclear { reply, .. } = warned else {
        panic!("{warned:?}");
    };
    assert_eq!(reply.order_id, OrderId::new(77));
    let other = doubt(ModifyOrder::settle(&modify(), Ok(answer("OK", 77, "", ""))));
    assert_eq!(
        other.to_string(),
        "the verdict is unclear: it is about another order (\"OK\", order 77); look at the order"
    );
    let long = "x".repeat(60_000);
    let doubt = doubt(CancelOrder::settle(
        &cancel(),
        Ok(answer(&long, ORDER.get(), "", &long)),
    ));
    assert!(doubt.to_string().len() < 1000);
}

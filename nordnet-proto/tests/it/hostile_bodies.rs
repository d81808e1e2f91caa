//! How much memory an answer costs beside its own: whatever its body is like.

use std::fmt::Debug;

use allocation_counter::measure;
use nordnet_proto::api::{GetInstruments, GetTradableInfo, ListAccounts, SearchMain, SearchStocks};
use nordnet_proto::{ActivateOrders, Endpoint, Error, HttpResponse, InstrumentId, TradableId};

use crate::driver::response;
use crate::order_calls::{ACCOUNT, ORDER, place};

/// The largest body of an answer to a read, for the tests that take minutes.
const WHOLE: usize = 8 << 20;

/// Enough to see what is amplified.
const PART: usize = 2 << 20;

/// How much a body may take beside itself.
const MOST: u64 = 32 << 20;

/// How much one of [`PART`] may take: a little more than what a list may hold.
const MOST_OF_PART: u64 = 20 << 20;

/// A body of a size: a piece again and again, between a head and a tail.
fn filled(size: usize, head: &str, piece: &str, tail: &str) -> String {
    let times = (size - head.len() - tail.len()) / piece.len();
    [head, &piece.repeat(times), tail].concat()
}

fn shapes(size: usize) -> Vec<(&'static str, String)> {
    let filled = |head: &str, piece: &str, tail: &str| filled(size, head, piece, tail);
    let account = r#"{"accno":1,"accid":1,"type":"DEPOT"},"#;
    vec![
        ("deep array", filled("", "[", "")),
        (
            "deep array in an element",
            filled(r#"[{"accno":1,"x":"#, "[", ""),
        ),
        (
            "deep array, closed",
            filled(r#"[{"accno":1,"x":"#, "[", "") + &"]".repeat(10),
        ),
        (
            "deep array in a known member",
            filled(r#"[{"accno":"#, "[", ""),
        ),
        (
            "deep array in each element",
            filled(
                "[",
                &format!(
                    "{{\"accno\":{}}},",
                    ["["; 100].concat() + &["]"; 100].concat()
                ),
                "1]",
            ),
        ),
        ("half deep, half closed", {
            let half = size / 2 - 20;
            [
                r#"[{"accno":1,"x":"#,
                &"[".repeat(half),
                &"]".repeat(half),
                "}]",
            ]
            .concat()
        }),
        ("deep object", filled("", r#"{"":"#, "")),
        (
            "deep object in an element",
            filled(r#"[{"accno":1,"x":"#, r#"{"a":"#, ""),
        ),
        ("deep object, named", filled("[", r#"{"accounts":"#, "")),
        ("tiny elements", filled("[", "1,", "1]")),
        ("empty objects", filled("[", "{},", "{}]")),
        ("empty lists", filled("[", "[],", "[]]")),
        ("nulls", filled("[", "null,", "null]")),
        ("empty texts", filled("[", "\"\",", "\"\"]")),
        ("empty members", filled("[{", "\"\":0,", "\"\":0}]")),
        ("empty members, torn", filled("{", "\"\":0,", "")),
        (
            "duplicate keys",
            filled("[{", "\"accno\":1,", "\"accno\":1}]"),
        ),
        (
            "duplicate keys of an object",
            filled("{", "\"code\":1,", "\"code\":1}"),
        ),
        ("one text", filled("[\"", "x", "\"]")),
        (
            "one text as a member",
            filled("[{\"accno\":\"", "x", "\"}]"),
        ),
        ("one text, escaped", filled("[\"", "\\u00e5", "\"]")),
        (
            "one text of escapes",
            filled("[{\"symbol\":\"", "\\n", "\"}]"),
        ),
        ("one text, torn", filled("[\"", "x", "")),
        ("one key", filled("[{\"", "x", "\":1}]")),
        ("one key of escapes", filled("[{\"", "\\n", "\":1}]")),
        ("one number", filled("[", "1", "]")),
        ("one number as a member", filled("[{\"accno\":", "9", "}]")),
        ("one fraction", filled("[{\"accno\":0.", "1", "}]")),
        ("one exponent", filled("[{\"accno\":1e", "1", "}]")),
        (
            "unreadable elements",
            filled("[", "{\"accno\":\"x\"},", "1]"),
        ),
        (
            "readable elements",
            filled("[", account, &account[..account.len() - 1]) + "]",
        ),
        ("spaces", filled("[", " ", "1]")),
        ("lines", filled("[", "\n", "{\"accno\":x}]")),
        ("an error", filled(r#"{"code":""#, "A", r#""}"#)),
        (
            "an error of escapes",
            filled(r#"{"message":""#, "\\n", r#""}"#),
        ),
        ("an error with a deep code", filled(r#"{"code":"#, "[", "")),
        ("an error with a number", filled(r#"{"code":"#, "7", "}")),
        ("errors", filled("[", r#"{"x":1},"#, "1]")),
        (
            "a verdict",
            filled(r#"{"order_id":1,"result_code":""#, "A", r#""}"#),
        ),
        (
            "a verdict with a message",
            filled(r#"{"order_id":1,"message":""#, "\\n", r#""}"#),
        ),
        ("a deep verdict", filled(r#"{"order_id":1,"x":"#, "[", "")),
        ("no JSON", filled("<html>", "<p>", "")),
        ("backslashes only", filled("[\"", "\\\\", "\"]")),
        ("zeros", "\0".repeat(size)),
    ]
}

/// The peak of what a call takes to read an answer, beside the answer.
fn peak<E: Endpoint>(call: &E, status: u16, body: &str) -> u64
where
    E::Response: Debug,
{
    let answer: HttpResponse = response(status, &body[..body.len().min(E::MAX_BODY)], &[]);
    let mut answer = Some(answer);
    let info = measure(|| {
        let result: Result<E::Response, Error> = call.settle(Ok(answer.take().unwrap()));
        drop(result);
    });
    info.bytes_max
}

#[test]
fn no_body_takes_much_more_than_itself() {
    take_little(PART, MOST_OF_PART);
}

#[test]
#[ignore = "reads bodies of 8 MiB, which takes minutes"]
fn no_body_of_the_largest_size_takes_much_more_than_itself() {
    take_little(WHOLE, MOST);
}

fn take_little(size: usize, most: u64) {
    let mut failed = Vec::new();
    for (name, body) in shapes(size) {
        let is_error = ["error", "deep", "one "]
            .iter()
            .any(|word| name.contains(word));
        let error = |status| match is_error {
            true => peak(&ListAccounts::new(), status, &body),
            false => 0,
        };
        let activate = ActivateOrders::of(ORDER, ACCOUNT);
        let peaks = [
            ("list_accounts", peak(&ListAccounts::new(), 200, &body)),
            ("list_accounts 400", error(400)),
            ("place_order", peak(&place(), 200, &body)),
            ("place_order 400", peak(&place(), 400, &body)),
            ("activate_orders", peak(&activate, 200, &body)),
        ];
        for (call, peak) in peaks {
            let line = format!("{name:<30} {call:<20} {:>6.1} MB", peak as f64 / 1048576.0);
            println!("{line}");
            if peak > most {
                failed.push(line);
            }
        }
    }
    assert!(
        failed.is_empty(),
        "over {most} bytes:\n{}",
        failed.join("\n")
    );
}

/// Elements that may be empty, in lists of their own or below.
#[test]
fn many_empty_elements_are_not_kept() {
    keep_few(PART, MOST_OF_PART);
}

#[test]
#[ignore = "reads bodies of 8 MiB, which takes minutes"]
fn millions_of_empty_elements_are_not_kept() {
    keep_few(WHOLE, MOST);
}

fn keep_few(size: usize, most: u64) {
    let filled = |head: &str, piece: &str, tail: &str| filled(size, head, piece, tail);
    let empty = filled("[", "{},", "{}]");
    let rows = filled(r#"{"results":["#, "{},", "{}]}");
    let below = filled(
        r#"[{"display_group_type":"","display_group_description":"","results":["#,
        "{},",
        "{}]}]",
    );
    let groups = filled(
        "[",
        r#"{"display_group_type":"","display_group_description":"","results":[{}]},"#,
        "1]",
    );
    let mut failed = Vec::new();
    for (name, body) in [
        ("empty", empty),
        ("rows", rows),
        ("below", below),
        ("groups", groups),
    ] {
        for (call, peak) in [
            (
                "get_instruments",
                peak(&GetInstruments::of(InstrumentId::new(1)), 200, &body),
            ),
            (
                "get_tradable_info",
                peak(&GetTradableInfo::of(TradableId::new(11, "101")), 200, &body),
            ),
            ("search_main", peak(&SearchMain::new("x"), 200, &body)),
            ("search_stocks", peak(&SearchStocks::new(), 200, &body)),
        ] {
            let line = format!("{name:<30} {call:<20} {:>6.1} MB", peak as f64 / 1048576.0);
            println!("{line}");
            if peak > most {
                failed.push(line);
            }
        }
    }
    assert!(
        failed.is_empty(),
        "over {most} bytes:\n{}",
        failed.join("\n")
    );
}

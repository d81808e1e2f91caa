//! What sessions and feed logins may come to, by the dialect.

use std::time::Duration;

use nordnet_sim::{ConnectionId, FeedKind, Output};
use serde_json::{Value, json};

use crate::world::{ISK, World};

const PRICE: &str = r#"{"t":"price","m":11,"i":"101"}"#;

fn speaking(dialect: &str) -> World {
    World::with(|config| {
        config.rate = 0.0;
        config.dialect = dialect.parse().unwrap();
    })
}

#[test]
fn a_login_leaves_the_other_sessions_or_ends_them() {
    for (dialect, status) in [("logins=coexist", 200), ("logins=newest", 401)] {
        let mut world = speaking(dialect);
        let older = world.session.clone();
        world.session = world.login();
        let newer = std::mem::replace(&mut world.session, older);
        assert_ne!(world.session, newer, "every login has a key of its own");
        assert_eq!(world.call("GET", "/accounts").0, status, "{dialect}");
        world.session = newer;
        assert_eq!(world.call("GET", "/accounts").0, 200, "{dialect}");
    }
}

#[test]
fn feeds_of_ended_sessions_stay_or_go() {
    for (dialect, logged_out, displaced) in [
        ("logins=newest", true, false),
        ("logins=newest,expiry=cuts_feeds", true, true),
        ("logins=newest,logout=keeps_feeds", false, false),
    ] {
        let mut world = speaking(dialect);
        let feed = world.feed(FeedKind::Private);
        world.call("DELETE", "/login");
        assert_eq!(world.is_closed(feed), logged_out, "{dialect}");
        world.session = world.login();
        let feed = world.feed(FeedKind::Private);
        world.login();
        assert_eq!(world.is_closed(feed), displaced, "{dialect}");
    }
}

#[test]
fn touching_never_wakes_the_dead() {
    for (dialect, answer) in [
        ("dead_touch=refused", (401, Some("INVALID_SESSION"))),
        ("dead_touch=told", (200, None)),
    ] {
        let mut world = speaking(dialect);
        world.pass(Duration::from_secs(1800));
        for _ in 0..2 {
            let (status, body) = world.call("PUT", "/login");
            assert_eq!((status, body["code"].as_str()), answer, "{dialect}");
            assert_ne!(body["logged_in"], true);
            assert_eq!(world.call("GET", "/accounts").0, 401, "{dialect}");
        }
    }
}

#[test]
fn one_session_can_be_expired() {
    let mut world = speaking("");
    let first = std::mem::take(&mut world.session);
    world.session = world.login();
    let sessions = world.exchange.sessions();
    let epochs: Vec<_> = sessions.iter().map(|one| one.epoch).collect();
    assert_eq!(epochs, [1, 2]);
    assert_eq!(sessions[0].key_suffix, first[32..]);
    world.exchange.expire_session(1, world.now).unwrap();
    assert!(world.exchange.expire_session(1, world.now).is_err());
    assert_eq!(world.call("GET", "/accounts").0, 200);
    world.pass(Duration::from_secs(7));
    assert_eq!(world.exchange.sessions()[0].idle, Duration::from_secs(7));
    world.session = first;
    assert_eq!(world.call("GET", "/accounts").0, 401);
}

/// A login with this key: what is answered, and whether that is the end.
fn feed_login(world: &mut World, key: &str) -> (ConnectionId, Vec<Value>, bool) {
    let id = world.exchange.handle_connected(FeedKind::Public, world.now);
    let login = json!({ "cmd": "login", "args": { "session_key": key, "service": "NEXTAPI" } });
    world.send(id, &format!("{login}\n"));
    (id, world.messages(id), world.is_closed(id))
}

#[test]
fn a_feed_login_is_refused_in_one_of_three_ways() {
    for (dialect, told, closed) in [
        ("feed_refusal=err_close", 1, true),
        ("feed_refusal=close", 0, true),
        ("feed_refusal=err", 1, false),
    ] {
        let mut world = speaking(dialect);
        let (id, messages, ended) = feed_login(&mut world, "nobody");
        assert_eq!((messages.len(), ended), (told, closed), "{dialect}");
        if told > 0 {
            assert_eq!(messages[0]["type"], "err");
            assert_eq!(messages[0]["data"]["cmd"]["args"]["session_key"], "nobody");
        }
        // Without a login there is nothing to stay for.
        world.pass(Duration::from_secs(10));
        assert!(world.is_closed(id), "{dialect}");
    }
}

#[test]
fn a_session_has_one_public_feed_or_many() {
    for (dialect, displaced) in [("public_feeds=many", false), ("public_feeds=one", true)] {
        let mut world = speaking(dialect);
        let (first, private) = (world.feed(FeedKind::Public), world.feed(FeedKind::Private));
        let second = world.feed(FeedKind::Public);
        assert_eq!(world.is_closed(first), displaced, "{dialect}");
        assert!(!world.is_closed(second) && !world.is_closed(private));
    }
}

#[test]
fn old_arguments_of_commands_are_tolerated() {
    let mut world = speaking("");
    let id = world
        .exchange
        .handle_connected(FeedKind::Private, world.now);
    let session = &world.session;
    let login = json!({ "cmd": "login", "args": {
        "session_key": session, "service": "NEXTAPI", "get_state": { "deleted_orders": true, "days": 1 },
    } });
    world.send(id, &format!("{login}\r\n"));
    assert!(!world.is_closed(id) && world.messages(id).is_empty());
    let feed = world.feed(FeedKind::Public);
    world.subscribe(feed, r#"{"t":"news","s":2,"delay":true}"#);
    world.subscribe(feed, PRICE);
    assert_eq!(world.messages(feed).len(), 1, "no complaint");
}

#[test]
fn heartbeats_texts_and_line_ends_have_two_forms() {
    let mut world = speaking("heartbeats=members,line_ends=crlf,texts=escaped");
    let feed = world.feed(FeedKind::Private);
    let form = "market_id=11&identifier=101&side=BUY&volume=1&order_type=LIMIT&price=80&currency=SEK&reference=%C3%A5%F0%9F%90%84";
    world.form("POST", &format!("/accounts/{ISK}/orders"), form);
    world.pass(Duration::from_secs(6));
    let text = world.text(feed);
    assert!(
        text.is_ascii() && text.contains(r#""reference":"\u00e5\ud83d\udc04""#),
        "{text}"
    );
    assert!(text.ends_with("\r\n") && text.matches('\n').count() == text.matches("\r\n").count());
    let beat: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    assert_eq!(beat["type"], "heartbeat");
    assert_eq!(beat["data"].as_object().unwrap().len(), 1);
}

#[test]
fn surprises_come_at_any_depth_on_feeds_and_in_replies() {
    let mut world = World::with(|config| {
        config.rate = 20.0;
        config.dialect = "surprises=some".parse().unwrap();
    });
    let feed = world.feed(FeedKind::Public);
    world.subscribe(feed, PRICE);
    world.pass(Duration::from_secs(60));
    let messages = world.messages(feed);
    let kinds = messages
        .iter()
        .filter(|one| one["type"] == "unheard_of")
        .count();
    let outside = messages
        .iter()
        .filter(|one| one.get("unheard_of").is_some())
        .count();
    let inside = messages
        .iter()
        .filter(|one| one["data"].get("unheard_of").is_some())
        .count();
    assert!(
        kinds > 5 && outside > 10 && inside > 10,
        "{kinds} {outside} {inside}"
    );
    let replies: String = (0..20)
        .map(|_| world.get(&format!("/accounts/{ISK}/info")).to_string())
        .collect();
    assert!(replies.contains("unheard_of"));
}

#[test]
fn a_half_open_feed_is_forgotten_but_not_ended() {
    let mut world = speaking("");
    let feed = world.feed(FeedKind::Private);
    world
        .exchange
        .cut_feeds(nordnet_sim::Feeds::All, nordnet_sim::Cut::Stall, world.now);
    let output = std::iter::from_fn(|| world.exchange.poll_output())
        .find(|output| matches!(output, Output::Close { .. }));
    assert_eq!(
        output,
        Some(Output::Close {
            connection: feed,
            cut: nordnet_sim::Cut::Stall
        })
    );
    assert!(world.exchange.feeds().is_empty());
    world
        .exchange
        .handle_input(feed, b"{\"cmd\":\"x\"}\n", world.now);
    world.pass(Duration::from_secs(20));
    assert_eq!(world.text(feed), "");
}

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use nordnet_sim::{FeedKind, KeyPair, Request};
use serde_json::json;

use crate::world::{ISK, JSON, World, parsed};

#[test]
fn a_login_tells_where_the_feeds_are() {
    let mut world = World::still();
    let signature = world.signature();
    let (status, body) = world.verify(&signature, "NEXTAPI");
    assert_eq!(status, 200);
    assert_eq!(body["expires_in"], 1800);
    assert_eq!(
        body["public_feed"],
        json!({ "hostname": "pub.next.nordnet.se", "port": 443, "encrypted": true })
    );
    assert_eq!(body["private_feed"]["hostname"], "priv.next.nordnet.se");
}

#[test]
fn a_challenge_lives_for_thirty_seconds() {
    let mut world = World::still();
    let signature = world.signature();
    world.pass(Duration::from_millis(29_999));
    assert_eq!(world.verify(&signature, "NEXTAPI").0, 200);

    let signature = world.signature();
    world.pass(Duration::from_secs(30));
    let (status, body) = world.verify(&signature, "NEXTAPI");
    assert_eq!((status, body["code"].as_str()), (401, Some("LOGIN_FAILED")));
}

#[test]
fn a_challenge_is_used_once() {
    let mut world = World::still();
    let signature = world.signature();
    assert_eq!(world.verify(&signature, "NEXTAPI").0, 200);
    assert_eq!(world.verify(&signature, "NEXTAPI").0, 401);
}

#[test]
fn several_challenges_wait_or_only_the_newest() {
    for (dialect, status) in [("challenges=many", 200), ("challenges=newest", 401)] {
        let mut world = World::with(|config| config.dialect = dialect.parse().unwrap());
        let older = world.challenge();
        world.challenge();
        let signature = world.keys.sign(&older);
        assert_eq!(world.verify(&signature, "NEXTAPI").0, status, "{dialect}");
    }
}

#[test]
fn wrong_credentials_are_refused() {
    let mut world = World::still();
    let challenge = world.challenge();
    let right = world.keys.sign(&challenge);
    let other_key = KeyPair::from_seed(&[4; 32]).sign(&challenge);
    let other_text = world.keys.sign(&format!("{challenge}\n"));
    let wrapped = STANDARD.encode(format!("SSHSIG{right}"));
    for signature in [other_key.as_str(), &other_text, &wrapped, "", "%%%"] {
        assert_eq!(world.verify(signature, "NEXTAPI").0, 401, "{signature}");
    }
    assert_eq!(world.verify(&right, "OTHER").0, 401);
    world.exchange.refuse_logins(true);
    assert_eq!(world.verify(&right, "NEXTAPI").0, 401);
    world.exchange.refuse_logins(false);
    assert_eq!(
        world.verify(&right, "NEXTAPI").0,
        200,
        "a refusal does not use the challenge up"
    );
    assert_eq!(world.exchange.counters().refused_logins, 7);
}

#[test]
fn malformed_logins_are_bad_requests() {
    let mut world = World::still();
    for (path, kind, body) in [
        ("start", JSON, ""),
        ("start", JSON, "{}"),
        ("start", JSON, r#"{"api_key":7}"#),
        ("start", JSON, r#"{"api_key":"not a uuid"}"#),
        (
            "start",
            "text/plain",
            r#"{"api_key":"7b1e4a90-52c3-4a7f-9a53-0d6f2c8e1b35"}"#,
        ),
        (
            "verify",
            JSON,
            r#"{"api_key":"7b1e4a90-52c3-4a7f-9a53-0d6f2c8e1b35"}"#,
        ),
    ] {
        let target = format!("/api/2/login/{path}");
        let response = world.response(&Request::new("POST", &target).with_body(kind, body));
        let (status, json) = parsed(&response);
        assert_eq!(
            (status, json["code"].as_str()),
            (400, Some("INVALID_PARAMETER")),
            "{body}"
        );
    }
}

#[test]
fn an_unknown_api_key_shows_only_at_verify() {
    let mut world = World::still();
    let key = "7b1e4a90-52c3-4a7f-9a53-0d6f2c8e1b35";
    let start = Request::new("POST", "/api/2/login/start")
        .with_body(JSON, &json!({ "api_key": key }).to_string());
    let (status, body) = parsed(&world.response(&start));
    assert_eq!(status, 200);
    let signature = world.keys.sign(body["challenge"].as_str().unwrap());
    let verify = json!({ "api_key": key, "service": "NEXTAPI", "signature": signature });
    let verify = Request::new("POST", "/api/2/login/verify").with_body(JSON, &verify.to_string());
    assert_eq!(world.response(&verify).status, 401);
}

#[test]
fn every_call_restarts_the_idle_timer() {
    let mut world = World::still();
    for _ in 0..3 {
        world.pass(Duration::from_secs(1799));
        assert_eq!(
            world.call("PUT", "/login"),
            (200, json!({ "logged_in": true }))
        );
    }
    world.pass(Duration::from_secs(1800));
    let (status, body) = world.call("GET", "/accounts");
    assert_eq!(
        (status, body["code"].as_str()),
        (401, Some("INVALID_SESSION"))
    );
}

#[test]
fn calls_without_a_session_are_refused() {
    let mut world = World::still();
    let accounts = || Request::new("GET", "/api/2/accounts");
    assert_eq!(world.response(&accounts()).status, 401);
    let basic = |text: String| format!("Basic {}", STANDARD.encode(text));
    let session = world.session.clone();
    for header in [
        basic(format!("{session}:")),
        basic(format!("{session}:{}", &session[..session.len() - 2])),
        basic("a:a".to_owned()),
        format!("Bearer {session}"),
    ] {
        let request = accounts().with_header("authorization", &header);
        assert_eq!(world.response(&request).status, 401, "{header}");
    }
}

#[test]
fn sessions_live_side_by_side_until_logged_out() {
    let mut world = World::still();
    let first = world.session.clone();
    world.session = world.login();
    let feed = world.feed(FeedKind::Private);
    assert_eq!(
        world.call("DELETE", "/login"),
        (200, json!({ "logged_in": false }))
    );
    assert_eq!(world.call("GET", "/accounts").0, 401);
    assert!(world.is_closed(feed));
    world.session = first;
    assert_eq!(world.call("GET", "/accounts").0, 200);
}

#[test]
fn expiring_all_sessions_keeps_or_cuts_the_feeds() {
    for (dialect, cut) in [("expiry=keeps_feeds", false), ("expiry=cuts_feeds", true)] {
        let mut world = World::with(|config| config.dialect = dialect.parse().unwrap());
        let feed = world.feed(FeedKind::Public);
        world.exchange.expire_sessions(world.now);
        assert_eq!(world.call("GET", &format!("/accounts/{ISK}/info")).0, 401);
        assert_eq!(world.is_closed(feed), cut, "{dialect}");
        let again = world.feed(FeedKind::Public);
        assert!(world.is_closed(again), "the key is worth nothing any more");
    }
}

#[test]
fn account_ids_can_change_with_the_session_but_numbers_do_not() {
    let mut world = World::with(|config| config.dialect = "accids=rotated".parse().unwrap());
    let accid = |world: &mut World| {
        let accounts = world.get("/accounts");
        assert_eq!(accounts[0]["accno"], 60_012_345);
        accounts[0]["accid"].as_i64().unwrap()
    };
    let first = accid(&mut world);
    assert_eq!(
        world.get(&format!("/accounts/{first}/info"))[0]["accno"],
        60_012_345
    );
    world.session = world.login();
    assert_ne!(accid(&mut world), first);
    assert_eq!(
        world.get(&format!("/accounts/{ISK}/info"))[0]["accno"],
        60_012_345
    );
}

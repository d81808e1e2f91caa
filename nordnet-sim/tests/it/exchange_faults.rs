//! Faults that strike at random, and that they strike the same every time.

use std::collections::BTreeSet;
use std::time::Duration;

use nordnet_sim::{Config, Cut, Exchange, FeedKind, KeyPair, Place, Reply, Request};

use crate::world::{ISK, World};

/// The replies to some requests under one fault that always strikes, with
/// which of them were processed.
fn struck(fault: &str) -> Vec<(Reply, bool)> {
    let mut config = Config::new(7, KeyPair::from_seed(&[3; 32]).public());
    config.faults = format!("{fault}=1").parse().unwrap();
    let mut exchange = Exchange::new(config);
    let request = Request::new("GET", "/api/2");
    let mut replies = Vec::new();
    // A few are enough where each is big and none differs.
    let count = if fault == "huge" { 3 } else { 60 };
    for _ in 0..count {
        let reply = exchange.handle_request(&request, Duration::ZERO);
        replies.push((reply, exchange.audit().last().unwrap().processed));
    }
    replies
}

fn header<'a>(reply: &'a Reply, name: &str) -> Option<&'a str> {
    let response = reply.response.as_ref().unwrap();
    let mut headers = response.headers.iter();
    headers
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.as_str())
}

#[test]
fn each_fault_does_what_it_is_called() {
    type Check = fn(&Reply) -> bool;
    let checks: [(&str, Check); 19] = [
        ("401", |one| {
            is(one, 401) && text(one).contains("INVALID_SESSION")
        }),
        ("429", |one| is(one, 429)),
        ("500", |one| is(one, 500)),
        ("503", |one| is(one, 503)),
        ("html", |one| is(one, 502) && text(one).contains("<html>")),
        ("empty", |one| is(one, 200) && text(one).is_empty()),
        ("type", |one| {
            header(one, "content-type") == Some("text/plain")
                && text(one).contains("system_running")
        }),
        ("redirect", |one| header(one, "location").is_some()),
        ("garbage", |one| one.delivery.raw.is_some()),
        ("dropped", |one| is_cut(one, Cut::Clean)),
        ("lost", |one| is_cut(one, Cut::Clean)),
        ("reset", |one| is_cut(one, Cut::Reset)),
        ("never", |one| is_cut(one, Cut::Stall)),
        ("torn", |one| {
            is(one, 200) && matches!(one.delivery.cut, Some((Place::BeforeEnd(1..), _)))
        }),
        ("late", |one| {
            one.delay == Duration::from_secs(3) && is(one, 200)
        }),
        ("slow", |one| one.delivery.drip.is_some() && is(one, 200)),
        ("huge", |one| is(one, 200) && length(one) > 16 << 20),
        ("chunked", |one| one.delivery.chunked && is(one, 200)),
        ("interim", |one| {
            one.delivery.interim == Some(103) && is(one, 200)
        }),
    ];
    for (fault, check) in checks {
        let replies = struck(fault);
        assert!(replies.iter().all(|(reply, _)| check(reply)), "{fault}");
        let processed: BTreeSet<_> = replies.iter().map(|(_, processed)| *processed).collect();
        let expected = match fault {
            "401" | "429" | "503" | "redirect" | "garbage" | "dropped" => vec![false],
            "500" | "html" | "reset" | "never" => vec![false, true],
            _ => vec![true],
        };
        assert!(processed.into_iter().eq(expected), "{fault}");
    }
}

fn is(reply: &Reply, status: u16) -> bool {
    reply
        .response
        .as_ref()
        .is_some_and(|one| one.status == status)
}

fn text(reply: &Reply) -> String {
    let body = reply.response.as_ref().map(|one| one.body.clone());
    String::from_utf8(body.unwrap_or_default()).unwrap()
}

fn length(reply: &Reply) -> usize {
    reply.response.as_ref().map_or(0, |one| one.body.len())
}

fn is_cut(reply: &Reply, cut: Cut) -> bool {
    reply.response.is_none() && reply.delivery.cut == Some((Place::Byte(0), cut))
}

#[test]
fn waits_and_redirects_are_told_in_every_form() {
    let forms = |fault, name| -> BTreeSet<Option<String>> {
        let replies = struck(fault).into_iter();
        replies
            .map(|(reply, _)| header(&reply, name).map(str::to_owned))
            .collect()
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(forms("429", "retry-after"), [None, some("10")].into());
    let date = some("Tue, 17 Mar 2026 09:00:01 GMT");
    assert_eq!(forms("503", "retry-after"), [None, some("1"), date].into());
    let statuses: BTreeSet<_> = struck("redirect")
        .into_iter()
        .map(|(reply, _)| reply.response.unwrap().status)
        .collect();
    assert_eq!(statuses, [301, 302, 307, 308].into());
}

#[test]
fn feeds_are_struck_in_every_way() {
    for (fault, closed, text) in [
        ("cut", true, ""),
        ("halfopen", true, ""),
        ("stall", false, ""),
        ("junk", false, "{\"type\":\"price\",\"data\":{\"i\":\n"),
        ("partial", true, "{\"type\":\"heartb"),
    ] {
        let mut world = World::with(|config| config.faults = format!("{fault}=1").parse().unwrap());
        let feed = world.feed(FeedKind::Private);
        world.pass(Duration::from_millis(1_500));
        assert_eq!(world.text(feed), text, "{fault}");
        assert_eq!(world.is_closed(feed), closed, "{fault}");
    }
    let mut world = World::with(|config| config.faults = "long=1".parse().unwrap());
    let feed = world.feed(FeedKind::Private);
    world.pass(Duration::from_millis(1_500));
    let long = world.text(feed);
    assert!(long.len() == 2 << 20 && !long.contains('\n'));
}

#[test]
fn a_stall_at_random_ends() {
    let mut world = World::with(|config| {
        config.rate = 0.0;
        config.faults = "stall=0.02".parse().unwrap();
    });
    let feed = world.feed(FeedKind::Private);
    let (mut silences, mut longest, mut silent) = (0, 0, 0);
    for _ in 0..2000 {
        world.pass(Duration::from_secs(1));
        silent = if world.text(feed).is_empty() {
            silent + 1
        } else {
            0
        };
        silences += u32::from(silent == 6);
        longest = longest.max(silent);
    }
    assert!(silences > 5 && longest < 60, "{silences} {longest}");
}

/// A day with everything that is seeded, looked at every so many milliseconds.
fn day(seed: u64, step: u64) -> String {
    let mut world = World::with(|config| {
        config.seed = seed;
        config.rate = 3.0;
        config.dialect = "surprises=some,members=shuffled,accids=rotated"
            .parse()
            .unwrap();
    });
    // The first login has to go well.
    world.exchange.set_faults(
        "401=0.05,429=0.05,500=0.05,503=0.05,html=0.02,redirect=0.02,lost=0.05,reset=0.05,\
        torn=0.05,never=0.02,late=0.05,cut=0.01,stall=0.02,junk=0.02,partial=0.005,halfopen=0.005"
            .parse()
            .unwrap(),
        world.now,
    );
    let mut trace = world.session.clone();
    let mut feeds = Vec::new();
    for second in 0..60 {
        if second % 10 == 0 {
            feeds = vec![world.feed(FeedKind::Public), world.feed(FeedKind::Private)];
            world.subscribe(feeds[0], r#"{"t":"price","m":11,"i":"101"}"#);
            world.subscribe(feeds[0], r#"{"t":"trade","m":11,"i":"101"}"#);
            world.subscribe(feeds[0], r#"{"t":"indicator","m":"SSE","i":"OMXS30"}"#);
        }
        let form =
            "market_id=11&identifier=101&side=BUY&volume=1&order_type=LIMIT&price=87&currency=SEK";
        let order = Request::new("POST", &format!("/api/2/accounts/{ISK}/orders"));
        let order = world.authorised(order.with_body(crate::world::FORM, form));
        let list = world.authorised(Request::new(
            "GET",
            &format!("/api/2/accounts/{ISK}/orders?deleted=true"),
        ));
        for request in [order, list] {
            trace += &format!("{:?}\n", world.request(&request));
        }
        for _ in 0..1000 / step {
            world.pass(Duration::from_millis(step));
        }
        for feed in &feeds {
            trace += &world.text(*feed);
        }
    }
    trace
}

#[test]
fn one_seed_gives_the_same_bytes_with_faults_and_all() {
    let first = day(5, 1000);
    assert!(first.len() > 100_000, "{}", first.len());
    for struck in [
        "status: 503",
        "cut: Some",
        "delay: 3s",
        "unheard_of",
        "\"data\":{\"i\":\n",
    ] {
        assert!(first.contains(struck), "{struck}");
    }
    assert!(first == day(5, 8), "the same, however the clock is read");
    assert!(first != day(6, 1000));
}

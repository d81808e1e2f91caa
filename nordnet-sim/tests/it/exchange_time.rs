use std::time::Duration;

use nordnet_sim::{FeedKind, Feeds};

use crate::world::{ISK, World};

const PRICE: &str = r#"{"t":"price","m":11,"i":"101"}"#;

/// Runs the same day twice, looking at the clock at other moments.
#[test]
fn one_seed_gives_the_same_bytes_however_the_clock_is_read() {
    let day = |seed: u64, step: u64| {
        let mut world = World::with(|config| {
            config.seed = seed;
            config.rate = 7.0;
        });
        let (public, private) = (world.feed(FeedKind::Public), world.feed(FeedKind::Private));
        world.subscribe(public, PRICE);
        world.subscribe(public, r#"{"t":"depth","m":11,"i":"366"}"#);
        let form = "market_id=11&identifier=101&side=BUY&volume=100&order_type=LIMIT&price=87";
        world.form("POST", &format!("/accounts/{ISK}/orders"), form);
        for _ in 0..30_000 / step {
            world.pass(Duration::from_millis(step));
        }
        (
            world.session.clone(),
            world.text(public),
            world.text(private),
        )
    };
    let first = day(1, 30_000);
    assert!(first.1.len() > 10_000);
    assert_eq!(first, day(1, 3));
    assert_ne!(first.1, day(2, 30_000).1);
}

#[test]
fn absurd_settings_do_no_harm() {
    let mut world = World::with(|config| {
        config.speed = f64::NAN;
        config.rate = f64::NAN;
        config.session_expiry = Duration::MAX;
        config.opening = i64::MAX;
    });
    let feed = world.feed(FeedKind::Public);
    world.subscribe(feed, PRICE);
    world
        .exchange
        .stall_feeds(Feeds::All, Duration::MAX, world.now);
    world.exchange.jump_clock(Duration::MAX, world.now);
    world.pass(Duration::from_secs(60));
    assert_eq!(world.messages(feed).len(), 1);
    world.get("/accounts");
    world.get("/tradables/info/11:101");
}

#[test]
fn the_market_stands_still_while_it_is_paused() {
    let mut world = World::with(|config| config.rate = 10.0);
    let feed = world.feed(FeedKind::Public);
    world.subscribe(feed, PRICE);
    world.text(feed);
    world.exchange.pause_ticks(true, world.now);
    world.pass(Duration::from_millis(4_900));
    assert_eq!(world.text(feed), "");
    world.exchange.pause_ticks(false, world.now);
    world.pass(Duration::from_secs(2));
    assert!(!world.text(feed).is_empty());
}

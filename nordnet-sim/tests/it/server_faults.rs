use std::time::{Duration, Instant};

use nordnet_sim::{Answer, Cut, Feeds, Server};

use crate::client::{Client, await_commands, line};

#[test]
fn a_lost_reply_leaves_the_order_and_a_lost_request_does_not() {
    let server = Server::builder().rate(0.0).start().unwrap();
    let control = server.control();
    let mut client = Client::login(&server);
    control
        .respond("place_order", 1, Answer::lost(Cut::Clean).unprocessed())
        .unwrap();
    assert!(client.buy(1, "80", "never").is_err());
    assert!(control.orders().is_empty());
    client.reconnect();
    control
        .respond("place_order", 1, Answer::lost(Cut::Clean))
        .unwrap();
    assert!(client.buy(1, "80", "lost").is_err());
    assert_eq!(control.orders()[0].reference.as_deref(), Some("lost"));
    let audit = control.audit();
    let placed: Vec<_> = audit
        .iter()
        .filter(|one| one.operation == Some("place_order"))
        .collect();
    assert_eq!(placed.len(), 2);
    assert!(
        placed
            .iter()
            .all(|one| one.status.is_none() && one.epoch == Some(1))
    );
    assert!(
        placed[0]
            .body
            .as_deref()
            .unwrap()
            .contains("reference=never")
    );
}

#[test]
fn a_reply_can_be_late() {
    let server = Server::builder().start().unwrap();
    let mut client = Client::login(&server);
    server
        .control()
        .respond("*", 1, Answer::ordinary().late(Duration::from_millis(150)))
        .unwrap();
    let began = Instant::now();
    assert_eq!(client.get("/accounts").unwrap().0, 200);
    assert!(began.elapsed() >= Duration::from_millis(150));
}

#[test]
fn scripted_replies_carry_their_headers() {
    let server = Server::builder().start().unwrap();
    let mut client = Client::login(&server);
    let control = server.control();
    control
        .respond_with(
            "get_account_info",
            1,
            429,
            &[("retry-after", "10")],
            "slow down",
        )
        .unwrap();
    let path = "/accounts/60012345/info";
    assert_eq!(client.get(path).unwrap(), (429, "slow down".to_owned()));
    assert_eq!(client.get(path).unwrap().0, 200);
}

#[test]
fn a_feed_that_is_cut_ends() {
    let server = Server::builder().rate(0.0).start().unwrap();
    let client = Client::login(&server);
    for (cut, commands) in [(Cut::Clean, 1), (Cut::Abrupt, 2)] {
        let mut feed = client.feed(server.private_feed());
        await_commands(&server, commands);
        server.control().cut_feeds(Feeds::Private, cut);
        let text = line(&mut feed).unwrap_err().to_string();
        // What rustls says when the end came without a farewell.
        assert_eq!(text.contains("close_notify"), cut == Cut::Abrupt, "{text}");
    }
    assert_eq!(server.control().counters().private_connections, 2);
}

#[test]
fn expired_sessions_must_log_in_again() {
    let server = Server::builder()
        .session_expiry(Duration::from_secs(1))
        .start()
        .unwrap();
    let mut client = Client::login(&server);
    assert_eq!(client.session["expires_in"], 1);
    for _ in 0..4 {
        std::thread::sleep(Duration::from_millis(300));
        assert_eq!(client.get("/accounts").unwrap().0, 200);
    }
    std::thread::sleep(Duration::from_millis(1500));
    assert_eq!(client.get("/accounts").unwrap().0, 401);
    let mut client = Client::login(&server);
    server.control().expire_sessions();
    assert_eq!(client.get("/accounts").unwrap().0, 401);
    assert_eq!(Client::login(&server).get("/accounts").unwrap().0, 200);
    assert_eq!(server.control().counters().logins, 3);
}

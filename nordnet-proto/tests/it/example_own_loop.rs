//! The example that lives in a loop of its own does so, in real time against a
//! simulator.

#![allow(
    clippy::disallowed_methods,
    reason = "a driver of the core does what the core leaves to it"
)]

use std::thread;
use std::time::Duration;

use nordnet_proto::{ApiKey, BaseUrl, Config, Credentials, PrivateKey, Session};
use nordnet_sim::{Cut, Feeds, Server};

use crate::clock;

#[allow(dead_code, reason = "its `main` is not called here")]
#[path = "../../examples/own_loop.rs"]
mod own_loop;

#[test]
fn a_loop_of_its_own_logs_in_watches_and_logs_out() {
    let server = server();
    let (config, credentials) = login(&server);
    own_loop::run(config, credentials, Duration::from_millis(300)).unwrap();
    let asked = ["start_login", "verify_login", "list_accounts", "logout"];
    assert_eq!(operations(&server), asked);
    let commands = server.control().commands();
    assert_eq!(
        commands.len(),
        3,
        "two logins and a subscription: {commands:?}"
    );
}

/// The settings and the credentials for a simulator.
fn login(server: &Server) -> (Config, Credentials) {
    let base_url: BaseUrl = server.rest_url().parse().unwrap();
    let key = PrivateKey::open(server.private_key().unwrap().as_bytes(), None).unwrap();
    let credentials = Credentials::new(ApiKey::new(server.api_key()).unwrap(), key);
    (Config::new(base_url), credentials)
}

/// Half the life of the session is 29 s at the least, so it is told to be
/// shorter than the server said.
#[test]
fn a_loop_of_its_own_lives_through_idleness_and_a_cut() {
    let server = server();
    let (config, credentials) = login(&server);
    let mut session = Session::new(config.clone(), credentials, [1; 16]);
    let mut logged_in = own_loop::log_in(None, &mut session).unwrap();
    logged_in.expires_in = Duration::from_millis(800);
    let mut session = Session::resume(config, logged_in, [2; 16], clock::start());

    let control = server.control();
    let fault = thread::spawn(move || {
        thread::sleep(Duration::from_millis(500));
        control.cut_feeds(Feeds::Public, Cut::Abrupt);
    });
    let [market, account] = own_loop::watch(&mut session, Duration::from_millis(1500));
    fault.join().unwrap();
    assert!(market.prices > 10, "{market:?}");
    assert_eq!((market.reconnects(), market.gaps), (1, 1));
    assert_eq!(account.connects, 1);
    let touched = |operation: &&String| *operation == "touch_session";
    assert!(operations(&server).iter().filter(touched).count() >= 2);
}

fn server() -> Server {
    let builder = Server::builder().seed(1).plain(true).rate(20.0);
    builder.start().unwrap()
}

fn operations(server: &Server) -> Vec<String> {
    let audit = server.control().audit();
    audit
        .iter()
        .filter_map(|entry| Some(entry.operation?.to_owned()))
        .collect()
}

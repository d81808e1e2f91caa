//! Sessions that are kept alive over their idle limit, in real time: by a task
//! of tokio, a task of smol, and a thread.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::thread;
use std::time::Duration;

use nordnet_blocking::Blocking;
use nordnet_driver::blocking::{self, block_on};
use nordnet_driver::{Client, ClientBuilder, Runtime};
use nordnet_proto::api::ListAccounts;
use nordnet_proto::{ApiKey, BaseUrl};
use nordnet_sim::Server;
use nordnet_smol::Smol;
use nordnet_tokio::Tokio;
use tokio::runtime::Builder;

/// How long a session may be idle: the shortest time that a client accepts.
const LIMIT: Duration = Duration::from_secs(10);

/// Long enough for several sessions one after another.
const WAIT: Duration = Duration::from_secs(25);

#[test]
fn idle_sessions_outlive_their_limit_if_they_are_kept_alive() {
    let server = Server::builder().session_expiry(LIMIT).start().unwrap();
    let left_alone: blocking::Client = block_on(log_in(Blocking, &server, false)).into();
    let tokio = Builder::new_current_thread().enable_all().build().unwrap();
    thread::scope(|scope| {
        scope.spawn(|| {
            let pause = async { tokio::time::sleep(WAIT).await };
            tokio.block_on(stays(Tokio, &server, pause));
        });
        scope.spawn(|| {
            let pause = async { _ = smol::Timer::after(WAIT).await };
            smol::block_on(stays(Smol, &server, pause));
        });
        scope.spawn(|| {
            let pause = async { thread::sleep(WAIT) };
            block_on(stays(Blocking, &server, pause));
        });
    });
    assert_eq!(server.control().counters().logins, 4);
    left_alone.send(ListAccounts::new()).unwrap();
    assert_eq!(
        server.control().counters().logins,
        5,
        "its session has ended"
    );
}

/// Logs in, does nothing for a while, and has the same session afterwards.
async fn stays(runtime: impl Runtime, server: &Server, pause: impl Future<Output = ()>) {
    let client = log_in(runtime, server, true).await;
    let session = session(&client).await;
    pause.await;
    client.send(ListAccounts::new()).await.unwrap();
    assert_eq!(self::session(&client).await, session);
    assert!(client.counters().keep_alives >= 3);
}

async fn session(client: &Client) -> String {
    let logged_in = client.session().await.unwrap();
    logged_in.key.expose().to_owned()
}

async fn log_in(runtime: impl Runtime, server: &Server, keep_alive: bool) -> Client {
    let base_url: BaseUrl = server.rest_url().parse().unwrap();
    let api_key = ApiKey::new(server.api_key()).unwrap();
    let builder = ClientBuilder::new(runtime, base_url)
        .key_file(api_key, server.private_key().unwrap(), None)
        .trust_only(server.ca_pem().unwrap())
        .configure(|config| config.keep_alive = keep_alive);
    builder.login().await.unwrap()
}

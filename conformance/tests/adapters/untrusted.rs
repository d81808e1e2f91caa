//! Servers that a client cannot trust or find: it sends no order, and reports why.

use std::net::SocketAddr;
use std::time::Duration;

use nordnet_driver::ClientBuilder;
use nordnet_proto::{
    ApiKey, BaseUrl, Cause, Error, LoginError, PlaceOrder, Reference, TlsCause, Trading,
};
use nordnet_sim::Server;

use crate::adapter::Adapter;
use crate::relay::Relay;
use crate::shared::{builder, placed, resting_order};

const ISSUER: Cause = Cause::Tls(TlsCause::Issuer);

pub(crate) fn get_no_order(adapter: Adapter) {
    let server = Server::builder().start().unwrap();
    let stranger = Server::builder().start().unwrap();
    let trusting = |authority: &Server, url: &str| {
        let base_url: BaseUrl = url.parse().unwrap();
        builder(adapter, &server)
            .trust_only(authority.ca_pem().unwrap())
            .configure(|config| config.base_url = base_url)
            .trading()
    };
    let right = server.rest_url();

    // Too long a name for a resolver to look up.
    let nowhere = format!("https://{}.invalid", "n".repeat(64));
    assert_eq!(cause(adapter, trusting(&server, &nowhere)), Cause::Resolve);

    let key_file = server.private_key().unwrap();
    let trusts_mozilla = adapter.builder(right.parse().unwrap()).key_file(
        ApiKey::new(server.api_key()).unwrap(),
        key_file,
        None,
    );
    assert_eq!(cause(adapter, trusts_mozilla.trading()), ISSUER);
    assert_forged(cause(adapter, trusting(&stranger, right)));

    // Other systems have only one loopback address.
    if cfg!(target_os = "linux") {
        let relay = Relay::from("127.0.0.2", address(&server));
        let other = format!("https://{}", relay.address);
        let name = Cause::Tls(TlsCause::Name);
        assert_eq!(cause(adapter, trusting(&server, &other)), name);
    }
    assert!(server.control().audit().is_empty());

    // Another server takes the place of the one where the client has logged in.
    let relay = Relay::to(address(&server));
    let client = trusting(&server, &format!("https://{}", relay.address))
        .configure(|config| config.limits.kept_connections = 0);
    let client = adapter.login(client).unwrap();
    relay.lead_to(address(&stranger));
    match adapter.send(&client, order()) {
        Err(Error::NotSent(failure)) => assert_forged(failure.cause),
        other => panic!("{other:?}"),
    }
    assert_eq!(placed(&server.control(), &reference()), []);
    assert!(stranger.control().audit().is_empty());
}

/// Why an order is not sent, since its client cannot log in.
fn cause(adapter: Adapter, builder: ClientBuilder<Trading>) -> Cause {
    let builder = builder.configure(|config| config.limits.login = Duration::from_secs(5));
    let client = adapter.open(builder).unwrap();
    match adapter.send(&client, order()) {
        Err(Error::Login(LoginError::Unreachable(failure))) => failure.cause,
        other => panic!("{client:?}: {other:?}"),
    }
}

/// An authority of the same name with another key.
fn assert_forged(cause: Cause) {
    assert!(
        [ISSUER, Cause::Tls(TlsCause::Other)].contains(&cause),
        "{cause}"
    );
}

fn order() -> PlaceOrder {
    resting_order(&reference())
}

fn reference() -> Reference {
    Reference::new("stranger-1").unwrap()
}

fn address(server: &Server) -> SocketAddr {
    let url = server.rest_url();
    url.trim_start_matches("https://").parse().unwrap()
}

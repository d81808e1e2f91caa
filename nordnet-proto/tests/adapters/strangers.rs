//! Servers that are not who they should be, or that nobody knows: an order for
//! one is certainly not sent, and why is told.

use std::net::SocketAddr;

use nordnet_proto::driver::Trust;
use nordnet_proto::{
    BaseUrl, Cause, Config, Error, LoggedIn, Operation, Reference, Session, SessionKey, Step,
    TlsCause,
};
use nordnet_sim::Server;

use crate::relay::Relay;
use crate::shared::{Waits, resting_order};

pub(crate) fn get_no_order<R: Waits>() {
    let server = Server::builder().start().unwrap();
    let stranger = Server::builder().start().unwrap();
    let authority = |server: &Server| Trust::Own(server.ca_pem().unwrap().into());
    let right = server.rest_url().to_owned();
    let address: SocketAddr = right.trim_start_matches("https://").parse().unwrap();

    // Too long a name for any resolver to ask about it.
    let nowhere = format!("https://{}.invalid", "n".repeat(64));
    assert_eq!(cause::<R>(&nowhere, authority(&server)), Cause::Resolve);

    let issuer = Cause::Tls(TlsCause::Issuer);
    assert_eq!(cause::<R>(&right, Trust::Mozilla), issuer);
    // An authority of the same name with another key.
    let forged = cause::<R>(&right, authority(&stranger));
    assert!(
        [issuer, Cause::Tls(TlsCause::Other)].contains(&forged),
        "{forged}"
    );

    // Elsewhere there is only one address of loopback.
    if cfg!(target_os = "linux") {
        let relay = Relay::from("127.0.0.2", address);
        let other = format!("https://{}", relay.address);
        let name = Cause::Tls(TlsCause::Name);
        assert_eq!(cause::<R>(&other, authority(&server)), name);
    }
    assert!(server.control().audit().is_empty());
}

/// Why an order is not sent.
fn cause<R: Waits>(url: &str, trust: Trust<R::Tls>) -> Cause {
    let base_url: BaseUrl = url.parse().unwrap();
    let feed = base_url.server().clone();
    let config = Config::new(base_url);
    let adapter = R::new(trust, &config.limits).unwrap();
    let key = SessionKey::new("a".repeat(36));
    let logged_in = LoggedIn::new(key, feed.clone(), feed);
    let mut session = Session::resume(config, logged_in, [7; 16], adapter.now());
    let mut call = Operation::new(resting_order(&Reference::new("stranger-1").unwrap()));
    let Step::Send(out) = call.poll(&mut session, adapter.now()) else {
        panic!("it is logged in");
    };
    let (attempt, now) = (out.attempt, adapter.now());
    let answer = R::result(R::call(async move { adapter.send(out).await }));
    call.handle_answer(attempt, answer);
    match call.poll(&mut session, now) {
        Step::Done(Err(Error::NotSent(failure))) => failure.cause,
        step => panic!("{url}: {step:?}"),
    }
}

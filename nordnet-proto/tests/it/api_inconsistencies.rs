//! Where the source contradicts itself, and what the types make of it.

mod calls;
mod orders;
mod replies;
mod searches;

use nordnet_proto::{Config, Country, Endpoint, HttpResponse, InSession, SessionKey, to_request};
use serde::de::DeserializeOwned;

use crate::api::spec;
use crate::driver::response;

/// A contradiction by its number and topic, how it is met, and the proof.
type Met = (&'static str, &'static str, &'static str, fn());

#[test]
fn each_is_met_by_the_types() {
    let mut documented = spec::inconsistencies().into_iter();
    assert_eq!(documented.len(), 77);
    for (number, topic, how, prove) in
        [calls::MET, orders::MET, replies::MET, searches::MET].concat()
    {
        let (expected, expected_topic) = documented.next().unwrap();
        assert_eq!((number, topic), (&*expected, &*expected_topic));
        assert!(how.ends_with('.'), "{number}");
        prove();
    }
    assert_eq!(documented.next(), None);
}

/// The path, the query and the body of a request.
fn sent<E: Endpoint<Auth = InSession>>(call: E) -> String {
    let key = SessionKey::new("f9458a35aa");
    let (request, _) = to_request(call, &Config::new(Country::Sweden), &key).unwrap();
    let uri = request.uri().path_and_query().unwrap().as_str();
    let uri = uri.strip_prefix("/api/2").unwrap();
    let body = std::str::from_utf8(request.body().as_bytes()).unwrap();
    format!("{uri} {body}")
}

fn status(status: u16) -> HttpResponse {
    response(status, "", &[])
}

fn read<T: DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"))
}

fn is_no<T: DeserializeOwned>(json: &str) -> bool {
    serde_json::from_str::<T>(json).is_err()
}

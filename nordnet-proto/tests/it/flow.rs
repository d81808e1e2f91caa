//! Reads that take several calls, against a scripted server.

mod listings;
mod pages;

use std::time::{Duration, Instant};

use nordnet_proto::flow::{Flow, FlowCache, FlowStep};
use nordnet_proto::{Config, Country, Endpoint, Error, InSession, SessionKey, to_request};

pub(crate) use listings::not_listed;

use crate::clock;
use crate::driver::response;

/// More calls than any of these flows makes.
const MOST_CALLS: usize = 200;

struct World {
    cache: FlowCache,
    now: Instant,
    /// What was asked for, without the prefix.
    asked: Vec<String>,
}

impl World {
    fn new() -> Self {
        Self {
            cache: FlowCache::new(),
            now: clock::start(),
            asked: Vec::new(),
        }
    }

    fn pass(&mut self, time: Duration) {
        self.now += time;
    }

    /// Runs a flow against a server that answers what it is asked.
    fn run<F>(
        &mut self,
        mut flow: F,
        mut server: impl FnMut(&str) -> (u16, String),
    ) -> Result<F::Output, Error>
    where
        F: Flow<Call: Endpoint<Auth = InSession>>,
    {
        let key = SessionKey::new("5d1f7c0e");
        let config = Config::new(Country::Sweden);
        self.asked.clear();
        for _ in 0..MOST_CALLS {
            let call = match flow.poll(&mut self.cache, self.now) {
                FlowStep::Call(call) => call,
                FlowStep::Done(result) => return result,
            };
            let (request, sent) = to_request(call, &config, &key)?;
            let asked = request.uri().path_and_query().unwrap().as_str();
            let asked = asked.strip_prefix("/api/2/").unwrap();
            let (status, body) = server(asked);
            self.asked.push(asked.into());
            flow.handle_response(sent.settle(Ok(response(status, &body, &[]))));
        }
        panic!("the flow does not end: {:?}", self.asked);
    }
}
